"""Completing a question that leans on the one before: “And what did China say?”, “who is he?”.

Without a model, by rules of English: a pronoun that nothing in the question explains gets the name
that it stands for, an elliptic question the subject of the earlier one. A question that says what
it is about is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from rag.answer.kinds import find_head, find_kind
from rag.index.lexical import STOP_WORDS, split_words
from rag.retrieve.question import MONTH, NOT_NAMES, WEEKDAYS, Question
from rag.types import Answer

_OPENING = re.compile(r"^(?:and|but|so|also|then|ok(?:ay)?)\b[\s,]*", re.IGNORECASE)
_ABOUT = re.compile(
    r"^(?:(?:(?:and|but|so)\s+)?(?P<asks>(?:what|how) about|what of)|and|but|or)\s+"
    r"(?P<what>.+?)\s*\??$",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(he|she|him|her|his|hers)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(they|them|their|it|its|that|this|those|these|there|then|the (?:former|latter|two))\b",
    re.IGNORECASE,
)
#: “Is it true that …” and “it rained” point to nothing; “those who”, “that the” and “then” neither.
_EMPTY = re.compile(
    r"\bit (?:true|likely|possible|clear|known|certain|rain|snow|take)|\bhow (?:is|was) it that"
    r"|\bthose (?:who|that|in|of|from)\b|\bthat (?:(?:the|an?|he|she|they|we|you)\b|(?-i:[A-Z]))"
    r"|\b(?:is|are|was|were|has|have|had|will|would|could|can) there\b|\b(?:since|until|by) then\b",
    re.IGNORECASE,
)
#: “About that decision” points back whatever names the question has.
_POINTING = re.compile(
    r"\b(?:about|of|to|after|before|for|by|with|from|over) (?:that|this|those|these)\b"
    r"(?! (?:who|that|in|of|from|week|month|year|time|day))",
    re.IGNORECASE,
)
#: “The other one” points back, and has nothing that a rule could put in its place.
_ONE = re.compile(r"\b(?:the|which|another|other|same) (?:other )?ones?\b", re.IGNORECASE)
_ASKS = re.compile(
    r"^(?:who|whom|whose|what|when|where|why|how|which|since when|name|list|tell me)\b",
    re.IGNORECASE,
)
#: The opening of a question before what it is about: “How many … did”, “When was”.
_FRAME = re.compile(
    r"^(?:(?:and|but|so)\s+)?(?:(?:who|whom|what|when|where|why|how(?:\s+(?:many|much|long|old"
    r"|often|far))?|which|since when)\b\s*)?(?:(?:did|does|do|is|are|was|were|has|have|had|will"
    r"|would|can|could|should)\b\s*)?",
    re.IGNORECASE,
)
#: “How many were there, and when?”
_ASKED_TOO = re.compile(r",?\s+and\s+(?:who|what|when|where|why|how(?:\s+\w+)?)$", re.IGNORECASE)
#: “What did China say?” wants to be told about what.
_SAYING = frozenset("say said think do answer reply respond react want mean deny claim".split())
_UNFINISHED = re.compile(rf"\b(?:{'|'.join(sorted(_SAYING))})\s*\??$", re.IGNORECASE)
#: A question of more content words says what it is about, whatever it opens with.
ENOUGH = 2
#: What goes before a name and is written as one: “Secretary of State Antony Blinken”.
_TITLE = re.compile(
    r"\b(?:secretary|minister|head|chief|director|governor|duke|duchess|archbishop|bishop) of"
    r" (?:the )?(?-i:[A-Z])\w+ (?=(?-i:[A-Z])[\w’'-]+ (?-i:[A-Z]))",
    re.IGNORECASE,
)
#: “Who is Ida Holm?” is answered by what she is, and not by another name.
_ASKS_WHO = re.compile(r"who(?:’s|'s| is| was) (?-i:[A-Z])", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_a-z][\w’'.-]*(?:\s+[^\W\d_a-z][\w’'.-]*)*")
_BEFORE_PLACE = r"(?:in|at|from|to|of|near|on|into)"
#: Written as names are, and held by somebody.
_OFFICES = frozenset("CEO CFO COO CTO PM MP MEP VP".split())
_EMPTY_WORDS = frozenset(("happen", "happened", "since", "ago", "exactly"))
_OPENERS = STOP_WORDS | WEEKDAYS
_VERBS = frozenset("did does do is are was were has have had will would can could should".split())


def complete(typed: str, earlier: Sequence[Answer]) -> str:
    """The question as it is to be searched for, given the answers before it, the last one last."""
    if not earlier or not typed.strip():
        return typed
    before = earlier[-1]
    swapped = _swap(typed, before)
    if swapped:
        return swapped
    if not leans(typed):
        return typed
    if not re.search(r"\w", _OPENING.sub("", typed)):
        return before.searched or before.question
    question = typed
    while (rest := _OPENING.sub("", question, count=1)).strip(" ?.!,") and rest != question:
        question = rest
    question = question[0].upper() + question[1:]
    pronoun = _find_pronoun(_PERSON, question)
    person = find_person(before) if pronoun else None
    if pronoun and person:
        possessive = pronoun[0].casefold() in ("his", "hers") or (
            pronoun[0].casefold() == "her" and bool(re.match(r"\s+\w", question[pronoun.end() :]))
        )
        name = f"{person}’s" if possessive else person
        question = question[: pronoun.start()] + name + question[pronoun.end() :]
        if _is_whole(question):
            return question
    subject = find_subject(before, question)
    return f"{question.rstrip(' ?.')} ({subject})?" if subject else question


def leans(typed: str) -> bool:
    """Whether a question cannot be understood without the one before."""
    if _OPENING.match(typed) and len(typed.split()) > 1 and len(_content(typed)) <= ENOUGH:
        return True
    if _POINTING.search(typed):
        return True
    if _find_pronoun(_PERSON, typed) or _find_pronoun(_THING, _EMPTY.sub(" ", typed)):
        return True
    if _UNFINISHED.search(typed) and len(_content(typed)) <= ENOUGH:
        return True
    return not _content(typed)


def needs_model(typed: str, earlier: Sequence[Answer]) -> bool:
    """Whether a question may lean on those before it, so that a model is worth asking to what.

    Not where it names what it is about, or says it in some words, and points to nothing.
    """
    if not earlier or not typed.strip():
        return False
    if _swap(typed, earlier[-1]) or leans(typed) or _ONE.search(typed):
        return True
    return not Question(typed).names and len(_content(typed)) <= ENOUGH


def is_bare(typed: str) -> bool:
    """Whether nobody could understand a question by itself: “who is he?”, “why?”."""
    return has_pronoun(typed) or not _content(typed)


def has_pronoun(typed: str) -> bool:
    """Whether a “he” or “she” is left that nothing in the question explains."""
    return _find_pronoun(_PERSON, typed) is not None


def find_person(before: Answer) -> str | None:
    """Whom “he” or “she” means: who was asked for, else who was asked about."""
    question = Question(before.searched or before.question)
    asked = _full_names(question.text)
    if asked and _ASKS_WHO.match(question.text):
        return asked[0]
    told = [
        name
        for sentence in before.sentences[:1]
        for name in _full_names(sentence.text)
        if not any(name in other or other in name for other in asked)
    ]
    kind = find_kind(question)
    if kind is not None and kind.group == "person" and told:
        return told[0]
    named = [name for name in asked if not _is_date(name)]
    # A single name behind a preposition is a place more often than not.
    single = [
        n for n in named if not re.search(rf"\b{_BEFORE_PLACE} {re.escape(n)}", question.text)
    ]
    for names in (
        [n for n in named if " " in n],
        single,
        [n for n in told if " " in n],
        named,
        told,
    ):
        if names:
            return names[0]
    return None


def find_subject(before: Answer, question: str) -> str:
    """What the earlier question was about, without what the new one says itself."""
    text = before.searched or before.question
    rest = _ASKED_TOO.sub("", _FRAME.sub("", text).strip(" ?."))
    said = {word.casefold() for word in split_words(question)}
    names = [name for name in _full_names(question) if not _is_date(name)]
    if names:
        # The new name takes the place of the one that did the same in the earlier question.
        first = next((name for name in _full_names(rest) if not _is_date(name)), None)
        if first:
            rest = re.sub(rf"(?:\bthe\s+)?(?<!\w){re.escape(first)}(?!\w)", "", rest, count=1)
    kind = find_kind(Question(question))
    dated = any(map(_is_date, _full_names(question)))
    if dated or (kind is not None and kind.group == "date"):
        # What is asked for, or said anew, must not be among the words searched for.
        for day in filter(_is_date, _full_names(rest)):
            rest = re.sub(rf"(?:\b(?:on|in|of)\s+)?{re.escape(day)}", "", rest)
    words = [
        word
        for word in rest.split()
        if word.strip("?.,()").casefold() not in (said - STOP_WORDS) | _VERBS
    ]
    while words and words[0].casefold() in (STOP_WORDS | _SAYING) - {"about"}:
        words.pop(0)
    told = []
    earlier = Question(text)
    asked = find_kind(earlier)
    # The name that the earlier question asked for is a part of what it was about.
    sought = bool(find_head(earlier)) or (asked is not None and asked.group in ("person", "place"))
    if sought and not names and before.sentences:
        known = text.casefold()
        told = [n for n in _full_names(before.sentences[0].text) if n.casefold() not in known]
        told = [name for name in told if not _is_date(name)][:1]
    return ", ".join(filter(None, (" ".join(words), *told)))


def _swap(typed: str, before: Answer) -> str | None:
    """The earlier question with one name or date put in the place of its own: “what about X?”."""
    found = _ABOUT.match(typed.strip())
    if not found or _ASKS.match(found["what"]) or len(split_words(found["what"])) > 5:
        return None
    if _PERSON.search(found["what"]):
        return None  # “what about her?”
    what = found["what"].strip()
    if set(split_words(what.casefold())) & _VERBS:
        return None
    earlier = before.searched or before.question
    bare = re.sub(r"^(?:(?:the|in|on|at|of|from|to|for)\s+)+", "", what, flags=re.IGNORECASE)
    named = _full_names(bare) == [bare.rstrip(".")]
    if not named and not found["asks"]:
        return None  # “But China rejects the deal” is more than another name
    olds = [n for n in _full_names(_strip_opening(earlier)) if _is_date(n) == _is_date(bare)]
    olds = [name for name in olds if name not in _OFFICES]
    if not named or not olds:
        return f"{earlier.rstrip(' ?.')} ({what})?"
    old = olds[-1] if _is_date(bare) else olds[0]
    new = what if what.casefold().startswith("the ") else bare
    return re.sub(rf"(?:\bthe\s+)?(?<!\w){re.escape(old)}(?!\w)", lambda _: new, earlier, count=1)


def _strip_opening(text: str) -> str:
    # A question's first word is capitalised anyway.
    return text.split(" ", 1)[1] if " " in text else ""


def _find_pronoun(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first pronoun, where no name before it in the question may be what it stands for."""
    found = pattern.search(text)
    if found is None:
        return None
    before = _strip_opening(text[: found.start()] + ".")
    lower = text == text.casefold()
    explained = bool(_full_names(before)) or (lower and len(before.split()) > 4)
    return None if explained else found


def _full_names(text: str) -> list[str]:
    """Runs of capitalised words in order, each once; months with their day and year."""
    text = _TITLE.sub("", text)
    runs = re.findall(
        rf"(?:\d{{1,2}}\s+)?(?:{MONTH})(?:\s+\d{{1,2}}\b)?(?:,?\s+(?:19|20)\d\d)?|{_NAME.pattern}"
        r"|(?<!\w)(?:19|20)\d\d(?!\w)",
        text,
    )
    # “Did Karl Fenn resign?” begins with a capital that is no name's.
    runs = [_strip_leading(_FRAME.sub("", run)) for run in runs]
    names = (re.sub(r"[’']s$", "", run).strip(" .") for run in runs)
    return list(dict.fromkeys(n for n in names if n.casefold() not in STOP_WORDS and len(n) > 1))


def _strip_leading(run: str) -> str:
    """“On Friday Ida Holm” without the words that open a sentence; a date stays whole."""
    words = run.split()
    opening = takewhile(lambda word: word.casefold() in _OPENERS, words[:-1])
    return " ".join(words[len(list(opening)) :])


def _is_date(name: str) -> bool:
    return any(word.casefold().rstrip(".") in NOT_NAMES for word in name.split()) or bool(
        re.fullmatch(r"(?:19|20)\d\d", name)
    )


def _is_whole(question: str) -> bool:
    """Whether a question whose pronoun has its name now says enough."""
    if _find_pronoun(_THING, _EMPTY.sub(" ", question)):
        return False
    return not (_UNFINISHED.search(question) and len(_content(question)) <= 3)


def _content(text: str) -> list[str]:
    return [w for w in split_words(text) if w.casefold() not in STOP_WORDS | _EMPTY_WORDS]
