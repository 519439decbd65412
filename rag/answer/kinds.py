"""The kind of thing that a question asks for, and whether a sentence has one."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

from rag.answer.people import tells_who
from rag.index.lexical import STOP_WORDS, split_words
from rag.retrieve.question import MONTH, NOT_NAMES, NUMBER_WORDS, WEEKDAY, Question, find_names

#: What the weights tell apart: measures are quantities whose unit the question implies.
Group = Literal["person", "number", "measure", "date", "place", "reason"]

NUMBER = r"\d[\d,.]*|" + "|".join(NUMBER_WORDS)
_TIMES = (
    r"(?:second|minute|hour|day|night|week|weekend|month|season|year|decade)s?\b|centur(?:y|ies)\b"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """`asks` matches questions in lower case, `answers` what may be the thing asked for.

    A person is found by find_names, so `answers` is None there. `wanted` goes into notes.
    """

    group: Group
    wanted: str
    asks: re.Pattern[str]
    answers: re.Pattern[str] | None


def _kind(group: Group, wanted: str, asks: str, answers: str | None, *, case: bool = False) -> Kind:
    flags = re.NOFLAG if case else re.IGNORECASE
    found = None if answers is None else re.compile(answers, flags)
    return Kind(group, wanted, re.compile(asks), found)


_MONEY = (
    r"money|costs?\b(?! rica)|pay|paid|prices?|priced|worth|rais(?:e[sd]?|ing)|charge[sd]?|fees?"
)
_MONEY += "|salary|salaries|sums?|fine[sd]?|earn(?:s|ed)?|budgets?|bills?|sells?|sold|buys?|bought"
_MONEY += "|bids?|invest(?:s|ed|ment|ments)?|owe[sd]?|debts?"

#: Currencies by their names, which a number must stand before: a king has crowns, too.
_CURRENCIES = (
    r"dollar|euro|pound|won|yen|yuan|renminbi|rouble|ruble|rupee|rupiah|ringgit|franc|cent|peso|USD"
    r"|EUR|GBP|crown|kron(?:a|e|or|er)|kroner|koruna|forint|zloty|złoty|leu|lei|lev|leva|lir[ae]"
    r"|rand|shilling|dirham|riyal|rial|dinar|baht|naira|cedi|birr|kwacha|kwanza|pula|hryvnia|hryvnya"
    r"|tenge|lari|manat|taka|dong|shekel|guilder|gourde|reais|bolivar|quetzal|lempira"
)
_LENGTH = r"km\b|kilomet|mile|met(?:er|re)|centimet|cm\b|feet\b|foot\b|ft\b|yard|inch"
_SPELL = (
    rf"(?<![\d.,])\b(?:{NUMBER}|an?|half|several|few)[\s-](?:and a half |more |full |and )?"
    rf"(?:{_TIMES})"
)
#: “What is the latest death toll” asks for a number as “how many” does.
_WHAT_IS = r"\bwhat(?:[’']s| is| was| are| were) (?:the|[\w-]+[’']s?) (?:[\w-]+ ){0,3}?"

#: The first that a question matches is its kind.
KINDS: tuple[Kind, ...] = (
    _kind(
        "measure",
        "a sum of money",
        rf"\bhow (?:much|expensive)\b(?=.*\b(?:{_MONEY})\b)|\bhow (?:much money|expensive)\b"
        rf"|\bwhat (?:price|cost|salary|fee|sum)\b|{_WHAT_IS}(?:price|cost|salary|fee)s?\b"
        r"|\bwhat (?:does|did|do|will|would) .*\bcost\b",
        r"[$€£¥₹]\s?\d|(?<![\d.,])\b\d[\d,.]*\s?(?:m|bn|k|million|billion|trillion|thousand)?[\s-]"
        # “40,000 Swedish crowns”; “all three won” is no sum.
        rf"(?:(?-i:[A-Z])\w+\s)?(?:{_CURRENCIES})s?\b|\bfree of charge\b"
        rf"|\b(?:million|billion|trillion|thousand|hundred)\s(?:\w+\s)?(?:{_CURRENCIES})s?\b"
        rf"|\b(?:{'|'.join(w for w in NUMBER_WORDS if w != 'one')})\s(?:(?-i:[A-Z])\w+\s)?"
        rf"(?!won\b)(?:{_CURRENCIES})s?\b",
    ),
    _kind(
        "measure",
        # A bridge is so many metres long, a sentence so many years.
        "a length",
        r"\bhow long (?:is|are|was|were) (?!(?:it|he|she|they|we|you|i|there)\b)",
        rf"{_SPELL}|\b(?:{NUMBER})[\s-]?(?:{_LENGTH})",
    ),
    _kind(
        "measure",
        "a length of time",
        rf"\bhow long\b(?! ago)|\bhow many (?:{_TIMES})",
        rf"{_SPELL}|\b(?:since|until|throughout)\b",
    ),
    _kind(
        "measure",
        "a share",
        r"\b(?:what|which) (?:percentage|percent|per cent|share|proportion)\b"
        rf"|{_WHAT_IS}(?:percentage|share of|proportion of)\b",
        r"%|\bper ?cent|\bpercentage|\b(?:half|thirds?|quarters?|fifths?|tenth|majority|most)\b",
    ),
    _kind(
        "measure",
        "an age",
        r"\bhow old\b|\b(?:what|which) age\b",
        r"\b\d{1,3}[- ]years?[- ]old|\b(?:aged|turned|born|age of|at age)\b|, \d\d\b|\bwas \d\d\b",
    ),
    _kind(
        "measure",
        "a distance or a size",
        r"\bhow (?:far|tall|high|deep|wide|heavy|big|large)\b",
        rf"\b(?:{NUMBER})[\s-]?(?:{_LENGTH}|kg\b"
        r"|kilogram|ton|acre|hectare|square|people|percent|million|billion|thousand|hundred)|%",
    ),
    _kind(
        "measure",
        "a time of day",
        r"\b(?:what|which) (?:time|hour)\b",
        r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b|o.clock)|\b\d{1,2}:\d\d\b"
        r"|\b(?:noon|midnight|morning|evening|afternoon|dawn)\b",
    ),
    _kind(
        "measure",
        "a score",
        r"\b(?:what|which|final) score\b|\bby what margin\b",
        r"\b\d{1,3}\s?[-–]\s?\d{1,3}\b",
    ),
    _kind(
        "number",
        "a number",
        r"\bhow (?:many|much|often)\b|\bwh(?:at|ich) (?:number|count|amount|total)\b"
        rf"|{_WHAT_IS}(?:tolls?|tally|count|total|number of)\b",
        r"(?<![\w.])\d[\d,.]*|\b(?:once|twice|half|dozens?|several|both|hundreds|thousands|millions"
        r"|no|none|single|"
        + "|".join(w for w in NUMBER_WORDS if w not in ("one", "zero"))
        + r")\b",
    ),
    _kind(
        "date",
        "a date",
        r"\bwhen\b(?! \w+ing\b)|\b(?:what|which) (?:day|days|date|dates|month|year|week)\b",
        rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?:{MONTH})(?!\w)(?:\s+\d{{1,2}}\b)?"
        rf"|\b{WEEKDAY}\b|\b(?:19|20)\d\d\b"
        r"|\b(?:yesterday|today|tomorrow|tonight|(?:last|this|next) (?:week|month|year)"
        rf"|(?:{_TIMES}) (?:ago|later|earlier|after|before))\b",
        case=True,
    ),
    _kind(
        "place",
        "a place",
        r"\bwhere\b|\b(?:what|which) (?:country|city|place|town|state|region|venue|stadium)\b",
        rf"\b(?:in|at|from|near|to|of|outside|across|into) (?:the )?(?!(?:{MONTH})(?!\w)|{WEEKDAY})"
        r"[^\W\d_a-z]\w+",
        case=True,
    ),
    _kind(
        "person",
        "a person",
        r"\b(?:who|whom|whose|which (?:person|official|minister|envoy|leader|executive|spokesman"
        r"|player|actor|author))\b",
        None,
    ),
    _kind(
        "reason",
        "a reason",
        r"\bwhy\b|\bfor what reason\b|\bwhat (?:caused|led to|prompted)\b|\bhow come\b",
        r"\b(?:because|since|due to|owing to|so that|in order to|in response|over|after|citing|as"
        r"|for|to \w+|aimed|caus\w+|prompt\w*|reasons?|accus\w+)\b",
    ),
)

_HEAD = re.compile(
    r"\b(?:which|what|how many|how much|name|whose|(?:number|count|total|tally) of)\s+"
    r"((?:(?!(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|of|in|on|at|for|to|by|with|from|about|that|who|if|and|or|kind"
    r"|kinds|sort|sorts|type|types)\b)[\w'’-]+\s*){1,4})",
    re.IGNORECASE,
)
#: “Who is Karl Fenn?” asks what he is, not for another person.
WHO_IS = _kind("person", "who that is", r"(?!)", None)
_WHO_IS = re.compile(r"^\W*[Ww]ho (?:is|was|are|were)((?: [^\W\d_a-z][\w.’'-]*)+)\W*$")
#: “Did the envoy call?”; not “May 2021 …”.
_YES_OR_NO = re.compile(
    r"\W*(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)"
    r"|(?:isn|aren|wasn|weren|don|doesn|didn|hasn|haven|hadn|can|couldn|won|wouldn|shouldn)[’']t)\b"
    r"(?!\W+\d)",
    re.IGNORECASE,
)
_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how|name|list)\b", re.I)
#: Days and years are no numbers of anything. A year stands after a word that dates or says whose.
_DATES = re.compile(
    rf"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b|\b(?:{MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+(?:19|20)\d\d)?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})(?:\s+(?:19|20)\d\d)?"
    r"|\b(?:in|of|since|by|until|till|during|from|before|after|between|and|to|through|throughout"
    r"|early|mid|late|the|an?|its?|his|her|their|this|that|[’']s)[\s-]+(?:19|20)\d\d\b(?!,\d)"
    r"|\b(?:19|20)\d\d\b(?=[-–/][012])|\b\d{1,2}:\d\d\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"(?<![\w.])(?:\d[\d,.]*\w*|(?:{'|'.join(NUMBER_WORDS)})\b)", re.IGNORECASE)
_FIRST = re.compile(r"[“\"‘'(]*([^\W\d_a-z][^\W\d_]+)")
#: “The death toll rose to 41”: a count that no noun follows.
_TALLIED = re.compile(
    rf"\b(?:toll|number|total|tally|count|figure)s?\b(?:[\s-]+[^\W\d][\w’'-]*){{0,12}}?\s+"
    rf"(?P<figure>\d[\d,]*(?:\.\d+)?|(?:{'|'.join(NUMBER_WORDS)}))\b(?![%])",
    re.IGNORECASE,
)
#: Words between a number and its noun: “at least two short-range ballistic missiles”.
_BETWEEN = 4


def find_kind(question: Question) -> Kind | None:
    """What the question asks for; None where its form does not tell."""
    if _WHO_IS.match(question.text):
        return WHO_IS
    lower = question.text.casefold()
    return next((kind for kind in KINDS if kind.asks.search(lower)), None)


def asks_yes_or_no(text: str) -> bool:
    """Whether a question is answered by yes or no, which no stretch of a sentence is.

    It may open with something else: “According to the Ledger, did he call?”
    """
    asking = _ASKING.search(text)
    opening = text[: asking.start()] if asking else text
    starts = [0, *(comma.end() for comma in re.finditer(",", opening))]
    return any(_YES_OR_NO.match(text, start) for start in starts)


def find_head(question: Question) -> tuple[str, ...]:
    """The words of “which X” or “how many X”, in lower case: what the answer is an X of."""
    found = _HEAD.search(question.text)
    words = split_words(found[1]) if found else []
    return tuple(w.casefold() for w in words if w.casefold() not in STOP_WORDS)


def has_answer(kind: Kind, question: Question, sentence: str, article: str = "") -> bool:
    """Whether the sentence has something of the kind that the question does not name itself.

    `article` is the text that the sentence stands in: it tells whether a sentence's first word is a
    name.
    """
    asked = question.text
    if kind is WHO_IS and (who := _WHO_IS.match(asked)):
        return tells_who(who[1].strip(), sentence)
    if kind.group == "number":
        asked, sentence = _DATES.sub(" ", asked), _DATES.sub(" ", sentence)
    words = {word.casefold() for word in split_words(asked)}
    if kind.answers is None:
        found = [n for n in find_names(sentence) if n.casefold() not in NOT_NAMES]
        found = found or _find_first_name(sentence, article)
    else:
        found = [match.group() for match in kind.answers.finditer(sentence)]
    return any(not _is_named(one, words) for one in found)


def _is_named(found: str, asked: Set[str]) -> bool:
    """Whether a question of the words `asked` has all of what was found."""
    parts = {part.casefold() for part in split_words(found)}
    # Of “in London” the place is asked about, of “because” the word.
    return bool(parts) and (parts - STOP_WORDS or parts) <= asked


def _find_first_name(sentence: str, article: str) -> list[str]:
    """The first word, where the article has it in the midst of a sentence as a name."""
    first = _FIRST.match(sentence)
    if first is None or first[1].casefold() in STOP_WORDS | NOT_NAMES:
        return []
    return [first[1]] if re.search(rf"[a-z,] {re.escape(first[1])}\b", article) else []


def blank_dates(text: str) -> str:
    """The text with spaces in the place of its days and years, which count nothing."""
    return _DATES.sub(lambda found: " " * len(found.group()), text)


def list_counted(text: str) -> list[tuple[str, list[str]]]:
    """Each number of a sentence or a question, in digits, with the words after it in lower case."""
    rest = _DATES.sub(" ", text)
    found = []
    for number in _COUNTED.finditer(rest):
        after = split_words(rest[number.end() : number.end() + 80])[:_BETWEEN]
        found.append((_to_figure(number.group()), [word.casefold() for word in after]))
    return found


def list_tallied(text: str) -> list[str]:
    """The numbers that a sentence gives as a toll, a total or the like, in digits."""
    return [_to_figure(found["figure"]) for found in _TALLIED.finditer(_DATES.sub(" ", text))]


def _to_figure(number: str) -> str:
    said = number.casefold().rstrip(".,")
    return str(NUMBER_WORDS[said]) if said in NUMBER_WORDS else said.replace(",", "")
