"""From a file to an article as read: one function per format.

To add a format, write a function from the bytes of a file and its path to a `Draft`, and enter its
suffix in `READERS`.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.errors import UnreadableFile
from rag.ingest.decode import decode_page, decode_text
from rag.ingest.frontmatter import split_front_matter
from rag.ingest.head import read_head, same_words
from rag.ingest.html import read_page
from rag.ingest.lines import Line, join_lines, read_lines, tidy
from rag.ingest.markdown import read_markdown
from rag.ingest.noise import clean_lines
from rag.ingest.sentences import split_sentences
from rag.ingest.stated import Stated
from rag.types import Draft

#: The largest file that is read (bytes).
MAX_BYTES = 20_000_000

#: Raised when the readers would make something else of the same file: known files are then read
#: again.
READER_VERSION = 1

#: Goes up by one whenever some file would be read otherwise than before: then it is read anew.
READER_VERSION = 1

_LONGEST_TITLE = 120

Reader = Callable[[bytes, Path], Draft]


def read_file(path: Path) -> Draft:
    """The article in the file. Raises `UnreadableFile` with the reason if there is none."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(
            f"{path.suffix or 'A name without suffix'} is no article format that can be read.",
            f"The formats are {', '.join(READERS)}.",
        )
    return reader(_load(path), path)


def read_text_file(data: bytes, path: Path) -> Draft:
    """The article in a plain text, which may open with front matter."""
    stated, body = split_front_matter(tidy(decode_text(data)))
    return _from_lines(path, stated, read_lines(body))


def read_markdown_file(data: bytes, path: Path) -> Draft:
    """The article in a Markdown file, as plain text; its first heading may be the title."""
    stated, body = split_front_matter(_with_newlines(decode_text(data)))
    plain = read_markdown(body)
    own = stated.filled_from(Stated(title=plain.title))
    repeated = plain.title is None or same_words(plain.title, own.title)
    text = plain.text if repeated else f"{plain.title}\n\n{plain.text}"
    return _from_lines(path, own, read_lines(text, soft_breaks=True))


def read_html_file(data: bytes, path: Path) -> Draft:
    """The article in an HTML page."""
    stated, text = read_page(decode_page(data))
    lines = [Line(line) for line in tidy(text).split("\n") if line]
    lines = [line for line in lines if not same_words(line.text, stated.title)]
    return _draft(path, stated, clean_lines(lines, stated.author).lines)


#: The formats by suffix.
READERS: dict[str, Reader] = {
    ".txt": read_text_file,
    ".text": read_text_file,
    ".md": read_markdown_file,
    ".markdown": read_markdown_file,
    ".html": read_html_file,
    ".htm": read_html_file,
}


def _from_lines(path: Path, stated: Stated, lines: list[Line]) -> Draft:
    found, lines = read_head(lines, stated.title)
    stated = stated.filled_from(found)
    cleaned = clean_lines(lines, stated.author)
    return _draft(path, stated.filled_from(Stated(author=cleaned.author)), cleaned.lines)


def _draft(path: Path, stated: Stated, lines: Sequence[Line]) -> Draft:
    text = join_lines(lines)
    if not re.search(r"\w", text):
        raise UnreadableFile(
            "No article text was found in it.", "Save the text of the article as .txt or .md."
        )
    return Draft(
        file=str(path),
        title=stated.title or _title_of(text, path),
        text=text,
        outlet=stated.outlet,
        author=stated.author,
        published=stated.published,
        updated=stated.updated if stated.updated != stated.published else None,
        url=stated.url,
    )


def _title_of(text: str, path: Path) -> str:
    """A title for an article without one: its first line, or that line's first sentence."""
    first = text.partition("\n")[0]
    if len(first) > _LONGEST_TITLE:
        first = next((span.of(first) for span in split_sentences(first[:2000])), path.stem)
    if len(first) <= _LONGEST_TITLE:
        return first
    return first[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _load(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFile("It is not a regular file.", "Give the article as a file.")
        check_size(status.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(
            f"It cannot be opened: {reason}.", "Check its name and its permissions."
        ) from error
    check_size(len(data))
    return data


def check_size(size: int) -> None:
    """Raises `UnreadableFile` where so many bytes cannot be an article."""
    if size == 0:
        raise UnreadableFile("It is empty.", "Put the text of the article into it, or remove it.")
    if size > MAX_BYTES:
        raise UnreadableFile(
            f"It has {size / 1e6:.0f} MB; articles have at most {MAX_BYTES / 1e6:.0f} MB.",
            "Split it into one file per article.",
        )
