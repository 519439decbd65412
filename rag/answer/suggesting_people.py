"""Whether a name in an article is a person's, and whose a bare surname is."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answer.suggesting_patterns import (
    CAPITAL,
    CAPITAL_ROLES,
    GENDERED,
    NAME_BEFORE,
    ROLE_AFTER,
    ROLE_BEFORE,
    SAID_AFTER,
    SAID_BEFORE,
)
from rag.answer.suggesting_table import NO_PERSON
from rag.index.lexical import STOP_WORDS
from rag.retrieve.question import NOT_NAMES
from rag.types import Article, Span

#: What is read of an article, in characters.
READ = 6_000


def is_person(name: str, article: Article) -> bool:
    """Whether the article treats the name as a person's: says what they are, and uses it so."""
    parts = name.split()
    if {part.casefold() for part in parts} & (NO_PERSON | NOT_NAMES | STOP_WORDS):
        return False
    if parts[-1] in ("Al", "El", "De", "Van", "Von", "Ben", "Bin"):
        return False  # the name goes on
    if parts[0] in CAPITAL_ROLES or is_adverb(parts[0]):
        return False
    return _is_treated_as_person(name, article.text[:READ])


@lru_cache(maxsize=4_000)
def _is_treated_as_person(name: str, text: str) -> bool:
    last = name.split()[-1]
    if any(f"{title}{last}" in text for title in ("Mr ", "Mr. ", "Ms ", "Ms. ", "Mrs ", "Dr. ")):
        return True
    for found in re.finditer(rf"{re.escape(last)}\b", text):
        before, after = text[max(0, found.start() - 60) : found.start()], text[found.end() :][:80]
        whole = (before + last).endswith(name)
        if whole and ROLE_BEFORE.search(before[: len(before) + len(last) - len(name)]):
            return True
        role = whole and ROLE_AFTER.match(after)
        said = SAID_AFTER.match(after) or SAID_BEFORE.search(before)
        if (role or said) and GENDERED.search(text, found.start(), found.start() + 600):
            return True
    return False


def is_adverb(word: str) -> bool:
    return word.endswith("ly") and word not in ("Sally", "Emily", "Kelly", "Molly", "Lily", "Billy")


def find_person(name: str, span: Span, article: Article) -> str | None:
    """The full name of whom a name in a sentence means; None where that is nobody for certain."""
    if " " in name:
        return name if is_person(name, article) else None
    before = article.text[: span.start]
    named = re.findall(rf"\b(?:{CAPITAL} )?{NAME_BEFORE}{re.escape(name)}\b", before)
    full = {one for one in named if len(one.split()) > 1 and is_person(one, article)}
    return full.pop() if len(full) == 1 else None


def is_named(name: str, article: Article) -> bool:
    """Whether the article has the name in the midst of a sentence, or in its headline twice."""
    bare = re.escape(re.sub("^[Tt]he ", "", name))
    return re.search(rf"[a-z,] {bare}\b(?! [A-Z])", article.text) is not None
