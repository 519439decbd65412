"""What the command line shows to people."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from rag.answer.citing import write_also
from rag.answer.dates import write_date, write_dated
from rag.assistant import Overview
from rag.brief.document import Document
from rag.brief.verify import Finding as Footnote
from rag.brief.verify import Report
from rag.contract import write_path
from rag.engines import EngineInfo
from rag.index.briefings import BriefingInfo
from rag.index.frozen import SINCE, Standing
from rag.index.run import IndexReport, Progress
from rag.index.shelf_list import Noted
from rag.text import write_count, write_span
from rag.types import Answer, Article, Citation, Hit

WIDTH = 96
#: Everything that could move a terminal's cursor or change its colours.
CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
#: What is shown of an article, by the names that people know.
SHOWN = (
    ("outlet", "outlet"),
    ("byline", "author"),
    ("section", "section"),
    ("language", "language"),
    ("published", "published"),
    ("updated", "updated"),
    ("address", "url"),
)
#: Skipped files that are listed one by one.
LISTED = 20


def printable(text: str) -> str:
    """The text with what a terminal would obey instead of show made visible."""
    return text.translate(CONTROLS)


def write_answer(answer: Answer, today: date) -> str:
    """The answer, its sources, what to know about it, and the nearest passages of a refusal.

    `today` is what the age of each article quoted is counted to.
    """
    parts = [f"Short answer: {answer.short}", ""] if answer.short else []
    parts += [answer.text]
    unsupported = [s for s in answer.sentences if s.check == "unsupported"]
    parts += [f"  ! not borne out: “{s.text}” {s.why or ''}".rstrip() for s in unsupported]
    if answer.citations:
        parts += ["", *[_write_citation(citation, today) for citation in answer.citations]]
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
    return "\n".join([*lines, f"{write_count(len(articles), 'article')}."])


def write_article(
    article: Article, standing: Standing = "unchanged", noted: Noted | None = None
) -> str:
    """The article whole, with where what is known of it comes from.

    `standing` is how it stands now where it is shown as it was cited.
    """
    head = [
        _write_row("now", SINCE[standing]),
        _write_row("id", article.id),
        *(_write_field(article, name, field) for name, field in SHOWN),
        *(_write_row("file", write_path(place)) for place in _list_places(article, noted)),
        _write_row("taken in", _day(noted.added) if noted else None),
        _write_row("passages", str(article.passages)),
        *(_write_row("warning", warning) for warning in article.warnings),
    ]
    return "\n".join([article.title, *filter(None, head), "", article.text])


def _list_places(article: Article, noted: Noted | None) -> tuple[str, ...]:
    return noted.places if noted and noted.places else (article.file,)


def _write_field(article: Article, name: str, field: str) -> str | None:
    value = getattr(article, field)
    said = write_date(value) if field in ("published", "updated") and value else value
    if field == "published" and value is None:
        said = write_date(None)
    origin = article.origins.get(field)
    return _write_row(name, f"{said} ({origin})" if said and origin else said)


def _write_row(name: str, value: str | None) -> str | None:
    return f"{name + ':':<11}{value}" if value else None


def write_report(report: IndexReport, overview: Overview) -> str:
    """What indexing did, each skipped file with its reason, and what the library holds now."""
    done = [
        f"{write_count(report.added, 'article')} added",
        f"{report.updated} updated",
        f"{report.unchanged} unchanged",
    ]
    if report.dropped:
        done.append(f"{report.dropped} dropped")
    lines = [", ".join(done) + "."]
    if report.skipped:
        lines.append(f"{len(report.skipped):,} skipped:")
        lines += [f"  {write_path(s.file)}: {s.reason}" for s in report.skipped[:LISTED]]
        if len(report.skipped) > LISTED:
            lines.append(f"  … and {len(report.skipped) - LISTED} more (--json lists them all)")
    articles = write_count(overview.articles, "article")
    passages = write_count(overview.passages, "passage")
    lines.append(f"The library holds {articles} in {passages}; {overview.undated} undated.")
    return "\n".join(lines)


def write_progress(progress: Progress, noun: str = "file") -> str:
    """“120 of 10,000 files · 960 passages · 51 a second · 26 min left”."""
    said = [f"{progress.done:,} of {write_count(progress.total, noun)}"]
    if progress.passages:
        said.append(write_count(progress.passages, "passage"))
    if progress.rate is not None:
        said.append(f"{progress.rate:,.0f} a second")
    if progress.left is not None:
        said.append(f"{write_span(progress.left)} left")
    return " · ".join(said)


def write_briefings(briefings: Sequence[BriefingInfo], current: str | None) -> str:
    """The briefings, the one that answers are added to marked."""
    lines = [
        f"{'*' if one.id == current else ' '} {one.id[:12]}  {_day(one.changed):>17}"
        f"  {write_count(one.entries, 'answer'):>10}  {one.title}"
        for one in briefings
    ]
    return "\n".join([*lines, f"{write_count(len(briefings), 'briefing')}."])


def write_export(document: Document, file: str) -> str:
    """What was written, and what in it is not borne out."""
    said = (
        f"{write_path(file)}: {write_count(len(document.said), 'sentence')} with"
        f" {write_count(len(document.notes), 'footnote')}."
    )
    doubted = document.doubted
    return f"{said} {write_count(doubted, 'sentence')} marked as unsupported." if doubted else said


def write_verification(report: Report) -> str:
    """The footnotes of which there is something to say, what else differs, and how many stand."""
    told = [one for one in report.findings if one.why or one.standing != "unchanged"]
    lines = [line for one in told for line in _write_footnote(one)]
    lines += [f"! {problem}" for problem in report.problems]
    lines += [f"Note: {note}" for note in report.notes]
    standing = sum(one.state == "stands" for one in report.findings)
    total = len(report.findings)
    ending = f"{standing:,} of {write_count(total, 'footnote')} stand."
    if report.stands:
        ending = f"All stand: {write_count(total, 'footnote')}."
    elif standing == total:
        ending = f"{ending} But the file is not as it was exported."
    return "\n".join([*lines, ending])


def _write_footnote(finding: Footnote) -> list[str]:
    since = {"changed": "changed since", "removed": "removed since", "gone": "gone since"}
    state = since.get(finding.standing or "", "") if finding.state == "stands" else finding.state
    said = textwrap.shorten(finding.sentence, WIDTH - 24, placeholder=" …")
    lines = [f"{finding.n:>4}  {state or 'stands':<13}  {said}"]
    return [*lines, _indent(finding.why)] if finding.why else lines


def _write_citation(citation: Citation, today: date) -> str:
    byline = f", by {citation.author}" if citation.author else ""
    source = f"{citation.outlet or 'unknown outlet'}, “{citation.title}”{byline}"
    where = citation.url or write_path(citation.file)
    first = f"[{citation.n}] {source}, {write_dated(citation.published, today)}. {where}"
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


def _day(moment: datetime) -> str:
    return write_date(moment.astimezone().date())
