"""A briefing as the page shows it, as plain data: to be edited, and as it will look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from rag.answer.dates import write_date
from rag.brief.document import (
    COMMENT,
    Said,
    Section,
    clean,
    list_cited,
    make_document,
    make_section,
)
from rag.errors import DatelineError, ExportError
from rag.index.briefings import BriefingInfo, RemovedEntry
from rag.text import write_count
from rag.types import Answer, Briefing, Citation, Entry
from rag.ui.panel import open_place
from rag.ui.view import FAILED_PART, LABELS, STOPPED
from rag.ui.words import Json, draw_problem, write_outlet

if TYPE_CHECKING:
    from rag.assistant import Assistant

DAMAGED = "What was kept of this answer cannot be read."
BY_HAND = "Left out by hand."


@dataclass(frozen=True, slots=True)
class Footnote:
    """What a footnote cites, under its number in the briefing; `text` is how it is exported."""

    citation: Citation
    text: str


@dataclass(frozen=True, slots=True)
class Laid:
    """An entry as it will stand in the document; `section` is None where nothing of it does.

    `footnotes` are those of each of its sentences there, by the sentence's place.
    """

    entry: Entry
    section: Section | None
    footnotes: dict[int, tuple[Footnote, ...]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A footnote that was clicked: its number then, the place that it cites, and which opening."""

    n: int
    at: tuple[str, int, int]
    seq: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the words of a field: `seq` is the page's own number for sending them.

    `joined` says that another page's words were kept above them, `failed` that none were kept.
    """

    field: str
    seq: int
    joined: bool = False
    failed: bool = False


def draw_briefings(
    infos: Sequence[BriefingInfo], *, opened: str | None, deleted: str | None = None
) -> Json:
    """The briefings, the current one first; `opened` is shown, `deleted` a title to bring back."""
    return {
        "kind": "briefings",
        "briefings": [
            {"id": info.id, "title": info.title, "when": _write_count(info, current=number == 0)}
            for number, info in enumerate(infos)
        ],
        "opened": opened,
        "deleted": deleted,
    }


def draw_briefing(
    briefing: Briefing,
    *,
    removed: RemovedEntry | None = None,
    kept: Sequence[Kept] = (),
    problem: DatelineError | None = None,
    opened: Json | None = None,
) -> Json:
    """A whole briefing; `removed` can be put back, `opened` is the article beside it."""
    laid = lay_out(briefing)
    return {
        "kind": "briefing",
        "id": briefing.id,
        "title": briefing.title,
        "entries": [_draw_entry(one) for one in laid],
        "notes": [_draw_footnote(note) for note in _list_footnotes(laid)],
        "look": _draw_look(briefing),
        "removed": _draw_removed(removed) if removed else None,
        "kept": [asdict(one) for one in kept],
        "problem": draw_problem(problem) if problem else None,
        "opened": opened,
    }


def draw_missing(error: DatelineError) -> Json:
    """What is said in the place of a briefing that cannot be shown."""
    return {"kind": "missing", **draw_problem(error)}


def open_note(assistant: Assistant, briefing: Briefing, opened: Opened) -> Json | None:
    """The article of a footnote as it was when it was cited; None where there is no such note."""
    cited = [note.citation for note in _list_footnotes(lay_out(briefing))]
    meant = [one for one in cited if (one.article, one.start, one.end) == opened.at]
    if not meant:
        return None
    note = next((one for one in meant if one.n == opened.n), meant[0])
    # An article that has changed in between may be cited in two of its versions.
    others = (one for one in cited if (one.article, one.hash) == (note.article, note.hash))
    marked = Answer("", "", citations=(note, *(one for one in others if one.n != note.n)))
    return open_place(assistant, marked, opened.at, opened.seq)


def lay_out(briefing: Briefing) -> list[Laid]:
    """Every entry as it will stand in the document, its footnotes numbered through all of it."""
    laid, n = list[Laid](), 1
    for entry in briefing.entries:
        section, footnotes = make_section(entry), dict[int, tuple[Footnote, ...]]()
        for said in _list_said(section):
            cited = list_cited(entry, said.place)
            footnotes[said.place] = tuple(
                Footnote(replace(citation, n=number), note.write())
                for number, (citation, note) in enumerate(zip(cited, said.notes, strict=True), n)
            )
            n += len(cited)
        laid.append(Laid(entry, section, footnotes))
    return laid


def _list_said(section: Section | None) -> list[Said]:
    paragraphs = section.paragraphs if section else ()
    return [said for paragraph in paragraphs for said in paragraph]


def _list_footnotes(laid: Sequence[Laid]) -> list[Footnote]:
    return [note for one in laid for notes in one.footnotes.values() for note in notes]


def _draw_entry(laid: Laid) -> Json:
    entry, section = laid.entry, laid.section
    answer = entry.answer
    question = clean(answer.question)
    return {
        "id": entry.id,
        "heading": clean(entry.heading) or question,
        "question": question,
        "comment": entry.comment,
        "note": _describe(answer),
        "shown": section is not None,
        "paragraphs": [
            [_draw_said(said, laid.footnotes[said.place]) for said in paragraph]
            for paragraph in (section.paragraphs if section else ())
        ],
        "remarks": list(section.comment) if section else [],
        "left": [
            _draw_left(entry, place)
            for place in range(len(answer.sentences))
            if place not in laid.footnotes
        ],
    }


def _describe(answer: Answer) -> str | None:
    """What is to be known of an answer as a whole."""
    if answer.refused:
        return DAMAGED
    return next((end for end in (STOPPED, FAILED_PART) if end in answer.notes), None)


def _draw_said(said: Said, footnotes: Sequence[Footnote]) -> Json:
    return {
        "place": said.place,
        "text": said.words,
        "doubt": said.doubt,
        "notes": [note.citation.n for note in footnotes],
    }


def _draw_left(entry: Entry, place: int) -> Json:
    sentence = entry.answer.sentences[place]
    doubted = sentence.check == "unsupported"
    return {
        "place": place,
        "text": f"“{sentence.text}”" if sentence.check == "quoted" else sentence.text,
        "doubted": doubted,
        "why": (sentence.why or LABELS["unsupported"]) if doubted else BY_HAND,
    }


def _draw_footnote(footnote: Footnote) -> Json:
    """A footnote with what opens its article."""
    cited = footnote.citation
    return {
        "n": cited.n,
        "text": footnote.text,
        "article": cited.article,
        "hash": cited.hash,
        "start": cited.start,
        "end": cited.end,
        "quote": cited.quote,
        "title": cited.title,
        "outlet": write_outlet(cited.outlet),
        "date": write_date(cited.published),
    }


def _draw_look(briefing: Briefing) -> Json | None:
    """What stands around the entries in the document; None where no sentence stands in it."""
    try:
        document = make_document(briefing)
    except ExportError:
        return None
    return {
        "title": document.title,
        "date": write_date(document.day),
        "comment": COMMENT,
        "closing": document.closing,
    }


def _draw_removed(removed: RemovedEntry) -> Json:
    entry = removed.entry
    heading = clean(entry.heading) or clean(entry.answer.question)
    return {"position": removed.position, "heading": heading or "an answer"}


def _write_count(info: BriefingInfo, *, current: bool) -> str:
    count = write_count(info.entries, "answer") if info.entries else "empty"
    return f"{count} · answers go here" if current else count
