"""Articles in Word files (.docx)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import UnreadableFile
from rag.ingest.datelines import is_name
from rag.ingest.drafting import draft_from_lines
from rag.ingest.head import same_words
from rag.ingest.inflating import check_inflated
from rag.ingest.lines import Line, tidy
from rag.ingest.stated import PROPERTIES, TEXT, Stated
from rag.types import Draft

#: What a file may unpack to (bytes), and of how many parts it may be.
MAX_UNPACKED, _MOST_PARTS = 50_000_000, 5000
#: Paragraphs among which a title is looked for.
_HEAD = 15

_ACCOUNT = re.compile(r"user|admin|python-docx|microsoft|owner|author|default", re.IGNORECASE)


def read_word_file(data: bytes, path: Path) -> Draft:
    """The article in a Word file: its paragraphs, and each row of a table as a line."""
    return draft_from_lines(path, *open_word(data))


def open_word(data: bytes) -> tuple[Stated, list[Line]]:
    """What a Word file states about its article, and its lines."""
    check_inflated(data, MAX_UNPACKED, _MOST_PARTS)
    import docx

    try:
        document: Any = docx.Document(io.BytesIO(data))
        blocks = list(document.iter_inner_content())
        lines = [Line(line) for block in blocks for line in _lines(block)]
        stated = _state(document, blocks, lines)
    except Exception as error:  # the library meets files that no Word wrote
        raise UnreadableFile(
            f"It cannot be read as a Word file ({type(error).__name__}).",
            "Open it in Word or LibreOffice and save it anew as .docx.",
        ) from error
    return stated, lines


def _lines(block: Any) -> Iterator[str]:
    rows = getattr(block, "rows", None)
    texts = [block.text] if rows is None else map(_row, rows)
    for text in texts:
        yield from filter(None, tidy(text).split("\n"))


def _row(row: Any) -> str:
    # A merged cell is given once for every place that it takes.
    cells = dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)
    return " | ".join(filter(None, cells))


def _state(document: Any, blocks: list[Any], lines: list[Line]) -> Stated:
    """What is marked as the title, and what the file's properties say where that is plausible."""
    properties = document.core_properties
    named = " ".join((properties.title or "").split())
    shown = any(same_words(line.text, named) for line in lines[:_HEAD])
    author = " ".join((properties.author or "").split())
    plausible = " " in author and is_name(author) and not _ACCOUNT.search(author)
    said = Stated(title=named if shown else None, author=author if plausible else None)
    return Stated(title=_marked(blocks)).said_by(TEXT).filled_from(said.said_by(PROPERTIES))


def _marked(blocks: list[Any]) -> str | None:
    """The first paragraph in the style of a title, else in that of a first heading."""
    styled = [
        (str(getattr(block.style, "name", "")), " ".join(block.text.split()))
        for block in blocks[:_HEAD]
        if hasattr(block, "runs") and block.text.strip()
    ]
    for style in ("Title", "Heading 1"):
        for name, text in styled:
            if name == style and len(text) <= 250:
                return text
    return None
