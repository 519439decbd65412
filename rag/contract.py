"""The JSON that others rely on; `docs/json.md` says what each field means."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

from rag.answer.citing import note_copies
from rag.brief.document import Document
from rag.brief.verify import Finding as Footnote
from rag.brief.verify import Report
from rag.doctor import Finding
from rag.engines import EngineInfo
from rag.index.briefings import BriefingInfo
from rag.index.run import IndexReport
from rag.types import Answer, Article, Briefing, Citation, Hit, Sentence

Json = dict[str, Any]


def write_answer(answer: Answer) -> Json:
    """`ask --json`."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "short": answer.short,
        "refused": answer.refused,
        "engine": answer.engine,
        "sentences": [_write_sentence(sentence) for sentence in answer.sentences],
        "citations": [_write_citation(citation) for citation in answer.citations],
        "passages": [write_hit(hit) for hit in answer.hits],
        "notes": [*answer.notes, *note_copies(answer.citations)],
        "seconds": answer.seconds,
    }


def write_search(query: str, hits: list[Hit]) -> Json:
    """`search --json`."""
    return {"query": query, "passages": [write_hit(hit) for hit in hits]}


def write_article(article: Article, *, text: bool = False) -> Json:
    """An entry of `articles --json`; `show --json`, with its text."""
    written = {
        "id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "author": article.author,
        "published": _write_day(article.published),
        "url": article.url,
        "file": write_path(article.file),
        "passages": article.passages,
    }
    return written | {"text": article.text} if text else written


def write_report(report: IndexReport, articles: int, passages: int) -> Json:
    """`index --json`; the last two are what the library holds afterwards."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "dropped": report.dropped,
        "skipped": [{"file": write_path(s.file), "reason": s.reason} for s in report.skipped],
        "articles": articles,
        "passages": passages,
    }


def write_engine(engine: EngineInfo, chosen: str) -> Json:
    """An entry of `engines --json`; `chosen` is the engine that answers where none is named."""
    return {
        "name": engine.name,
        "where": engine.where,
        "problem": engine.problem,
        "server": engine.server,
        "model": engine.model,
        "window": engine.window,
        "window_told": engine.told,
        "local": engine.is_local,
        "chosen": engine.name == chosen,
        "exam": engine.exam.to_record() if engine.exam else None,
    }


def write_finding(finding: Finding) -> Json:
    """An entry of `doctor --json`; `state` is ok, warn or fail."""
    return {
        "what": finding.what,
        "state": finding.state,
        "found": finding.found,
        "hint": finding.hint or None,
    }


def write_briefing(briefing: BriefingInfo, current: bool) -> Json:
    """An entry of `briefings --json`; `current` is whether answers are added to it."""
    return {
        "id": briefing.id,
        "title": briefing.title,
        "created": briefing.created.isoformat(),
        "changed": briefing.changed.isoformat(),
        "entries": briefing.entries,
        "current": current,
    }


def write_export(briefing: Briefing, document: Document, file: str, form: str) -> Json:
    """`export --json`."""
    return {
        "briefing": briefing.id,
        "title": briefing.title,
        "file": write_path(file),
        "format": form,
        "entries": len(document.sections),
        "sentences": len(document.said),
        "footnotes": len(document.notes),
        "unsupported": document.doubted,
    }


def write_verification(report: Report) -> Json:
    """`verify --json`."""
    return {
        "file": write_path(report.file),
        "format": report.form,
        "stands": report.stands,
        "recorded": report.recorded,
        "footnotes": [_write_footnote(finding) for finding in report.findings],
        "problems": list(report.problems),
        "notes": list(report.notes),
    }


def _write_footnote(finding: Footnote) -> Json:
    return {
        "n": finding.n,
        "state": finding.state,
        "standing": finding.standing,
        "why": finding.why,
        "unsupported": finding.unsupported,
        "heading": finding.heading,
        "sentence": finding.sentence,
        "source": finding.source,
        "quote": finding.quote,
        "hash": finding.hash or None,
    }


def write_hit(hit: Hit) -> Json:
    return {
        "article": hit.article.id,
        "title": hit.article.title,
        "outlet": hit.article.outlet,
        "published": _write_day(hit.article.published),
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.passage.text,
        "score": round(hit.score, 4),
    }


def write_path(file: str) -> str:
    """A file's path as seen from the current folder where it lies below that, else whole."""
    return file.removeprefix(os.path.join(os.getcwd(), ""))  # noqa: PTH109, PTH118 (half the time)


def _write_sentence(sentence: Sentence) -> Json:
    return {
        "lead": sentence.lead,
        "text": sentence.text,
        "citations": list(sentence.citations),
        "check": sentence.check,
        "why": sentence.why,
    }


def _write_citation(citation: Citation) -> Json:
    return {
        "n": citation.n,
        "article": citation.article,
        "title": citation.title,
        "outlet": citation.outlet,
        "author": citation.author,
        "published": _write_day(citation.published),
        "url": citation.url,
        "file": write_path(citation.file),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
    }


def _write_day(value: date | None) -> str | None:
    return value.isoformat() if value else None
