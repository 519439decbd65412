"""What a sentence says of its own speaker: “…, Kirby said”, “according to the Pentagon”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.quoting import HIDDEN, hide_speech
from rag.answer.speech_phrases import find_phrases
from rag.answer.speech_subject import find_subject_after, find_subject_before
from rag.answer.speech_table import INVERTED, QUOTED_ONLY, VERBS, WEAK, Kind
from rag.types import Span

#: A sentence that is longer is read to here, in characters.
LONGEST = 3_000


@dataclass(frozen=True, slots=True)
class Attribution:
    """That a sentence says whose words or claim something in it is.

    `speaker` and `content` are stretches of the sentence: the speaker as written (a pronoun too),
    and what is attributed. `verb` is the word as it stands.
    """

    speaker: Span
    verb: str
    kind: Kind
    content: Span

    def name(self, sentence: str) -> str:
        """The speaker as written in `sentence`."""
        return self.speaker.of(sentence)


_FORMS: dict[str, tuple[Kind, str]] = {
    form: (kind, row.split()[0])
    for kind, rows in VERBS.items()
    for row in rows
    for form in row.split()
}
_BASES = {row.split()[0] for rows in VERBS.values() for row in rows}
_VERB = re.compile(rf"\b(?:{'|'.join(sorted(_FORMS, key=len, reverse=True))})\b")

_WHEN = (
    r"(?:on|late|early|earlier|later|last|this|next|in|at)?\s*(?:late |early )?(?:on )?"
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|yesterday|week|month|year|night|morning"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.? \d+|\d\d? [A-Z][a-z]+"
    r"|\d{4})"
)
_ADVERB = (
    r"(?:\w+ly|also|then|later|again|even|once|often|still|now|just|earlier|previously|already"
    r"|further|both|all|too|however|instead|in turn|at first|has|have|had|having)"
)
#: Between a verb and its speaker.
_BETWEEN = re.compile(rf"(?:(?<=\s)(?:{_WHEN}|{_ADVERB})\s+)+$")
#: What makes a verb no report: denied, wished for, a passive, an infinitive.
_NO_REPORT = re.compile(
    r"(?:\b(?:not|never|no|to|would|could|should|might|may|must|can|cannot|will|shall|did|do|does"
    r"|is|are|was|were|be|been|being|get|got|let|without|by|of|for|refus\w+|declin\w+)"
    r"|n[’']t|[’']d|[’']ll)\s+(?:\w+ly\s+|also\s+|even\s+|yet\s+)?$"
)
_OBJECT = r"(?:(?:[^\s,:;.]+\s+){1,9}?)"
_TO_WHOM = re.compile(
    rf"\s*(?:(?:to|in|on|at|of|during|through|via|for|with)\s+[^,:;{HIDDEN}]{{1,60}}?|{_WHEN})?\s*"
)
_THAT = re.compile(
    rf"\s*(?:,\s*)?(?:(?:to|in|on|at|of|during|through|via)\s+[^,:;{HIDDEN}]{{1,60}}?\s+|{_WHEN}\s+"
    r"|\w+ly\s+)*(?:that\b|whether\b|if\b|how\b|why\b|what\b)"
)
_QUOTES_NEXT = re.compile(rf"[^{HIDDEN}.;]{{0,80}}?[,:]?\s*{HIDDEN}")
_COLON = re.compile(r"[^.;,]{0,60}:\s*")
_FINITE = (
    r"(?:is|are|was|were|will|would|had|has|have|can|could|may|might|must|should|shall|did|does|do"
    r"|won[’']t|isn[’']t|wasn[’']t|don[’']t|doesn[’']t|didn[’']t|can[’']t)"
)
_CLAUSE = re.compile(
    rf"\s*(?!to\b|on\b|for\b|by\b|at\b)(?:[^\s,:;.{HIDDEN}]+\s+){{1,10}}?{_FINITE}\b"
)
_BE_AN = re.compile(
    r"\s*(?:it|this|that|them|him|her|me|us|(?:the|his|her|its|their|[A-Z][\w’'-]+)(?: [\w’'-]+){0,4}?)"
    r"\s+(?:an?|one of|the (?:most|best|worst|biggest|greatest))\s"
)
_ENDS = re.compile(r"\s*(?:[.!?…]|$)")
_LEFT_OPEN = re.compile(rf"(?:^|[,?!—–{HIDDEN}-]\s*|[.!?…]\s+)$")
_PARTICIPLE = re.compile(r"ing$")


@lru_cache(maxsize=4_000)
def find_attributions(sentence: str) -> tuple[Attribution, ...]:
    """Every attribution of a sentence, in order of their verbs; what stands in quotes has none."""
    hidden = hide_speech(sentence[:LONGEST])
    found = [*find_phrases(hidden)]
    made = [Attribution(speaker, verb, kind, content) for speaker, verb, kind, content in found]
    made += _find_verbs(hidden)
    return tuple(sorted(made, key=lambda one: one.speaker.start))


def find_attribution(sentence: str) -> Attribution | None:
    """What the sentence says of the speaker of all it reports, or None where it names none.

    Of an attribution within another the outer one counts: “Kirby said that Pyongyang had claimed …”
    is Kirby's. Of two that stand side by side it is the first.
    """
    found = find_attributions(sentence)
    outer = [one for one in found if not any(_holds(other, one) for other in found)]
    return outer[0] if outer else None


def _holds(outer: Attribution, inner: Attribution) -> bool:
    return (
        outer is not inner
        and outer.content.start <= inner.speaker.start
        and inner.speaker.end <= outer.content.end
        and not (
            inner.content.start <= outer.speaker.start and outer.speaker.end <= inner.content.end
        )
    )


def _find_verbs(hidden: str) -> Iterator[Attribution]:
    last: Span | None = None
    for found in _VERB.finditer(hidden):
        verb = found.group()
        kind, base = _FORMS[verb]
        left, _right = hidden[: found.start()], hidden[found.end() :]
        if _NO_REPORT.search(left):
            continue
        if _PARTICIPLE.search(verb) and verb not in _BASES:
            # “Menendez pressed her, asking if …”: the speaker is the sentence's subject.
            continue
        one = _read_verb(hidden, found, verb, kind, base)
        if one is not None and one.speaker != last:
            last = one.speaker
            yield one


def _read_verb(
    hidden: str, found: re.Match[str], verb: str, kind: Kind, base: str
) -> Attribution | None:
    left, _right = hidden[: found.start()], hidden[found.end() :]
    between = _BETWEEN.search(left)
    bare = left[: between.start()] if between else left
    if base in INVERTED and _LEFT_OPEN.search(bare):
        subject = find_subject_after(hidden, found.end())
        if subject is not None:
            return Attribution(
                subject, verb, kind, _content_around(hidden, found.start(), subject.end)
            )
    subject = find_subject_before(bare)
    if subject is None or not _agrees(bare, subject, verb, base):
        return None
    content = _read_content(hidden, subject, found.end(), kind, base)
    return None if content is None else Attribution(subject, verb, kind, content)


def _agrees(hidden: str, subject: Span, verb: str, base: str) -> bool:
    """Whether a verb in its base form has a plural before it: “officials say”."""
    if verb != base:
        return True
    words = hidden[subject.start : subject.end].split()
    last = words[-1].casefold()
    plural = last in ("they", "we", "i", "people", "police") or words[0].casefold() in (
        "some",
        "many",
    )
    return plural or (last.endswith("s") and not last.endswith("ss"))


def _content_around(hidden: str, start: int, end: int) -> Span:
    """What is attributed by a phrase within it or behind it: “…, it says, …”, “…, said Kirby”."""
    after = hidden[end:].strip(" .,;!?…”\"'")
    before = hidden[:start].rstrip(" ,—–-")
    if before and (len(after) < 2 or (len(after) < len(before) / 2 and HIDDEN not in after)):
        return Span(0, len(before))
    if not before:
        lead = re.match(r"[\s,:;]*", hidden[end:])
        return Span(end + (lead.end() if lead else 0), len(hidden))
    return Span(0, len(hidden))


def _read_content(hidden: str, subject: Span, end: int, kind: Kind, base: str) -> Span | None:
    """What the verb that ends at `end` attributes, or None where it attributes nothing."""
    before, after = hidden[: subject.start], hidden[end:]
    if _is_aside(before, after, base):
        return _content_around(hidden, subject.start, end)
    start = _find_start(hidden, end, kind, base)
    if start is None:
        return None
    stop = _find_cut(hidden, start)
    return Span(start, stop) if start < stop else None


def _is_aside(before: str, after: str, base: str) -> bool:
    """Whether “X said” stands apart from what it attributes: behind it, or between commas."""
    if not before.strip() or not re.search(
        rf"[,?!—–{HIDDEN}]\s*$|[,—–]\s+(?:as|and|but)\s+$", before
    ):
        return False
    if before.rstrip().endswith(HIDDEN):
        return True
    if not re.match(rf"\s*(?:[.,;:!?)—–]|$|{_WHEN}\s*[.,]|(?:in|on|at|to|during|of)\s)", after):
        return bool(base == "tell")
    return not _THAT.match(after)


def _find_start(hidden: str, end: int, kind: Kind, base: str) -> int | None:
    after = hidden[end:]
    if kind == "called":
        return _find_called(hidden, end, base)
    that = _THAT.match(after)
    if base == "tell":
        told = re.match(
            rf"\s+{_OBJECT}(?:that|how|why|what|whether|of|about)\b|\s+[^{HIDDEN}]{{1,80}}?[,:]?\s*(?={HIDDEN})|\s+(?:him|her|them|me|us|it|[A-Z]\S+)\s",
            after,
        )
        return end + told.end() if told else None
    if that and kind not in ("accused",):
        return end + that.end()
    quotes = _QUOTES_NEXT.match(after)
    if quotes:
        return end + quotes.end() - 1
    if base in QUOTED_ONLY and base != "frame":
        return None
    colon = _COLON.match(after)
    if colon and colon.end() < len(after):
        return end + colon.end()
    if base == "count" and not re.match(
        r"\s+(?:\d|at least|more than|two|three|four|five|six|seven|eight|nine|ten)", after
    ):
        return None
    if base == "frame" and not re.match(r"\s[^,.;]{1,90}\bas\b", after):
        return None
    if (
        base in WEAK
        and not _CLAUSE.match(after)
        and not _PEOPLE_ASKED.match(
            after,
        )
    ):
        return None
    if _ENDS.match(after):
        return None
    if base == "ask" and not _PEOPLE_ASKED.match(after):
        return None
    lead = re.match(r"[\s,]*", after)
    return end + (lead.end() if lead else 0)


_PEOPLE_ASKED = re.compile(r"\s+(?:[^\s,.;]+\s+){1,8}?to\s+\w+")
_AS = re.compile(r"[^.;:]{1,90}?\bas\s+(?=\S)")


def _find_called(hidden: str, end: int, base: str) -> int | None:
    """Where begins what somebody is called, or called for; a telephone call has none."""
    after = hidden[end:]
    if base == "call" and re.match(r"\s+(?:for|on)\s", after):
        wanted = re.match(r"\s+for\s+|\s+on\s+[^,.;]{1,80}?\s+to\s+", after)
        return end + wanted.end() if wanted else None
    if base in ("describe", "characterize", "characterise"):
        described = _AS.match(after)
        return end + described.end() if described else _quote_start(after, end)
    quote = _quote_start(after, end)
    if quote is not None:
        return quote
    an = _BE_AN.match(after)
    return end + an.end() - 2 if an and base != "describe" else None


def _quote_start(after: str, end: int) -> int | None:
    quotes = re.match(rf"[^{HIDDEN}.;:,]{{0,80}}?{HIDDEN}", after)
    return end + quotes.end() - 1 if quotes else None


_CUT = re.compile(r",?\s+(?:while|whereas|though|although|but|and)\s+(?=(\S.*))")


def _find_cut(hidden: str, start: int) -> int:
    """Where another speaker's clause begins behind what is attributed, or the end."""
    for joint in _CUT.finditer(hidden, start):
        rest = hidden[joint.end() :]
        verb = _VERB.search(rest)
        if verb is None or verb.start() > 80 or verb.start() == 0:
            continue
        if re.search(r"[,;:]", rest[: verb.start()]) or _NO_REPORT.search(rest[: verb.start()]):
            continue
        subject = find_subject_before(rest[: verb.start()])
        if subject is not None and subject.start == 0:
            return joint.start()
    return len(hidden)
