"""Which questions to suggest: those that are answered, and differ from each other."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from rag.answer.people import tells_who
from rag.answer.suggesting import FITS, Candidate, list_candidates
from rag.index.lexical import has_word, stems
from rag.retrieve.question import find_names
from rag.types import Answer, Article

#: Articles that are read for suggestions, and questions that are tried.
ARTICLES, TRIED = 60, 16
#: After so long nothing more is read or tried, in seconds; reading alone may take half of it.
SECONDS = 2.0
#: An answer of more sentences says that none of them is clearly it.
SENTENCES = 3
#: A sentence of fewer is a caption or a cry.
WORDS = 5
#: Trying a shape so often counts as much as having chosen one of it.
PATIENCE = 2
#: Letters, figures and the marks of ordinary prose: nothing that a scraper or an attacker leaves.
_HEADLINE = re.compile(r"[^\W_][\w ,:;’'&%$€£.?-]*")
#: An answer with an address or an account in it comes out of a page's furniture.
_SCRAP = re.compile(r"@\w|https?:|www\.|\.com/|^[—–-]|^\d+\. ")


def choose_suggestions(
    sample: Sequence[Article], ask: Callable[[str], Answer], count: int, seconds: float = SECONDS
) -> list[str]:
    """At most `count` questions that `ask` answers by what they were made from; maybe none.

    `sample` is what `take_sample` chose. The same articles make the same questions, where they can
    be tried within the time.
    """
    started = time.perf_counter()
    made = _make(sample, started + seconds / 2)
    chosen: list[Candidate] = []
    for candidate in _order(made, sample, chosen, count):
        if len(chosen) == count or time.perf_counter() - started > seconds:
            break
        if is_answered(candidate, made, ask(candidate.question)):
            chosen.append(candidate)
    questions = [candidate.question for candidate in chosen]
    covered = {candidate.article for candidate in chosen}
    for article in sample[:TRIED]:
        if len(questions) >= count or time.perf_counter() - started > seconds:
            break
        question = ask_headline(article)
        if question and article.id not in covered and _is_about(ask(question), article):
            questions.append(question)
    return questions


def ask_headline(article: Article) -> str | None:
    """A question that any article answers; None where its headline is not one of plain words."""
    headline = " ".join(article.title.split()).rstrip(".")
    plain = _HEADLINE.fullmatch(headline) and not headline.isupper()
    question = f"What is reported about “{headline}”?"
    return question if plain and len(question) <= FITS and len(headline.split()) > 2 else None


def _is_about(answer: Answer, article: Article) -> bool:
    return not answer.refused and answer.citations[0].article == article.id and _is_prose(answer)


def _is_prose(answer: Answer) -> bool:
    """Whether no sentence of the answer is a caption, or comes out of a page's furniture."""
    said = [sentence.text for sentence in answer.sentences]
    return not any(len(text.split()) < WORDS or _SCRAP.search(text) for text in said)


def take_sample(articles: Sequence[Article], size: int = ARTICLES) -> list[Article]:
    """The newest of every outlet in turn, then the next newest, until there are `size`."""
    by_outlet: dict[str | None, list[Article]] = defaultdict(list)
    for article in articles:
        by_outlet[article.outlet].append(article)
    turns: list[Article] = []
    for turn in range(max(map(len, by_outlet.values()), default=0)):
        turns += [listed[turn] for listed in by_outlet.values() if turn < len(listed)]
        if len(turns) >= size:
            break
    return turns[:size]


def is_answered(candidate: Candidate, made: Sequence[Candidate], answer: Answer) -> bool:
    """Whether the answer begins with a sentence that makes the same question."""
    same = [one for one in made if one.question == candidate.question]
    if answer.refused or answer.citations[0].article not in {one.article for one in same}:
        return False
    said = [sentence.text for sentence in answer.sentences]
    if not _is_prose(answer):
        return False
    if candidate.person and not has_word(
        said[0].casefold(), candidate.person.split()[-1].casefold()
    ):
        return False
    if not any(_is_cited(one, answer) for one in same):
        return False
    if candidate.shape == "who":
        told = [tells_who(candidate.person or "", text) for text in said]
        return told[0] and sum(told) > len(told) / 2
    return len(said) <= SENTENCES


def _is_cited(one: Candidate, answer: Answer) -> bool:
    """Whether the answer begins with the candidate's sentence, or with what explains it."""
    return any(
        cited.article == one.article and one.span.start <= cited.start < one.span.end
        for cited in answer.citations[:2]
    )


def _make(articles: Sequence[Article], until: float) -> list[Candidate]:
    made: list[Candidate] = []
    for article in articles:
        if time.perf_counter() > until:
            break
        made += list_candidates(article)
    return made


def _order(
    made: Sequence[Candidate], sample: Sequence[Article], chosen: list[Candidate], count: int
) -> Iterator[Candidate]:
    """The candidates to try, each as unlike those that `chosen` holds by then as can be."""
    outlets = {article.id: article.outlet for article in sample}
    tried: Counter[str] = Counter()
    left = list({one.question: one for one in reversed(made)}.values())[::-1]
    shapes_tried: Counter[str] = Counter()
    for _ in range(TRIED):
        shapes = Counter(one.shape for one in chosen)
        taken = Counter(outlets[one.article] for one in chosen)
        subjects = {stem for one in chosen for stem in _subject_of(one)}
        left = [
            one
            for one in left
            if shapes[one.shape] < max(1, count // 2) and not subjects & _subject_of(one)
        ]
        if not left:
            return
        best = min(
            left,
            key=lambda one: (
                tried[one.article],
                shapes[one.shape] + shapes_tried[one.shape] // PATIENCE,
                taken[outlets[one.article]],
                _RANKS[one.shape],
            ),
        )
        left.remove(best)
        tried[best.article] += 1
        shapes_tried[best.shape] += 1
        yield best


#: Of shapes equally often chosen, the first is tried first: the rarer ones.
_RANKS = {
    shape: rank
    for rank, shape in enumerate(
        ("reason", "money", "number", "place", "date", "did", "said", "who")
    )
}


def _subject_of(candidate: Candidate) -> set[str]:
    return {stem for name in find_names(candidate.question) for stem in stems(name)}
