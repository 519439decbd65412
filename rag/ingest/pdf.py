"""Articles in PDF files: what their text layer says. Nothing in them is run."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import UnreadableFile
from rag.ingest.drafting import draft_from_lines
from rag.ingest.lines import Line, tidy
from rag.ingest.pdf_layout import Row, lay_paragraphs
from rag.ingest.stated import PROPERTIES, Stated
from rag.types import Draft

MAX_PAGES = 1000
#: More characters are no article, and take long.
_MOST_CHARACTERS = 10_000_000
#: What the library says where a password is missing, or how it is locked is unknown.
_NEEDS_PASSWORD = (4, 5)
#: A page with fewer characters has no text worth the name.
_FEW = 10

#: Where a line was broken within a word: the library's mark for the hyphen.
_HYPHEN = re.compile("[\x02\ufffe]")
#: What letters are read as whose font does not say which they are.
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


def read_pdf_file(data: bytes, path: Path) -> Draft:
    """The article in the text layer of a PDF. Raises `UnreadableFile` where it has none."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _unopened(getattr(error, "err_code", None)) from error
    try:
        pages, scans = _read_pages(pdfium, document)
        named = " ".join(str(document.get_metadata_value("Title") or "").split())
    except (pdfium.PdfiumError, ctypes.ArgumentError, AssertionError) as error:
        raise UnreadableFile("Its PDF is broken.", "Print it to a new PDF.") from error
    finally:
        document.close()
    return _draft(path, pages, scans, named)


def _draft(path: Path, pages: list[list[Row]], scans: int, named: str) -> Draft:
    words = "".join(row.text for rows in pages for row in rows)
    if not re.search(r"\w", words) and scans:
        raise UnreadableFile("It is a scan: pictures of pages without text.", "Run OCR over it.")
    if len(_UNKNOWN.findall(words)) * 5 > len(words):
        raise UnreadableFile(
            "Its fonts do not say which letters they show.", "Run OCR over it, or save it as text."
        )
    warnings = []
    if scans:
        warnings.append(
            f"{scans} of its {len(pages)} pages are pictures: what they say is missing."
        )
    lines = [Line(_clean(text)) for text in lay_paragraphs(pages)]
    lines = [line for line in lines if line.text]
    first = " ".join(row.text for row in pages[0]) if pages else ""
    stated = Stated(title=named) if _shows(first, named) else Stated()
    return draft_from_lines(path, stated.said_by(PROPERTIES), lines, warnings)


def _unopened(code: int | None) -> UnreadableFile:
    if code in _NEEDS_PASSWORD:
        return UnreadableFile("It is encrypted.", "Save it without its password.")
    return UnreadableFile("Its PDF is broken.", "Print it to a new PDF.")


def _shows(page: str, title: str) -> bool:
    """Whether the page has the title on it, whatever breaks its lines."""
    letters = re.sub(r"[\W_]+", "", title).casefold()
    return len(letters) > 8 and letters in re.sub(r"[\W_]+", "", page).casefold()


def _clean(text: str) -> str:
    return " ".join(tidy(text).split())


def _read_pages(pdfium: Any, document: Any) -> tuple[list[list[Row]], int]:
    """The rows of each page, and how many pages are pictures."""
    if len(document) > MAX_PAGES:
        raise UnreadableFile(
            f"It has {len(document):,} pages; at most {MAX_PAGES:,} are read.", "Split it."
        )
    pages: list[list[Row]] = []
    scans = characters = 0
    for number in range(len(document)):
        rows, scan = _read_page(pdfium, document, number)
        pages.append(rows)
        scans += scan
        characters += sum(len(row.text) for row in rows)
        if characters > _MOST_CHARACTERS:
            raise UnreadableFile("It has more text than an article.", "Split it.")
    return pages, scans


def _read_page(pdfium: Any, document: Any, number: int) -> tuple[list[Row], bool]:
    page = document.get_page(number)
    try:
        text_page = page.get_textpage()
        try:
            rows = list(_rows(pdfium.raw, text_page))
        finally:
            text_page.close()
        few = sum(len(row.text.strip()) for row in rows) < _FEW
        return rows, few and _has_picture(pdfium.raw, page)
    finally:
        page.close()


def _has_picture(raw: Any, page: Any) -> bool:
    kinds = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
    return any(True for _ in page.get_objects(filter=kinds, max_depth=2))


def _rows(raw: Any, text_page: Any) -> Iterator[Row]:
    """The lines of a page as they are laid out, a hyphen at a line's end being a line end."""
    text = text_page.get_text_range()
    start = 0
    for line in re.split(r"(\r\n|\r|\n)", text):
        at = start
        pieces = _HYPHEN.split(line)
        for number, piece in enumerate(pieces):
            row = _row(raw, text_page, piece, at)
            if row is not None and number + 1 < len(pieces):
                yield replace(row, hyphen=True)
            elif row is not None:
                yield _without_hyphen(row)
            at += len(piece) + 1
        start += len(line)


def _without_hyphen(row: Row) -> Row:
    """At the end of a page, and behind a figure, the library leaves the hyphen as it is."""
    broken = re.search(r"[^\W_]-$", row.text) is not None
    return replace(row, text=row.text[:-1], hyphen=True) if broken else row


def _row(raw: Any, text_page: Any, piece: str, start: int) -> Row | None:
    words = piece.strip()
    if not words:
        return None
    first = start + len(piece) - len(piece.lstrip())
    begin = _box(raw, text_page, first)
    end = _box(raw, text_page, first + len(words) - 1)
    if begin is None or end is None:
        return Row(words)
    left, bottom, _, top = begin
    return Row(words, left, end[2], bottom, top - bottom, placed=True)


def _box(raw: Any, text_page: Any, index: int) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of a character, by its place in the text."""
    at = raw.FPDFText_GetCharIndexFromTextIndex(text_page, index)
    box = raw.FS_RECTF()
    if at < 0 or not raw.FPDFText_GetLooseCharBox(text_page, at, box):
        return None
    return box.left, box.bottom, box.right, box.top
