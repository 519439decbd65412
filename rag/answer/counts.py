"""The counts and measures of a sentence: how many, of what, and within which bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.answer.hedged import is_hedged
from rag.answer.kinds import NUMBER, blank_dates
from rag.answer.quantities import FIGURES, WORDS, Quantity, find_quantities, is_multiple
from rag.index.lexical import STOP_WORDS, split_words, stems
from rag.retrieve.question import DOTLESS

#: What befalls people and things. Two counts of which each has one, and not the same, are of
#: different things, whatever noun follows: “12 people were killed”, “80 people were hurt”.
FATES = {
    "dead": r"kill\w*|dead|died|die|dies|dying|deaths?|lives|bod(?:y|ies)|fatal\w*|perish\w*"
    r"|drowned|murder\w*|slain|(?<!poll )tolls?|casualties",
    "hurt": r"injur\w*|wound\w*|hurt|hospitali[sz]ed",
    "missing": r"missing|unaccounted",
    "saved": r"rescued|saved|surviv\w*|(?:pulled|found|freed) alive",
    "driven out": r"homeless|displaced|evacuat\w*|fled|flee\w*|refugees?|lost their homes"
    r"|lose their homes",
    "held": r"arrest\w*|detain\w*|custody|jailed|imprisoned",
    "sick": r"infect\w*|cases?|tested positive|fell ill|sickened",
    "destroyed": r"destroy\w*|razed|burn(?:ed|t) down|level+ed|demolish\w*",
    "damaged": r"damag\w*",
}
_FATES = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in FATES.items()}
#: Those who may be counted without a noun: “at least 12 were killed”.
PEOPLE = frozenset(
    "people persons person men women children civilians soldiers passengers victims residents"
    " patients workers migrants refugees others individuals inhabitants citizens adults"
    " dead".split()
)
_IRREGULAR = PEOPLE | frozenset("percent fish sheep aircraft feet mice teeth police".split())

_LEAST = (
    r"at least|no fewer than|no less than|not less than|a minimum of|more than|over|above"
    r"|upwards of|exceed(?:s|ed|ing)?|(?:sur)?pass(?:es|ed|ing)?|topped"
)
_MOST = (
    r"at most|no more than|not more than|a maximum of|up to|as many as|fewer than|less than|under"
)
#: Of these, verbs: “has passed 21,000”.
_VERB = re.compile(r"exceed|(?:sur)?pass|topped", re.IGNORECASE)
_ABOUT = (
    r"about|around|some|roughly|approximately|an estimated|estimated|nearly|almost|close to|circa"
)
_BOUND = re.compile(
    rf"\b(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|(?P<about>{_ABOUT}))\s+(?:of\s+)?(?:an?\s+)?$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(r"\s*(?:\+|plus\b|or more\b)", re.IGNORECASE)
#: How far “about 100” may lie from 100, and a round figure from what it stands for.
ABOUT, ROUND = Decimal("0.1"), Decimal("0.025")

#: “Between 20 and 30”, “20 to 30”.
_RANGE = re.compile(
    rf"(?:\bbetween\s+(?P<least>{NUMBER})\s+and"
    rf"|(?<!from )\b(?P<from>{NUMBER})(?:\s+(?:to|or)\b|\s?[-–]))\s*$",
    re.IGNORECASE,
)
#: Before a number that is a part of the whole, a change of it, what it was or what it may become.
_ASIDE = re.compile(
    r"\b(?:(?:including|among (?:them|whom|these)|of (?:them|whom|these|which)|previous(?:ly)?"
    r"|earlier)(?:\s+\w+)?|another|by|from|compared (?:with|to)|instead of|than the|extra"
    r"|additional)\s+$",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|expect(?:s|ed|ing)?|could|(?-i:may)|might|would|will|hop(?:es?|ed|ing)"
    r"|aims?|forecasts?|targets?|goal|promised?|pledged?|if|until)\b[^,;:]*$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\s+(?:more|additional|further|others?|less|fewer|off|cheaper|dearer|higher|lower)\b(?! than)",
    re.IGNORECASE,
)
#: “The death toll rose to 41”: a count that no noun follows; up to the comma that ends it.
_TALLY = re.compile(
    r"\b(?P<tally>tolls?|numbers?|totals?|tally|tallies|counts?|figures?)\b"
    r"(?:\s+of\s+(?:the\s+)?(?P<of>[^\W\d][\w’'-]*(?:\s+[^\W\d][\w’'-]*){0,2}))?"
    r"(?:[\s-]+(?:from\s+[\d,.]+\s+)?[^\W\d][\w’'-]*){0,12}?[\s-]+$",
    re.IGNORECASE,
)
#: What parts a sentence into pieces that may each count something else.
_SEAM = re.compile(r"[,;:–—](?!\d)|\b(?:and|but|while|whereas)\b", re.IGNORECASE)
#: “More than 80 were hurt”.
_BEFELL = re.compile(r"\s+(?:was|were|are|is|have|has|had|remain(?:s|ed)?)\b", re.IGNORECASE)
#: Words after a number among which its noun is looked for.
_AFTER = 4
#: Sentences whose counts are remembered: the same ones come up for question after question.
REMEMBERED = 16_000
_WHETHER = re.compile(
    r"^\W*(?:did|have|has|had|were|was|are|is|is it true that|was it)\b", re.IGNORECASE
)
_NUMBER = re.compile(rf"\d|\b(?:{NUMBER})", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:a|per|each|every) (?:day|week|month|year|hour)\b(?! (?:ago|before|earlier|later))"
    r"|\bdaily\b|\bovernight\b|\b24 hours\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Count:
    """A figure with what it counts.

    `said` is as it was written, its bound included: “at least six”. It stands for what lies from
    `low` to `high`, None where there is no end. `piece` is the part of the sentence, between commas
    and conjunctions, that it stands in. `noun` is the stem of what is counted, None where
    none follows; `kinds` are the stems of the words before that; `fate` is what befell it (see
    FATES); `tallied` whether it is given as a toll, a total or the like; `rate` whether it is a
    count by the day; `hedged` whether it is not told as a fact. `start` and `end` are its place in
    the sentence.
    """

    said: str
    piece: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    unit: str | None
    noun: str | None
    kinds: frozenset[str]
    words: tuple[str, ...]
    fate: str | None
    tallied: bool
    rate: bool
    hedged: bool
    start: int
    end: int

    def agrees(self, other: Count) -> bool:
        """Whether one and the same number can be meant: “at least six” and “seven” agree."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        return not lows or not highs or max(lows) <= min(highs)

    def repeats(self, other: Count) -> bool:
        """Whether both give the same figure, one of them rounded perhaps."""
        bounded = None in (self.low, self.high), None in (other.low, other.high)
        return self.value == other.value or (not any(bounded) and self.agrees(other))


@lru_cache(maxsize=REMEMBERED)
def find_counts(sentence: str) -> tuple[Count, ...]:
    """The counts of a sentence; dates, ordinals, parts, changes and plans are left out."""
    if not _NUMBER.search(sentence):
        return ()
    text = blank_dates(sentence.translate(DOTLESS))
    found = [(m.start(), m.end()) for m in FIGURES.finditer(text) if _is_figure(text, m)]
    rest = FIGURES.sub(lambda m: ";" * len(m.group()), text)
    found += [(m.start(), m.end()) for m in WORDS.finditer(rest)]
    places = sorted(found)
    read = (_read(sentence, text, *place) for place in places)
    return tuple(count for count in read if count is not None)


def find_fate(text: str) -> str | None:
    """What befell those of whom a text speaks, by its first word that tells."""
    met = [(m.start(), name) for name, words in _FATES.items() if (m := words.search(text))]
    return min(met)[1] if met else None


def asks_whether(question: str) -> bool:
    """Whether a question asks if a count is right: “Did 60 people die?”."""
    return bool(_WHETHER.match(question)) and any(count.fate for count in find_counts(question))


def _is_figure(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()], text[found.end() :]
    # “COVID-19”, “G20” and “12th” count nothing, nor does the score “3-1”.
    if re.search(r"(?:[^\W\d]-?|\d[-–:.,]|#|[Nn]o\. ?)$", before):
        return False
    return not re.match(r"(?:st|nd|rd|th)\b|[-–:]\d|[^\W\d]", after)


def _read(sentence: str, text: str, start: int, end: int) -> Count | None:
    quantities = find_quantities(text[start:end])
    before, after = text[:start], text[end:]
    bound = _RANGE.search(before) or _BOUND.search(before)
    head = before[: bound.start()] if bound else before
    if len(quantities) != 1 or _is_aside(head, after):
        return None
    [quantity] = quantities
    noun, kinds, words = find_noun(after)
    tally = _TALLY.search(re.split(r"[,;:]", head)[-1])
    if tally and tally["of"] and not tally["tally"].lower().startswith("toll"):
        noun, kinds, words = find_noun(f" {tally['of']}")
    span = _find_piece(text, start, end)
    fate = find_fate(text[slice(*span)])
    if fate is None and (noun is None or noun in PEOPLE):
        fate = find_fate(before)
    if noun is None and quantity.unit is None and tally is None:
        if fate is None or not _BEFELL.match(after):
            return None
        noun = "people"
    said_at = bound.start() if bound else start
    said = f"{sentence[said_at:start].lower()}{sentence[start:end]}".strip()
    if bound and _VERB.match(bound.group()):
        said = f"more than {sentence[start:end].strip()}"
    low, high = _find_bounds(quantity, bound, after)
    return Count(
        said[:1].lower() + said[1:],
        sentence[slice(*span)],
        quantity.value,
        low,
        high,
        quantity.unit,
        noun,
        kinds,
        words,
        fate,
        tally is not None,
        bool(_RATE.search(after[:60])),
        is_hedged(text[span[0] : start], text[end : span[1]]),
        said_at,
        end,
    )


def _is_aside(before: str, after: str) -> bool:
    piece = re.split(r"[;:]", before)[-1]
    return bool(_ASIDE.search(piece) or _PLANNED.search(piece) or _MORE.match(after))


def find_noun(after: str) -> tuple[str | None, frozenset[str], tuple[str, ...]]:
    """The stem of the noun that a number counts, and those of the words that stand before it."""
    run = re.match(
        r"(?:\s+(?:of\s+)?(?:the\s+|its\s+|their\s+|all\s+)?)?((?:[^\W\d][\w’'-]*[\s-]*)*)", after
    )
    words: list[str] = []
    for word in split_words(run[1] if run else "")[:_AFTER]:
        if word.casefold() in STOP_WORDS:
            break
        words.append(word.casefold())
    if not words:
        return None, frozenset(), ()
    plural = (n for n, w in enumerate(words) if w in _IRREGULAR or re.search(r"[^s]s$", w))
    at = next(plural, 0)
    if words == ["lost"]:
        return "people", frozenset(), ()  # “31 lost their lives”
    if any(fate.fullmatch(words[at]) for fate in _FATES.values()) and not words[at].endswith("s"):
        return "people", frozenset(), ()  # “31 died”
    noun = words[at] if words[at] in PEOPLE else next(iter(stems(words[at])), words[at])
    noun = f"non-{noun}" if "non" in words[:at] else noun
    return noun, frozenset(stems(" ".join(words[:at]))), tuple(words[: at + 1])


def _find_bounds(
    quantity: Quantity, bound: re.Match[str] | None, after: str
) -> tuple[Decimal | None, Decimal | None]:
    value = quantity.value
    if bound and bound.re is _RANGE:
        least = find_quantities(bound["least"] or bound["from"])
        return (least[0].value if least else value), value
    if (bound and bound["least"]) or _OR_MORE.match(after):
        return value, None
    if bound and bound["most"]:
        return None, value
    give = value * ABOUT if bound else value * ROUND if _is_round(quantity) else Decimal(0)
    return value - give, value + give


def _is_round(quantity: Quantity) -> bool:
    """Whether the figure is likely rounded: by its scale, or by the noughts that it ends in."""
    whole = quantity.value == quantity.value.to_integral_value()
    return whole and quantity.value >= 1000 and is_multiple(quantity.value, 100)


def _find_piece(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the part of a sentence, between its seams, begins and ends that a number stands in."""
    seams = [0, *(m.end() for m in _SEAM.finditer(text) if m.end() <= start)]
    after = _SEAM.search(text, end)
    return seams[-1], after.start() if after else len(text)
