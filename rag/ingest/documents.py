"""What the forms of a news database's downloads share: marks, and the lines of a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.errors import UnreadableFile
from rag.ingest.lines import Line

NO_HEAD = "it has no head of a document, such as “Length: 300 words” above a text"
TWO = "two documents run together in it: the line between them is missing"

#: The lines between documents: above each, at the end of each, in the last field of each.
NUMBERED = re.compile(
    r"\d{1,6} (?:of|von|de) (?P<all>\d{1,6}) (?:DOCUMENTS?|DOKUMENTEN?|DOCUMENTOS?)"
)
END = "End of Document"
ACCESSION = re.compile(r"(?:AN\b[ \t|]*)?Document [A-Z][A-Z0-9]*\d{8}\w+")
MARK = re.compile(rf"^(?:{NUMBERED.pattern}|{END}|{ACCESSION.pattern})$", re.MULTILINE)

_COVER = re.compile(
    r"(?:Search Summary|Print Request|Time of Request|Date and Time|Job Number|User Name"
    r"|.{0,40}\bFactiva)\b.*",
    re.IGNORECASE,
)

Lines = list[Line]


@dataclass(frozen=True, slots=True)
class Document:
    """What a document states and its text; `sure` where it has all the marks of its form."""

    values: dict[str, str]
    text: Lines
    sure: bool


@dataclass(frozen=True, slots=True)
class Form:
    """How the documents of a download are parted, read, and known to be whole.

    `read` raises `UnreadableFile` where the lines are no document.
    """

    split: Callable[[Lines], Iterator[Lines]]
    read: Callable[[Lines], Document]
    is_whole: Callable[[Lines], bool]

    def is_sure(self, lines: Lines) -> bool:
        try:
            return self.is_whole(lines) and self.read(lines).sure
        except UnreadableFile:
            return False


def is_cover(lines: Lines) -> bool:
    """Whether the lines, outside the documents, tell only what was searched and found."""
    return any(_COVER.fullmatch(line.text) for line in lines[:5])


def is_filler(lines: Lines) -> bool:
    """Whether lines outside the documents are a cover, or too little for a document."""
    if any(MARK.fullmatch(line.text) for line in lines):
        return False
    return is_cover(lines) or not any(line.is_prose for line in lines)


def say(lines: Lines) -> str:
    """The lines as one."""
    return " ".join(line.text for line in lines if line.text)


def join(lines: Lines) -> str:
    """The lines as they stood, with the blank ones between them."""
    return "".join(("\n" if line.attached else "\n\n") + line.text for line in lines).strip()
