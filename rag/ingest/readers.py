"""From a file to the articles in it: one function per format.

To add a format that holds one article, write a function from the bytes of a file and its path to a
`Draft`, and enter its suffix in `READERS` and in `formats`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from rag.errors import UnreadableFile, one_line
from rag.ingest.archive import read_archive
from rag.ingest.decode import Decoded, decode_markup, decode_plain
from rag.ingest.downloads import find_download, read_download
from rag.ingest.drafting import draft_from_lines, make_draft
from rag.ingest.feed import read_feed
from rag.ingest.files import Skipped
from rag.ingest.formats import READER_VERSION as READER_VERSION
from rag.ingest.formats import SUFFIXES, refuse_format
from rag.ingest.frontmatter import split_front_matter
from rag.ingest.garbled import mend_decoded
from rag.ingest.head import same_words
from rag.ingest.html import read_page
from rag.ingest.json_export import read_json, read_json_lines
from rag.ingest.lines import Line, join_lines, read_lines, tidy
from rag.ingest.mail import find_saved_page, read_mail
from rag.ingest.markdown import read_markdown
from rag.ingest.noise import clean_lines
from rag.ingest.pdf import read_pdf_file
from rag.ingest.sidecar import read_sidecar
from rag.ingest.sources import Source, find_source, hold
from rag.ingest.stated import MAIL, TEXT, Stated
from rag.ingest.tables import is_export, read_table
from rag.ingest.word import open_word
from rag.text import storable
from rag.types import Draft

#: A file in a file in a file is read; nothing deeper.
_DEEPEST = 3
#: How much of a text may be a first line with the names of columns (bytes).
_FIRST_LINE = 10_000

Reader = Callable[[bytes, Path], Draft]


def read_articles(path: Path) -> Iterator[Draft | Skipped]:
    """The articles in the file one by one, and what in it holds none with the reason.

    Raises `UnreadableFile` where it cannot be read, or not to its end.
    """
    source, sidecar = find_source(path), read_sidecar(path)
    yield from sidecar.skipped
    nothing = True
    for event in _read(source, 1):
        nothing = False
        if isinstance(event, Draft):
            yield _storable(sidecar.apply(replace(event, file=str(path))))
        else:
            place = f"{path}#{event.file}" if event.file else str(path)
            yield Skipped(storable(place), storable(one_line(event.reason)))
    if nothing:
        raise UnreadableFile("It holds no articles.", "Look into it, or remove it.")


def read_file(path: Path) -> Draft:
    """The article in the file; of a file that may hold several, the first.

    Raises `UnreadableFile` with the reason if there is none.
    """
    reason = None
    for event in read_articles(path):
        if isinstance(event, Draft):
            return event
        reason = reason or event.reason
    raise UnreadableFile(reason or "It holds no articles.")


def read_text_file(data: bytes, path: Path) -> Draft:
    """The article in a plain text, which may open with front matter."""
    return _draft_text(mend_decoded(decode_plain(data)), path)


def _draft_text(decoded: Decoded, path: Path) -> Draft:
    stated, body = split_front_matter(tidy(decoded.text))
    return draft_from_lines(path, stated, read_lines(body), decoded.warnings)


def _read_text(source: Source) -> Iterator[Draft | Skipped]:
    """The rows of a table that a spreadsheet has saved as text, the documents of a news database's
    download, or else the article in a plain text."""
    data = source.load()
    first = data[:_FIRST_LINE].partition(b"\n")[0]
    if b"\t" in first and is_export(held := hold(source.path, data)):
        yield from read_table(held)
        return
    decoded = mend_decoded(decode_plain(data))
    if documents := find_download(decoded.text, decoded.warnings):
        yield from read_download(documents, source.path)
    else:
        yield _draft_text(decoded, source.path)


def _read_word(source: Source) -> Iterator[Draft | Skipped]:
    """The documents of a news database's download, or else the article in a Word file."""
    stated, lines = open_word(source.load())
    if documents := find_download(join_lines(lines)):
        yield from read_download(documents, source.path)
    else:
        yield draft_from_lines(source.path, stated, lines)


def read_markdown_file(data: bytes, path: Path) -> Draft:
    """The article in a Markdown file, as plain text; its first heading may be the title."""
    decoded = mend_decoded(decode_plain(data))
    stated, body = split_front_matter(_with_newlines(decoded.text))
    plain = read_markdown(body)
    own = stated.filled_from(Stated(title=plain.title).said_by(TEXT))
    repeated = plain.title is None or same_words(plain.title, own.title)
    text = plain.text if repeated else f"{plain.title}\n\n{plain.text}"
    return draft_from_lines(path, own, read_lines(text, soft_breaks=True), decoded.warnings)


def read_html_file(data: bytes, path: Path, charset: str | None = None) -> Draft:
    """The article in an HTML page; `charset` is the encoding that it was sent in."""
    decoded = mend_decoded(decode_markup(data, charset))
    stated, text = read_page(decoded.text)
    lines = [Line(line) for line in tidy(text).split("\n") if line]
    lines = [line for line in lines if not same_words(line.text, stated.title)]
    return make_draft(path, stated, clean_lines(lines, stated.author).lines, decoded.warnings)


def read_saved_page(data: bytes, path: Path) -> Draft:
    """The article in a page that a browser saved with all that belongs to it (.mhtml)."""
    page, charset, address = find_saved_page(data)
    draft = read_html_file(page, path, charset)
    if draft.url or not address or not address.startswith(("http://", "https://")):
        return draft
    return replace(draft, url=address, origins={**draft.origins, "url": MAIL})


#: The formats that hold one article, by suffix.
READERS: dict[str, Reader] = {
    ".md": read_markdown_file,
    ".markdown": read_markdown_file,
    ".html": read_html_file,
    ".htm": read_html_file,
    ".xhtml": read_html_file,
    ".mhtml": read_saved_page,
    ".mht": read_saved_page,
    ".pdf": read_pdf_file,
}

#: The formats that may hold several, by suffix; zip archives and mails hold files themselves.
COLLECTIONS: dict[str, Callable[[Source], Iterator[Draft | Skipped]]] = {
    ".txt": _read_text,
    ".text": _read_text,
    ".docx": _read_word,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".rss": read_feed,
    ".atom": read_feed,
    ".xml": read_feed,
}


def _read(source: Source, depth: int) -> Iterator[Draft | Skipped]:
    """The articles in a file or in a part of one. Raises nothing but `UnreadableFile`."""
    suffix = source.path.suffix.lower()
    if depth > _DEEPEST:
        raise UnreadableFile("It is a file in a file in a file in another.")
    try:
        yield from _choose(suffix, depth)(source)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # parsers meet files that their authors never saw
        raise UnreadableFile(
            f"It cannot be read as {suffix} ({type(error).__name__}).",
            "Open it in the program that made it, and save it anew.",
        ) from error


def _choose(suffix: str, depth: int) -> Callable[[Source], Iterator[Draft | Skipped]]:
    if suffix in READERS:
        return partial(_read_single, READERS[suffix])
    if suffix == ".zip":
        return partial(read_archive, read_member=partial(_read, depth=depth + 1))
    if suffix == ".eml":
        return partial(read_mail, read_attachment=partial(_read, depth=depth + 1))
    if suffix in COLLECTIONS:
        return COLLECTIONS[suffix]
    raise UnreadableFile(
        one_line(refuse_format(suffix)), f"The suffixes are {', '.join(SUFFIXES)}."
    )


def _read_single(reader: Reader, source: Source) -> Iterator[Draft | Skipped]:
    yield reader(source.load(), source.path)


def _storable(draft: Draft) -> Draft:
    names = ("title", "text", "outlet", "author", "url", "section", "language", "part")
    values: dict[str, Any] = {name: getattr(draft, name) for name in names}
    fit: dict[str, Any] = {
        name: storable(value) if value else value for name, value in values.items()
    }
    return replace(draft, **fit) if fit != values else draft


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
