"""A document in Markdown with footnotes, in which no word comes alive."""

from __future__ import annotations

import re
from itertools import count

from rag.answer.dates import write_date
from rag.brief.document import COMMENT, Document, Said, Section
from rag.brief.markdown import MARKDOWN, escape, escape_opening, escape_words
from rag.brief.record import CARRIER, write_record


def write_markdown_document(document: Document) -> str:
    """The document as CommonMark with footnotes; its record is a comment at the end."""
    numbers = count(1)
    blocks = [f"# {_escape_heading(document.title)}", write_date(document.day)]
    for section in document.sections:
        blocks += _write_section(section, numbers)
    blocks += ["---", escape(document.closing)]
    blocks += [f"[^{n}]: {note.write(MARKDOWN)}" for n, note in enumerate(document.notes, start=1)]
    blocks += [f"<!-- {CARRIER} {write_record(document)} -->"]
    return "\n\n".join(blocks) + "\n"


def _write_section(section: Section, numbers: count[int]) -> list[str]:
    blocks = [f"## {_escape_heading(section.heading)}"] if section.heading else []
    for paragraph in section.paragraphs:
        line = " ".join(_write_said(said, numbers) for said in paragraph)
        blocks.append(escape_opening(line))
    if section.comment:
        first, *others = section.comment
        lines = [f"**{COMMENT}** {escape_words(first)}", *map(escape, others)]
        blocks.append("\n>\n".join(f"> {line}" for line in lines))
    return blocks


def _escape_heading(text: str) -> str:
    """The words of a heading: those signs at its end would be taken for its frame."""
    words = text.rstrip("#")
    return escape_words(words) + r"\#" * (len(text) - len(words))


def _write_said(said: Said, numbers: count[int]) -> str:
    words = escape_words(said.words)
    if said.notes:
        # Before a footnote an exclamation mark would make a picture of it.
        words = re.sub(r"!$", r"\\!", words)
    marks = " ".join(f"[^{next(numbers)}]" for _ in said.notes)
    doubt = f" **{escape_words(said.doubt)}**" if said.doubt else ""
    return f"{words}{marks}{doubt}"
