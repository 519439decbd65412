"""What the page shows, as plain data: the component draws it, and draws all of it as text.

Every function returns what JSON can carry. Text of articles, models and people goes in unchanged:
it needs no escaping, since nothing that is drawn from it is ever read as markup.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rag.answer.dates import write_date
from rag.contract import write_path
from rag.types import REFUSAL, Answer, Check, Citation, Filters, Hit, Sentence

if TYPE_CHECKING:
    from rag.assistant import EngineInfo, Overview
    from rag.errors import DatelineError
    from rag.ui.chat import Exchange

Json = dict[str, Any]

#: What a reader is told of a sentence, never that it is true; quotation marks speak for themselves.
LABELS: dict[Check, str | None] = {
    "quoted": None,
    "checked": "checked against the passage",
    "unsupported": "Not borne out by the articles",
}
#: Passages that a refusal offers.
NEAREST = 5

LOOKING = "Looking through the articles …"
ANSWERING = "Answering …"
STOPPED = "Stopped before the answer was complete."
FAILED_PART = "The answer broke off; this is what had arrived."


def draw_exchange(exchange: Exchange) -> Json:
    """One question with what has become of it."""
    answer = exchange.answer
    return {
        "kind": "exchange",
        "id": exchange.id,
        "version": exchange.version,
        "question": exchange.question,
        "scope": write_scope(exchange.filters),
        "progress": _describe_progress(exchange),
        "answer": draw_answer(answer, whole=exchange.state == "done") if answer else None,
        "stopped": _describe_end(exchange),
        "problem": draw_problem(exchange.problem) if exchange.problem else None,
    }


def draw_news(exchange: Exchange) -> Json:
    """What has become of an exchange that is on the page already; it is drawn there."""
    return {"kind": "news", "of": draw_exchange(exchange)}


def draw_answer(answer: Answer, *, whole: bool = True) -> Json:
    """An answer; while it is not `whole`, having no sentence yet does not make it a refusal."""
    refused = answer.refused and whole
    return {
        "refusal": REFUSAL if refused else None,
        "blocks": [_draw_block(block) for block in _group(answer.sentences)],
        "citations": [draw_citation(citation) for citation in answer.citations],
        "nearest": [_draw_hit(hit) for hit in answer.hits[:NEAREST]] if refused else [],
        "notes": list(answer.notes),
        "timing": write_timing(answer) if whole else None,
    }


def draw_citation(citation: Citation) -> Json:
    """A citation, as it stands below the answer."""
    return {
        "n": citation.n,
        "quote": citation.quote,
        "title": citation.title,
        "outlet": citation.outlet or "unknown outlet",
        "byline": f"by {citation.author}" if citation.author else None,
        "date": write_date(citation.published),
        "url": citation.url,
        "file": write_path(citation.file),
    }


def draw_problem(error: DatelineError) -> Json:
    """What went wrong and what to do, with the commands in it told apart from the words."""
    return {"problem": error.problem, "hint": _split_code(error.hint)}


def draw_name() -> Json:
    """The program's name, over the sidebar."""
    return {"kind": "name", "name": "Dateline", "motto": "Answers with their sources"}


def draw_engine(engine: EngineInfo) -> Json:
    """Where the words go, or why they cannot go there."""
    return {"kind": "engine", "where": engine.where, "problem": engine.problem}


def draw_library(overview: Overview) -> Json:
    """What can be asked."""
    counts = [(overview.articles, "article"), (overview.passages, "passage")]
    lines = [write_count(number, noun) for number, noun in counts]
    if overview.undated:
        lines.append(f"{overview.undated:,} undated")
    return {"kind": "library", "lines": lines}


def draw_samples() -> Json:
    """The banner over the samples."""
    return {
        "kind": "banner",
        "parts": _split_code(
            "These are sample articles, written for this program, from outlets that do not exist."
            " To ask your own: `make run ARTICLES=DIR`, or `dateline index DIR`."
        ),
    }


def draw_welcome(overview: Overview) -> Json:
    """What the page says before the first question."""
    articles = write_count(overview.articles, "article")
    return {
        "kind": "welcome",
        "title": "Ask the articles",
        "parts": _split_code(
            f"The library holds {articles}. Each sentence of an answer carries the passage that it"
            " rests on, and what the articles do not bear out is marked as such."
        ),
    }


def draw_invitation(home: str) -> Json:
    """What the page says while there is nothing to ask."""
    return {
        "kind": "welcome",
        "title": "No articles yet",
        "parts": [
            {"text": "Give Dateline a folder of articles (.txt, .md or .html): ", "code": False},
            {"text": f"dateline index DIR --home {shlex.quote(home)}", "code": True},
        ],
    }


def draw_failure(error: DatelineError) -> Json:
    """The whole page, where the library cannot be opened."""
    return {"kind": "failure", "title": "The library cannot be opened", **draw_problem(error)}


def write_scope(filters: Filters) -> str | None:
    """Where was searched, in words; None for everywhere."""
    said = [*filters.outlets]
    if filters.since and filters.until:
        said.append(f"{write_date(filters.since)} to {write_date(filters.until)}")
    elif filters.since:
        said.append(f"since {write_date(filters.since)}")
    elif filters.until:
        said.append(f"until {write_date(filters.until)}")
    if filters.by_date and filters.undated:
        said.append("undated articles too")
    return f"Only {' · '.join(said)}" if said else None


def write_timing(answer: Answer) -> str:
    """Who answered, and how long each step took."""
    steps = {"retrieve": "searched in", "answer": "answered in"}
    taken = [
        f"{words} {answer.seconds[step]:.2f} s"
        for step, words in steps.items()
        if step in answer.seconds
    ]
    return " · ".join([answer.engine, *taken])


def write_count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _describe_progress(exchange: Exchange) -> str | None:
    if exchange.state not in ("waiting", "asking"):
        return None
    return ANSWERING if exchange.answer else LOOKING


def _describe_end(exchange: Exchange) -> str | None:
    if exchange.state == "stopped":
        return STOPPED
    arrived = exchange.answer is not None and not exchange.answer.refused
    return FAILED_PART if exchange.state == "failed" and arrived else None


def _group(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Sentences that read as one paragraph: of the same state, and none introduced or unsupported.

    What is unsupported stands alone, so that its reason stands beside it.
    """
    numbered = enumerate(sentences)

    def alone(item: tuple[int, Sentence]) -> tuple[Check, int]:
        number, sentence = item
        stands_alone = sentence.lead is not None or sentence.check == "unsupported"
        return sentence.check, number if stands_alone else -1

    for _, group in groupby(numbered, key=alone):
        yield [sentence for _, sentence in group]


def _draw_block(sentences: Sequence[Sentence]) -> Json:
    first = sentences[0]
    return {
        "check": first.check,
        "label": LABELS[first.check],
        "why": first.why,
        "sentences": [
            {
                "lead": sentence.lead,
                "text": f"“{sentence.text}”" if sentence.check == "quoted" else sentence.text,
                "citations": list(sentence.citations),
            }
            for sentence in sentences
        ],
    }


def _draw_hit(hit: Hit) -> Json:
    return {
        "title": hit.article.title,
        "outlet": hit.article.outlet or "unknown outlet",
        "date": write_date(hit.article.published),
        "text": hit.passage.text,
    }


def _split_code(text: str) -> list[Json]:
    """“Run `this` now” in parts: what stands between backticks is code."""
    return [
        {"text": part, "code": number % 2 == 1}
        for number, part in enumerate(text.split("`"))
        if part
    ]
