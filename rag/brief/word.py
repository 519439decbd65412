"""A document for Word, by way of Pandoc's own tree: no text in it is ever read as markup."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rag.answer.dates import write_date
from rag.brief.document import COMMENT, Document, Note, Said, Section
from rag.brief.markdown import is_clean_address
from rag.brief.pandoc import convert
from rag.brief.record import CARRIER, write_record

Node = dict[str, Any]

#: Of Pandoc's tree; a newer Pandoc reads an older tree of the same first two numbers.
VERSION = [1, 23, 1]
#: Characters of a property: Word shows and keeps no longer ones of its own.
LONGEST = 240
#: What a file in a zip is dated where no day is told.
NEVER = (1980, 1, 1, 0, 0, 0)
CORE, MAIN = "docProps/core.xml", "word/document.xml"


def write_docx(document: Document) -> bytes:
    """A Word document with real footnotes; the same bytes for the same document and Pandoc."""
    tree = json.dumps(build_tree(document)).encode()
    return _finish(convert(tree, "json", "docx"), document.changed)


def build_tree(document: Document) -> Node:
    """The document as Pandoc's JSON."""
    blocks = [block for section in document.sections for block in _build_section(section)]
    record = write_record(document)
    parts = [record[place : place + LONGEST] for place in range(0, len(record), LONGEST)]
    meta = {
        "title": _node("MetaInlines", _inlines(document.title)),
        "date": _node("MetaInlines", _inlines(write_date(document.day))),
        "lang": _node("MetaString", "en"),
    } | {f"{CARRIER}-{n}": _node("MetaString", part) for n, part in enumerate(parts, start=1)}
    ending = [_node("HorizontalRule"), *_paragraph([_node("Emph", _inlines(document.closing))], "")]
    return {"pandoc-api-version": VERSION, "meta": meta, "blocks": [*blocks, *ending]}


def _build_section(section: Section) -> list[Node]:
    header = _node("Header", [1, ["", [], []], _inlines(section.heading)])
    blocks = [header] if section.heading else []
    for paragraph in section.paragraphs:
        inlines: list[Node] = []
        for said in paragraph:
            inlines += [*([_node("Space")] if inlines else []), *_build_said(said)]
        blocks += _paragraph(inlines, paragraph[0].words)
    if section.comment:
        label = [_node("Strong", _inlines(COMMENT)), _node("Space")]
        comment = [
            block
            for n, text in enumerate(section.comment)
            for block in _paragraph([*([] if n else label), *_inlines(text)], text)
        ]
        blocks.append(_node("BlockQuote", comment))
    return blocks


def _build_said(said: Said) -> list[Node]:
    inlines = _inlines(said.words)
    for n, note in enumerate(said.notes):
        # Two numbers that stand together would be read as one.
        inlines += [_node("Superscript", [_node("Str", ",")])] if n else []
        # A citation is in English, whoever it names: it runs from left to right.
        inlines.append(_node("Note", [_node("Para", _build_note(note))]))
    if said.doubt:
        mark = _node("Strong", _inlines(said.doubt))
        inlines += [_node("Space"), _node("Span", [["", ["mark"], []], [mark]])]
    return inlines


def _build_note(note: Note) -> list[Node]:
    text, address = note.write(), note.citation.url or ""
    if not is_clean_address(address):
        return _inlines(text)
    before, _, after = text.partition(address)
    link = _node("Link", [["", [], []], _inlines(address), [address, ""]])
    return [*_inlines(before), link, *_inlines(after)]


def _paragraph(inlines: Sequence[Node], text: str) -> list[Node]:
    """A paragraph, which runs from right to left where its text does."""
    paragraph = _node("Para", list(inlines))
    if not runs_leftward(text):
        return [paragraph]
    return [_node("Div", [["", [], [["dir", "rtl"]]], [paragraph]])]


def runs_leftward(text: str) -> bool:
    """Whether the first letter that has a direction is one of Arabic, Hebrew and the like."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def _inlines(text: str) -> list[Node]:
    """The words of one line, spaces at its ends kept."""
    nodes: list[Node] = []
    for n, word in enumerate(text.split(" ")):
        nodes += [_node("Space")] if n else []
        nodes += [_node("Str", word)] if word else []
    return nodes


def _node(kind: str, content: Any = None) -> Node:
    return {"t": kind} if content is None else {"t": kind, "c": content}


def _finish(docx: bytes, changed: datetime) -> bytes:
    """The document, made when the briefing was last changed: in its sandbox Pandoc has no clock.

    Its footnotes are numbered through: Pandoc has them begin anew in each section, of which there
    is one for Word, but one under each heading for LibreOffice.
    """
    moment = (changed if changed.tzinfo else changed.replace(tzinfo=UTC)).astimezone(UTC)
    written = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            data = before.read(name)
            if name == CORE:
                data = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*",
                    rb"\g<1>" + written.encode(),
                    data,
                )
            if name == MAIN:
                data = data.replace(
                    b'<w:numRestart w:val="eachSect"', b'<w:numRestart w:val="continuous"'
                )
            # Written down as if on Unix, so that every system writes the same.
            entry = zipfile.ZipInfo(name, NEVER)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            after.writestr(entry, data)
    return out.getvalue()
