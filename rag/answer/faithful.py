"""Whether a question that a model wrote asks what was typed: no more, no less, nothing else.

What it cannot tell: which of two known persons “she” means, and who did what to whom. The question
is therefore shown as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answer.checking.word_table import OPENING
from rag.answer.facts import Facts, find_facts, unify
from rag.answer.followup import has_pronoun, leans
from rag.index.lexical import STOP_WORDS, split_words, stems
from rag.ingest.sentences import split_sentences
from rag.retrieve.question import MAX_QUESTION, NUMBER_WORDS, OPENERS

#: Content words that a question may take from an answer or from nowhere, and from nowhere alone.
ADDED, NEW = 3, 2
#: So many words in a row that are also the instructions' are quoted from there.
QUOTED = 5

_PREFIX = re.compile(
    r"^[\s*_`#>-]*(?:(?:sure|certainly|okay|ok)\b[^:\n]{0,60})?(?:(?:here is |here's )?(?:the |a )?"
    r"(?:(?:stand-?alone|self-contained|rewritten|condensed|complete|full|latest|search)\s+){0,2}"
    r"(?:question|query))[*_\s]*[:：][*_\s]*",
    re.IGNORECASE,
)
_QUOTES = (("“", "”"), ('"', '"'), ("‘", "’"), ("'", "'"), ("«", "»"), ("„", "“"), ("`", "`"))
_MARKUP = re.compile(r"[<>\[\]{}【】`*_#|\\‹›]|://|\bwww\.", re.IGNORECASE)

_ASKING = "who|whom|whose|what|when|where|why|how|which"
_HELPING = (
    "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|shall"
)
#: Words that ask the same.
_ALIKE = {"whom": "who", "are": "is", "were": "was", "does": "do", "has": "have"}
_ASKS = frozenset(_ASKING.split("|")) | frozenset(_HELPING.split("|"))
_ANOTHER = re.compile(rf"\b(?:and|or|but)\s+(?:{_ASKING}|{_HELPING})\b", re.IGNORECASE)
#: Stop words without which a question asks something else.
_KEPT = frozenset(_ASKING.split("|")) | frozenset(
    """no nor not never many much more most before after until under over between only will would
    can could should""".split()
)
_DENYING = frozenset("no not nor never none neither without".split())
_OPENING = re.compile(r"^\W*(?:(?:and|but|so|ok(?:ay)?|also|then)\b[\s,]*)*", re.IGNORECASE)
_CANNOT = (re.compile(r"\bcan(?:[’']t|not)\b", re.I), re.compile(r"\bwon[’']t\b", re.I))
#: What opens a request and says nothing of what it is about.
_MANNERS = re.compile(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?|also|then|thanks?|please)\b[\s,.!]*)*"
    r"(?:(?:(?:can|could|would|will) you )?(?:please )?(?:tell|give) (?:me|us)\b"
    r"|do you know\b|(?:what|how) about\b|what of\b)?",
    re.IGNORECASE,
)
#: What stands for something else: “the latter”, “did that happen”.
_POINTING = re.compile(
    r"\b(?:the |this |that |these |those |which )?(?:ones?|former|latter)\b"
    r"|\b(?:the|these|those) (?:two|three|four)\b(?! \w+s\b)"
    r"|\b(?:it|that|this) happen(?:ed|s)?\b|\bplease\b|\bthank(?:s| you)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a model was given: the question as typed, and the exchanges before it."""

    typed: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def whole(self) -> str:
        return "\n".join((self.typed, *self.questions, *self.answers))


def tidy(said: str) -> str:
    """The question without what models put around it: “Standalone question:”, quotation marks."""
    text = _PREFIX.sub("", said.strip()).strip()
    for opening, closing in _QUOTES:
        inner = text[1:-1]
        if len(text) > 2 and text[0] == opening and text[-1] == closing and opening not in inner:
            return inner.strip()
    return text


def is_faithful(written: str, given: Given, instructions: str) -> bool:
    """Whether `written` may be searched for in place of what was typed.

    It is one plain question, keeps every word of the typed one that says what is asked, takes
    names, numbers and dates from what was given alone, and does not lean on anything any more.
    """
    return (
        _is_plain(written, instructions)
        and _asks_the_same(written, given)
        and _keeps_all(written, given.typed)
        and _invents_nothing(written, given.whole)
        and _adds_little(written, given)
        and not leans(written)
    )


def _is_plain(written: str, instructions: str) -> bool:
    """Whether it is one line of text, and not the instructions'."""
    if not 0 < len(written) <= MAX_QUESTION or not written.isprintable() or written.isupper():
        return False
    if _MARKUP.search(written) or not any(c.isalnum() for c in written):
        return False
    words, rules = _list_words(written), f" {' '.join(_list_words(instructions))} "
    runs = (words[n : n + QUOTED] for n in range(len(words) - QUOTED + 1))
    return not any(f" {' '.join(run)} " in rules for run in runs)


def _asks_the_same(written: str, given: Given) -> bool:
    """Whether it is a question, of the typed one's form, and only one where that was one."""
    typed = given.typed
    if len(split_sentences(written)) > max(1, len(split_sentences(typed))):
        return False
    # “Tell me more about her” need not become a question; an answer is none.
    same_opening = (
        not typed.rstrip().endswith("?")
        and _list_words(written)[:1] == (_list_words(_OPENING.sub("", typed))[:1])
    )
    if not (written.endswith("?") or same_opening):
        return False
    asking, questions = _find_asking(typed), given.questions
    allowed = {asking} if asking else {"what", None, *map(_find_asking, questions)}
    others = max([len(_ANOTHER.findall(text)) for text in (typed, *questions)], default=0)
    most = len(_ANOTHER.findall(typed)) if asking else others
    return _find_asking(written) in allowed and len(_ANOTHER.findall(written)) <= most


def _find_asking(text: str) -> str | None:
    """The word by which a text asks; None for “and Tolm?” and “what about Tolm?”."""
    words = _list_words(_MANNERS.sub("", _spell_out(text)))
    found = next((word for word in words if word in _ASKS), None)
    return _ALIKE.get(found, found) if found else None


def _keeps_all(written: str, typed: str) -> bool:
    has = {_ALIKE.get(word, word) for word in _list_words(_spell_out(written))}
    asked = _MANNERS.sub("", _spell_out(typed))
    wanted = {_ALIKE.get(word, word) for word in _list_words(asked)}
    return wanted & _KEPT <= has and _list_content(typed) <= set(stems(unify(written)))


def _list_content(typed: str) -> set[str]:
    """The stems that a question must keep: neither pronouns nor words that only point."""
    bare = _POINTING.sub(" ", _MANNERS.sub("", _spell_out(typed)))
    return set(stems(unify(bare)))


def _invents_nothing(written: str, known: str) -> bool:
    """Whether its names, numbers, dates and its “not” stand in what was given."""
    written, known = unify(written), unify(known)
    words = split_words(known)
    folded = {word.casefold() for word in words}
    names = _list_names(written, folded)
    if any(name.casefold() not in folded for name in names):
        return False
    if set(_list_words(_spell_out(written))) & _DENYING and not (
        set(_list_words(_spell_out(known))) & _DENYING
    ):
        return False
    return _joins_no_names(written, words) and _has_facts(find_facts(known), find_facts(written))


def _list_names(text: str, known: set[str]) -> list[str]:
    """Words in capitals or with figures; the first one only where it is no word that opens."""
    found = [w for w in split_words(text) if w[0].isupper() or any(c.isdigit() for c in w)]
    opens = STOP_WORDS | OPENERS | _ASKS
    names = [word for word in found if word.casefold() not in opens]
    first = split_words(text)[:1]
    return names[1:] if names[:1] == first and first[0].casefold() in OPENING - known else names


def _joins_no_names(written: str, known: Sequence[str]) -> bool:
    """Whether names that stand side by side, “Odile Fenn”, do so in what was given."""
    pairs = {(one.casefold(), other.casefold()) for one, other in pairwise(known)}
    ordinary = {word for word in known if word == word.casefold()} | STOP_WORDS | OPENERS | _ASKS
    return all(
        (one.casefold(), other.casefold()) in pairs or one.casefold() in ordinary
        for one, other in re.findall(r"\b([^\W\d_a-z][\w’'-]*)(?=\s+([^\W\d_a-z][\w-]*))", written)
    )


def _has_facts(known: Facts, written: Facts) -> bool:
    values = {quantity.value for quantity in known.quantities}
    years = {day.year for day in known.days if day.year}
    months = known.months | {day.month for day in known.days}
    return (
        all(quantity.value in values | years for quantity in written.quantities)
        and all(any(day.agrees(other) for other in known.days) for day in written.days)
        and written.months <= months
        and written.weekdays <= known.weekdays
    )


def _adds_little(written: str, given: Given) -> bool:
    """Whether what is neither a name nor from a question is little enough to be wording.

    An instruction that hides in an answer gets no further than this: where nothing typed holds the
    question, no word but a name comes from an answer, or it goes on with an earlier question.
    """
    asked = set(stems(unify("\n".join((given.typed, *given.questions)))))
    whole = set(stems(unify(given.whole)))
    bare = " ".join(w for w in split_words(unify(written)) if not w[0].isupper())
    added = [s for s in dict.fromkeys(stems(bare)) if s not in asked and s not in NUMBER_WORDS]
    new = [stem for stem in added if stem not in whole]
    if written == written.casefold() and new:
        return False  # in small letters a name looks like any other word
    if _list_content(given.typed):
        return len(added) <= ADDED and len(new) <= NEW
    if has_pronoun(given.typed):
        return not added
    before = set(stems(unify("\n".join(given.questions))))
    return bool(before & set(stems(unify(written)))) and len(new) <= NEW and len(added) <= ADDED


def _spell_out(text: str) -> str:
    """The text with “n't” as “not”, and without what else is left behind an apostrophe."""
    text = _CANNOT[1].sub("will not", _CANNOT[0].sub("can not", text))
    text = re.sub(r"n[’']t\b", " not", text, flags=re.IGNORECASE)
    return re.sub(r"[’'](?:s|re|ve|d|ll|m)\b", " ", text, flags=re.IGNORECASE)


def _list_words(text: str) -> list[str]:
    return [word.casefold() for word in split_words(text)]
