"""Briefings as files: Word, Markdown, HTML, BibTeX and CSL-JSON."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args
from uuid import uuid4

from rag.brief.document import Document, clean, make_document
from rag.brief.footnoted import write_markdown_document
from rag.brief.page import write_page
from rag.brief.sources import write_bibtex, write_csl
from rag.brief.word import write_docx
from rag.errors import ExportError, UsageError
from rag.types import Briefing

Format = Literal["docx", "md", "html", "bib", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
#: Other endings that a file of a format may have.
ENDINGS: dict[str, Format] = {"markdown": "md", "htm": "html", "bibtex": "bib", "csl": "json"}
#: What is sent as such a file.
MIME: dict[Format, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json; charset=utf-8",
}
#: Bytes of a file's name: systems take 255, some of them with the path before it.
NAME_BYTES = 80
#: Names that Windows keeps for devices.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)

_WRITERS: dict[Format, Callable[[Document], str]] = {
    "md": write_markdown_document,
    "html": write_page,
    "bib": write_bibtex,
    "json": write_csl,
}


def export_briefing(briefing: Briefing, form: Format) -> bytes:
    """The briefing as a file of that format; the same bytes for the same briefing.

    Raises ExportError where no sentence stands in it, and for Word where Pandoc cannot be run.
    """
    document = make_document(briefing)
    if form == "docx":
        return write_docx(document)
    return _WRITERS[form](document).encode()


def read_format(name: str) -> Format:
    """The format of a file's name or ending. Raises UsageError where it is none of ours."""
    ending = name.rsplit(".", 1)[-1].casefold()
    found = ENDINGS.get(ending, ending)
    for form in FORMATS:
        if form == found:
            return form
    raise UsageError(
        f"“{clean(ending)[:40]}” is no format of a briefing.",
        f"Name a file that ends in .{', .'.join(FORMATS)}, or give --format.",
    )


def name_file(briefing: Briefing, form: Format) -> str:
    """A file's name, made from the title, that every system takes."""
    title = unicodedata.normalize("NFC", clean(briefing.title))
    kept = "".join(sign if _is_of_a_name(sign) else " " for sign in title)
    stem = " ".join(kept.split()).encode()[:NAME_BYTES].decode(errors="ignore").strip(" -,'’")
    if not stem or _DEVICE.fullmatch(stem):
        stem = f"briefing {stem}".strip()
    return f"{stem}.{form}"


def _is_of_a_name(sign: str) -> bool:
    """Whether a file's name may have it: many scripts write vowels as marks, no letters."""
    return sign.isalnum() or sign in "_’'(),&+ -" or unicodedata.category(sign)[0] == "M"


def write_file(data: bytes, path: Path, *, force: bool = False) -> None:
    """Writes a file whole or not at all; an existing one only with `force`.

    Raises ExportError where it exists or cannot be written.
    """
    name = clean(str(path))
    try:
        if path.exists() and not path.is_file():
            raise ExportError(f"{name} is no ordinary file.", "Name one, or - for standard output.")
        if path.exists() and not force:
            raise ExportError(f"{name} exists already.", "Give --force to replace it.")
        _replace(data, path.resolve())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ExportError(
            f"{name} cannot be written: {reason}.", "Name a file in a folder that is yours."
        ) from error


def _replace(data: bytes, path: Path) -> None:
    part = path.with_name(f".dateline-{uuid4().hex}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
