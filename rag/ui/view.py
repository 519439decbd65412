"""What the page shows, as plain data: the component draws it, and draws all of it as text.

Every function returns what JSON can carry. Text of articles, models and people goes in unchanged:
it needs no escaping, since nothing that is drawn from it is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from rag.answer.citing import write_also
from rag.answer.dates import write_age, write_date
from rag.brief.copies import write_markdown, write_plain
from rag.brief.style import write_citation
from rag.contract import write_path
from rag.errors import DatelineError
from rag.index.briefings import BriefingInfo
from rag.types import REFUSAL, Answer, Check, Citation, Hit, Sentence
from rag.ui.chat import Exchange
from rag.ui.details import draw_details
from rag.ui.words import Json, draw_problem, write_outlet, write_scope, write_timing

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


def draw_exchange(
    exchange: Exchange,
    *,
    opened: Json | None = None,
    explained: bool = False,
    today: date | None = None,
    briefed: Json | None = None,
) -> Json:
    """One question with what has become of it; `today` is what an article's age is counted to.

    `opened` is the article that its reader has asked for (see `rag.ui.panel`), `explained` whether
    to tell how the answer came about, `briefed` how it stands with the briefing (`draw_briefed`).
    """
    answer = exchange.answer
    whole = exchange.state == "done"
    drawn = draw_answer(answer, whole=whole, today=today) if answer else None
    if answer and drawn and not exchange.is_running:
        drawn["copies"] = _draw_copies(exchange, answer)
    return {
        "kind": "exchange",
        "id": exchange.id,
        "question": exchange.question,
        "scope": write_scope(exchange.filters),
        "progress": _describe_progress(exchange),
        "answer": drawn,
        "stopped": describe_end(exchange),
        "problem": draw_problem(exchange.problem) if exchange.problem else None,
        "offers": _list_offers(exchange),
        "briefed": briefed,
        "details": draw_details(answer, exchange.filters) if answer and explained else None,
        "opened": opened,
    }


def draw_briefed(held: BriefingInfo | None, problem: DatelineError | None = None) -> Json:
    """Whether an answer is in the current briefing, and why it could not be added."""
    return {
        "briefing": held.id if held else None,
        "problem": draw_problem(problem) if problem and not held else None,
    }


def draw_answer(answer: Answer, *, whole: bool = True, today: date | None = None) -> Json:
    """An answer; while it is not `whole`, having no sentence yet does not make it a refusal."""
    refused = answer.refused and whole
    return {
        "refusal": REFUSAL if refused else None,
        "short": answer.short,
        "blocks": [_draw_block(block) for block in _group(answer.sentences)],
        "citations": [draw_citation(citation, today) for citation in answer.citations],
        "nearest": [_draw_hit(hit) for hit in answer.hits[:NEAREST]] if refused else [],
        "notes": list(answer.notes),
        "timing": write_timing(answer) if whole else None,
        "copies": None,
    }


def draw_citation(citation: Citation, today: date | None = None) -> Json:
    """A citation, as it stands below the answer; without `today` it has no age."""
    day = citation.published
    return {
        "n": citation.n,
        "article": citation.article,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "title": citation.title,
        "outlet": write_outlet(citation.outlet),
        "byline": f"by {citation.author}" if citation.author else None,
        "date": write_date(day),
        "age": write_age(day, today) if day and today else None,
        "url": citation.url,
        "file": write_path(citation.file),
        "also": f"Also in {write_also(citation.also_in)}" if citation.also_in else None,
    }


def _describe_progress(exchange: Exchange) -> str | None:
    if not exchange.is_running:
        return None
    return ANSWERING if exchange.answer else LOOKING


def describe_end(exchange: Exchange) -> str | None:
    if exchange.state == "stopped":
        return STOPPED
    arrived = exchange.answer is not None and not exchange.answer.refused
    return FAILED_PART if exchange.state == "failed" and arrived else None


def _list_offers(exchange: Exchange) -> list[Json]:
    """What can be done about an answer that is not whole: what is asked for, and the button."""
    if exchange.is_running:
        return [{"do": "stop", "label": "Stop"}]
    offers = []
    if exchange.can_be_quoted:
        offers.append({"do": "quote", "label": "Answer with quotes instead"})
    if exchange.state in ("stopped", "failed"):
        offers.append({"do": "retry", "label": "Answer it again"})
    return offers


def _draw_copies(exchange: Exchange, answer: Answer) -> Json | None:
    """What the copy buttons put on the clipboard."""
    if answer.refused and exchange.state != "done":
        return None
    incomplete = describe_end(exchange)
    return {
        "markdown": write_markdown(answer, incomplete=incomplete),
        "plain": write_plain(answer, incomplete=incomplete),
        "citations": {str(c.n): write_citation(c, quote=True) for c in answer.citations},
    }


def _group(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Sentences that read as one paragraph: of the same state, a lead only at the beginning.

    What follows a lead without one of its own stands under it. What is unsupported stands alone, so
    that its reason stands beside it.
    """
    group: list[Sentence] = []
    for sentence in sentences:
        alone = sentence.check == "unsupported" or sentence.lead is not None
        if group and (alone or sentence.check != group[0].check):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


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
        "article": hit.article.id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "title": hit.article.title,
        "outlet": write_outlet(hit.article.outlet),
        "date": write_date(hit.article.published),
        "text": hit.passage.text,
    }
