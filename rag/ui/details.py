"""How an answer came about, for a reader who wants to look behind it."""

from __future__ import annotations

from rag.answer.dates import write_date
from rag.types import Answer, Filters, Hit
from rag.ui.words import STEPS, Json, write_outlet, write_scope

#: What a step is called here, where there is room to say it.
NAMES = {
    "condense": "Completing the question",
    "retrieve": "Searching",
    "answer": "Answering and checking",
}


def draw_details(answer: Answer, filters: Filters) -> Json:
    """What was searched, the passages with scores and ranks, timings, and a model's prompt."""
    steps = [(NAMES[step], answer.seconds[step]) for step in STEPS if step in answer.seconds]
    facts = [
        ("Searched for", answer.searched or answer.question),
        ("In", write_scope(filters) or "the whole library"),
        ("Answered by", answer.engine),
        *((name, _write_seconds(seconds)) for name, seconds in steps),
    ]
    return {
        "facts": [{"name": name, "value": value} for name, value in facts],
        "passages": [_draw_passage(rank, hit) for rank, hit in enumerate(answer.hits, start=1)],
        "prompt": None if answer.prompt is None else list(answer.prompt),
    }


def _draw_passage(rank: int, hit: Hit) -> Json:
    return {
        "rank": rank,
        "title": hit.article.title,
        "outlet": write_outlet(hit.article.outlet),
        "date": write_date(hit.article.published),
        "text": hit.passage.text,
        "article": hit.article.id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "scores": [
            f"score {hit.score:.2f}",
            _write_leg("words (BM25)", hit.bm25, hit.bm25_rank),
            _write_leg("meaning (cosine)", hit.cosine, hit.cosine_rank),
        ],
    }


def _write_leg(leg: str, score: float | None, rank: int | None) -> str:
    if score is None:
        return f"{leg}: not found"
    return f"{leg} {score:.2f}" + (f", rank {rank}" if rank is not None else "")


def _write_seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
