"""What the passages found hold for a question: their sentences weighed, and the best ones read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.evidence import Asked, Evidence, Read, ask, follows, rank_evidence, weigh
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.learnt import read_weights
from rag.reader.reader import Reader, Window
from rag.reader.reading import Reading
from rag.retrieve.question import Question
from rag.types import Hit, Span

#: What is read for a question: windows of whole sentences, each of so many characters (or of one
#: sentence, however long), and so many in all. A thousand are some 230 tokens.
WINDOWS, WINDOW_LENGTH, ALL_LENGTH = 10, 400, 2_800

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Study:
    """The hits, and every sentence of theirs once, each best first.

    Both are ordered by the reader, too, where there is one.
    """

    asked: Asked
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]


def study(
    question: Question,
    hits: Sequence[Hit],
    generation: Generation,
    embedder: Embedder | None,
    reader: Reader | None,
) -> Study:
    """What `hits` hold for a question. Without a reader the hits stay as they are.

    Nor is anything read for a question of so many parts that no single stretch answers it.
    """
    asked = ask(question, generation)
    evidence = weigh(asked, hits, embedder)
    # How much the reader's word counts was learnt beside the cosines.
    if reader is None or embedder is None or not evidence or not asked.brief:
        return Study(asked, tuple(hits), tuple(evidence))
    evidence = rank_evidence(read_over(question, evidence, reader))
    return Study(asked, order_hits(asked, hits, evidence), tuple(evidence))


def read_over(question: Question, evidence: Sequence[Evidence], reader: Reader) -> list[Evidence]:
    """The same sentences with what was read in them, those in the windows about the best ones.

    The others are taken for no better than the worst of those.
    """
    windows = plan_windows(evidence)
    texts = [
        Window(run[0].hit.article.title, _cover(run).of(run[0].hit.article.text)) for run in windows
    ]
    read: dict[Place, Read] = {}
    for run, reading in zip(windows, reader.read(question.text, texts), strict=True):
        for one in run:
            found = _read_sentence(one.span, _cover(run).start, reading)
            before = read.get(_place(one))
            if found and (before is None or found.odds > before.odds):
                read[_place(one)] = found
    worst = Read(
        min((one.odds for one in read.values()), default=0.0),
        min((one.answers for one in read.values()), default=0.0),
    )
    return [replace(one, read=read.get(_place(one), worst)) for one in evidence]


def plan_windows(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Runs of sentences that follow one another, about the best ones that no run before has."""
    following = sorted(evidence, key=_place)
    places = {_place(one): n for n, one in enumerate(following)}
    windows: list[list[Evidence]] = []
    covered: set[Place] = set()
    total = 0
    for one in evidence:
        if _place(one) in covered:
            continue
        run = _widen(following, places[_place(one)])
        size = _cover(run).end - _cover(run).start
        if len(windows) == WINDOWS:
            break
        if windows and total + size > ALL_LENGTH:
            continue
        windows.append(run)
        covered.update(map(_place, run))
        total += size
    return windows


def order_hits(asked: Asked, hits: Sequence[Hit], evidence: Sequence[Evidence]) -> tuple[Hit, ...]:
    """The hits by their scores and by the best that was read in each, which make up new scores.

    The longer a question, the less what was read counts: MultiHop-RAG's, of several parts each, are
    found worse by it.
    """
    weights, best = read_weights("hit_read"), rate_hits(hits, evidence)
    by_score, by_reading = weights["score"], weights["read"] * asked.brief
    scored = [
        replace(
            hit,
            score=(by_score * hit.score + by_reading * best[hit.passage.id])
            / (by_score + by_reading),
        )
        for hit in hits
    ]
    return tuple(sorted(scored, key=lambda hit: -hit.score))


def rate_hits(hits: Sequence[Hit], evidence: Sequence[Evidence]) -> dict[int, float]:
    """The best that was read in each passage, by its number, 0..1; 0 where nothing was."""
    best = {hit.passage.id: 0.0 for hit in hits}
    for one in evidence:
        if one.read is None or one.read.short is None:
            continue
        for hit in hits:
            # Passages overlap: a sentence that is listed under one may stand in another, too.
            inside = hit.passage.start <= one.span.start and one.span.end <= hit.passage.end
            if inside and hit.article.id == one.hit.article.id:
                best[hit.passage.id] = max(best[hit.passage.id], one.read.likely)
    return best


def _widen(following: Sequence[Evidence], place: int) -> list[Evidence]:
    """The sentence at `place` with its neighbours, in turn after and before, as far as they fit."""
    first = last = place
    steps = [1, -1]
    while steps:
        for step in list(steps):
            low, high = (first, last + 1) if step > 0 else (first - 1, last)
            if _can_hold(following, low, high, last if step > 0 else low):
                first, last = low, high
            else:
                steps.remove(step)
    return list(following[first : last + 1])


def _can_hold(following: Sequence[Evidence], low: int, high: int, seam: int) -> bool:
    """Whether a window may go from `low` to `high`, whose sentences meet behind `seam`."""
    if low < 0 or high == len(following):
        return False
    one, other = following[seam], following[seam + 1]
    if not follows((one.hit, one.span), (other.hit, other.span)):
        return False
    return following[high].span.end - following[low].span.start <= WINDOW_LENGTH


def _read_sentence(sentence: Span, start: int, reading: Reading) -> Read | None:
    found = reading.find(Span(sentence.start - start, sentence.end - start))
    if found is None:
        return None
    short = Span(start + found.span.start, start + found.span.end)
    return Read(found.odds, reading.answers, short)


def _cover(run: Sequence[Evidence]) -> Span:
    return Span(run[0].span.start, run[-1].span.end)


def _place(one: Evidence) -> Place:
    # Passages may cut one sentence in two ways: where it ends belongs to its place.
    return one.hit.article.id, one.span.start, one.span.end
