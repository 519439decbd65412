"""What was exported, in digests: by it, a sentence that is missing or was added is noticed.

It travels in the file, unseen. It tells slips of the hand, not forgery: who changes a sentence can
change its digest. That a quotation stands in its article is told by the library alone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rag.brief.document import Document
from rag.brief.script import MARKS

#: The name under which a file holds it.
CARRIER = "dateline-record"
#: What is digested: t(itle), h(eading), s(entence), n(ote), c(omment), each a letter and digits.
KINDS = "thsnc"
DIGITS = 8
_ITEM = re.compile(rf"[{KINDS}][0-9a-f]{{{DIGITS}}}")
_RECORD = re.compile(rf"v1((?:\.[{KINDS}][0-9a-f]{{{DIGITS}}})*)")


@dataclass(frozen=True, slots=True)
class Record:
    """The digests of what a file held when it was written, in their order."""

    items: tuple[str, ...]

    def of(self, kind: str) -> tuple[str, ...]:
        return tuple(item for item in self.items if item[0] == kind)

    @property
    def sentences(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The sentences, each with the footnotes that followed it."""
        found: list[tuple[str, tuple[str, ...]]] = []
        for item in self.items:
            if item[0] == "s":
                found.append((item, ()))
            elif item[0] == "n" and found:
                found[-1] = (found[-1][0], (*found[-1][1], item))
        return tuple(found)


def write_record(document: Document) -> str:
    """The record of a document: letters, digits and full stops."""
    return ".".join(["v1", *(digest(kind, text) for kind, text in _list_items(document))])


def read_record(written: str) -> Record | None:
    """The record that a file holds; None where it is none."""
    found = _RECORD.fullmatch("".join(written.split()))
    return Record(tuple(_ITEM.findall(found[1]))) if found else None


def digest(kind: str, text: str) -> str:
    """The digest of one item, whatever its white space, marks of direction and kinds of accents."""
    bare = "".join(unicodedata.normalize("NFC", MARKS.sub("", text)).split())
    return kind + hashlib.sha256(f"{kind}{bare}".encode()).hexdigest()[:DIGITS]


def _list_items(document: Document) -> Iterator[tuple[str, str]]:
    yield "t", document.title
    for section in document.sections:
        yield from (("h", text) for text in filter(None, [section.heading]))
        for said in (said for paragraph in section.paragraphs for said in paragraph):
            yield "s", said.words + said.doubt
            yield from (("n", note.write()) for note in said.notes)
        yield from (("c", text) for text in section.comment)
