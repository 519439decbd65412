"""Names of a claim that stand in none of the articles that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.answer.checking.hidden_names import list_hidden_names
from rag.answer.checking.word_table import FORMS, OPENING
from rag.answer.checking.words import list_aliases
from rag.answer.facts import SAME, find_facts, unify
from rag.answer.first_names import HE, SHE
from rag.index.lexical import STOP_WORDS, stems
from rag.ingest.sentences import split_sentences
from rag.types import Hit

#: So many letters make a name and what is made of it the same: “Californians” of California.
_ROOT = 5
_FIRST = re.compile(r"\W*(?P<word>[^\W\d_][\w-]*)(?P<owner>[’']s)?(?:\s+(?P<following>[\w-]+))?")
_COMMON = re.compile(r"(?:ing|ed|ly)$")
_PAST = re.compile(r"[a-z]ed$")
#: Names that end as nouns of which there are several; beside those that a first name is in.
_SURNAMES = frozenset(
    """jones collins simmons hicks hughes reyes torres flores gonzales morales santos ramos barnes
    gibbs briggs rawls burns ross weiss moss hess douglas thomas texas hamas congress laos honduras
    cyprus arkansas kansas matthews stevens sanders meyers myers jeffries humphries
    christmas brussels athens dallas""".split()
)
_SURNAME = re.compile(r"(?:[^s]is|kins)$")


def list_wrong_names(text: str, cited: Sequence[Hit]) -> Iterator[str]:
    """The names of a sentence that stand in none of the cited articles, as it writes them."""
    known = _gather(cited)
    for name in find_facts(text).names:
        if not _is_known(name, known) and not _has_root(name, known):
            yield _as_written(name, text)
    # Capitals tell nothing there, so whatever a sentence opens with must stand in the article.
    plain = unify(text)
    for span in split_sentences(plain):
        word = _find_first_name(span.of(plain))
        if word is not None and not _is_known(word, known):
            yield _as_written(word, text)
    for name in list_hidden_names(text):
        if not _is_known(name, known) and not _stands(name, cited):
            yield name


def _stands(name: str, cited: Sequence[Hit]) -> bool:
    """Whether an article has a word as it is written; scripts without spaces have no words."""
    texts = (part for hit in cited for part in (hit.passage.text, hit.article.text))
    return any(name.casefold() in text.casefold() for text in texts)


def _find_first_name(text: str) -> str | None:
    """The word that a sentence opens with, where what follows shows that it names somebody."""
    match = _FIRST.match(text)
    word = match["word"] if match else ""
    if match is None or word.casefold() in OPENING | STOP_WORDS or not word[0].isupper():
        return None
    following = match["following"] or ""
    does = following in FORMS or bool(_PAST.search(following))
    return word if match["owner"] or (does and may_be_name(word)) else None


def may_be_name(word: str) -> bool:
    """Whether a word that opens a sentence, with a capital therefore, may be somebody's name."""
    return not _COMMON.search(word) and (not word.endswith("s") or _is_surname(word.casefold()))


def _is_surname(lower: str) -> bool:
    """Whether a word that ends in “s” is a name, and not several of something: “Williams”."""
    first = lower in HE | SHE or lower[:-1] in HE | SHE
    return first or lower in _SURNAMES or bool(_SURNAME.search(lower))


def _is_known(name: str, known: frozenset[str]) -> bool:
    return known.issuperset(stems(name)) or not known.isdisjoint(list_aliases(name))


def _has_root(name: str, known: frozenset[str]) -> bool:
    root = name[:_ROOT].casefold()
    return any(root == stem[:_ROOT] for stem in known if len(stem) >= _ROOT)


def _as_written(name: str, text: str) -> str:
    """A name as the sentence has it, where `unify` writes it in another way."""
    for common, others in SAME:
        if common == name and name not in text:
            match = re.search(others, text)
            return match.group() if match else name
    return name


def _gather(cited: Sequence[Hit]) -> frozenset[str]:
    """The stems of all that the cited articles say, their heads included."""
    found = {stem for hit in cited for stem in stems(unify(hit.passage.text))}
    for article in {hit.article.id: hit.article for hit in cited}.values():
        found |= _stem_article(article.text, article.title, article.outlet, article.author)
    return frozenset(found)


@lru_cache(maxsize=64)
def _stem_article(*parts: str | None) -> frozenset[str]:
    return frozenset(stems(unify("\n".join(part for part in parts if part))))
