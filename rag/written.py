"""What the command line shows to people."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from rag.answer.citing import write_also
from rag.answer.dates import write_date
from rag.assistant import Overview
from rag.contract import write_path
from rag.engines import EngineInfo
from rag.index.indexing import IndexReport
from rag.types import Answer, Article, Citation, Hit

WIDTH = 96
#: Everything that could move a terminal's cursor or change its colours.
CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
#: Skipped files that are listed one by one.
LISTED = 20


def printable(text: str) -> str:
    """The text with what a terminal would obey instead of show made visible."""
    return text.translate(CONTROLS)


def write_answer(answer: Answer) -> str:
    """The answer, its sources, what to know about it, and the nearest passages of a refusal."""
    parts = [answer.text]
    unsupported = [s for s in answer.sentences if s.check == "unsupported"]
    parts += [f"  ! not borne out: “{s.text}” {s.why or ''}".rstrip() for s in unsupported]
    if answer.citations:
        parts += ["", *[_write_citation(citation) for citation in answer.citations]]
    if answer.notes:
        parts += ["", *[f"Note: {note}" for note in answer.notes]]
    if answer.refused and answer.hits:
        parts += ["", "The nearest passages:", write_hits(answer.hits[:3])]
    return "\n".join(parts)


def write_hits(hits: Sequence[Hit]) -> str:
    if not hits:
        return "Nothing found."
    return "\n".join(
        f"{number:>2}. {_write_source(hit.article)} ({hit.score:.2f})\n"
        + _indent(textwrap.shorten(hit.passage.text, 320, placeholder=" …"))
        for number, hit in enumerate(hits, start=1)
    )


def write_engines(engines: Sequence[EngineInfo], chosen: str) -> str:
    """The engines, the one that is chosen marked; what each reads, and where its words go."""
    return "\n".join(_write_engine(engine, engine.name == chosen) for engine in engines)


def _write_engine(engine: EngineInfo, is_chosen: bool) -> str:
    window = ""
    if engine.window and not engine.problem:
        how = "" if engine.told else ", as is assumed: its server does not say"
        window = f"{engine.server}; reads {engine.window:,} tokens{how}."
    lines = [engine.problem] if engine.problem else [window, engine.where]
    if engine.exam:
        when = write_date(engine.exam.day)
        lines.append(f"By its exam of {when}: {engine.exam.verdict.grade}.")
    mark = "*" if is_chosen else " "
    return "\n".join([f"{mark} {engine.name}", *(f"    {line}" for line in lines if line)])


def write_articles(articles: Sequence[Article]) -> str:
    lines = [
        f"{a.id}  {write_date(a.published):>17}  {a.outlet or '—'}: {a.title}" for a in articles
    ]
    return "\n".join([*lines, f"{_count(len(articles), 'article')}."])


def write_article(article: Article) -> str:
    rows = {
        "id": article.id,
        "outlet": article.outlet,
        "byline": article.author,
        "published": write_date(article.published),
        "updated": write_date(article.updated) if article.updated else None,
        "address": article.url,
        "file": write_path(article.file),
        "passages": str(article.passages),
    }
    head = [f"{name + ':':<11}{value}" for name, value in rows.items() if value]
    return "\n".join([article.title, *head, "", article.text])


def write_report(report: IndexReport, overview: Overview) -> str:
    """What indexing did, each skipped file with its reason, and what the library holds now."""
    done = [
        f"{_count(report.added, 'article')} added",
        f"{report.updated} updated",
        f"{report.unchanged} unchanged",
    ]
    if report.dropped:
        done.append(f"{report.dropped} dropped")
    lines = [", ".join(done) + "."]
    if report.skipped:
        lines.append(f"{_count(len(report.skipped), 'file')} skipped:")
        lines += [f"  {write_path(s.file)}: {s.reason}" for s in report.skipped[:LISTED]]
        if len(report.skipped) > LISTED:
            lines.append(f"  … and {len(report.skipped) - LISTED} more (--json lists them all)")
    held = f"{_count(overview.articles, 'article')} in {_count(overview.passages, 'passage')}"
    lines.append(f"The library holds {held}; {overview.undated} undated.")
    return "\n".join(lines)


def _write_citation(citation: Citation) -> str:
    byline = f", by {citation.author}" if citation.author else ""
    source = f"{citation.outlet or 'unknown outlet'}, “{citation.title}”{byline}"
    where = citation.url or write_path(citation.file)
    first = f"[{citation.n}] {source}, {write_date(citation.published)}. {where}"
    also = f"\n{_indent(f'Also in {write_also(citation.also_in)}.')}" if citation.also_in else ""
    return f"{first}\n{_indent(f'“{citation.quote}”')}{also}"


def _write_source(article: Article) -> str:
    outlet = article.outlet or Path(article.file).name
    return f"{outlet}, {write_date(article.published)}: {article.title}"


def _indent(text: str) -> str:
    # Broken at spaces alone: what stands between quotation marks stays as it is.
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent="    ",
        subsequent_indent="    ",
        expand_tabs=False,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
