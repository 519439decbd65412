"""A file as it can be handed to Pandoc: of a known kind, and of a bounded size when unpacked."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from rag.brief.document import clean
from rag.brief.export import Format, read_format
from rag.brief.record import CARRIER
from rag.errors import ExportError, UnreadableFile
from rag.ingest.decode import decode_page, decode_text

#: Bytes of a file, and of a Word document's parts when they are unpacked. A briefing of 1,000
#: footnotes has 0.2 MB as docx, 1.5 MB unpacked, and 0.7 MB as Markdown or HTML.
MAX_BYTES, MAX_UNPACKED = 10_000_000, 12_000_000
MAX_TEXT = 3_000_000
MAX_PARTS = 2_000
READABLE = ("docx", "md", "html")
MAIN = "word/document.xml"
CUSTOM = "docProps/custom.xml"

_PROPERTY = re.compile(
    rf'name="{CARRIER}-(\d{{1,4}})"[^>]*>\s*<(?:\w+:)?lpwstr>([\w.\s]{{0,1000}})<'
)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_HINT = "Name a .docx, .md or .html file that `dateline export` has written."


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's content for Pandoc; `record` is a Word document's own, as it stands there."""

    form: Format
    data: bytes
    record: str = ""


def open_export(path: Path) -> Opened:
    """The content of a file that was exported, or of one that claims to be.

    Raises ExportError, within a bounded time, where it cannot be one.
    """
    data = _read(path)
    name = clean(str(path))
    form: Format = "docx" if data.startswith(b"PK\x03\x04") else read_format(path.name)
    if form not in READABLE:
        raise ExportError(f"{name} has no footnotes that could be checked.", _HINT)
    if form == "docx":
        try:
            return _open_docx(data)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise ExportError(f"{name} is no Word document that can be read.", _HINT) from error
    if len(data) > MAX_TEXT:
        raise _too_large(path)
    try:
        text = decode_page(data) if form == "html" else decode_text(data)
    except UnreadableFile as error:
        raise ExportError(f"{name} is no text: {error.problem}", _HINT) from error
    return Opened(form, text.encode())


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise ExportError(f"{clean(str(path))} is no file.", _HINT)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ExportError(f"{clean(str(path))} cannot be read: {reason}.", _HINT) from error
    if len(data) > MAX_BYTES:
        raise _too_large(path)
    return data


def _too_large(path: Path) -> ExportError:
    return ExportError(f"{clean(str(path))} is too large for an exported briefing.", _HINT)


def _open_docx(data: bytes) -> Opened:
    """The document packed anew from the parts that matter, each unpacked and measured here.

    So a part that unpacks to gigabytes, whatever its header says of it, never reaches Pandoc.
    """
    packed, left = io.BytesIO(), MAX_UNPACKED
    record = ""
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(packed, "w") as after:
        entries = {one.filename: one for one in before.infolist()}
        if MAIN not in entries or len(entries) > MAX_PARTS:
            raise ValueError("no document's parts")
        for name, entry in entries.items():
            # Pictures, fonts and embedded files hold no footnote.
            if not name.endswith((".xml", ".rels")):
                continue
            with before.open(entry) as part:
                content = part.read(left + 1)
            left -= len(content)
            # Entities could unpack to gigabytes too, and Office writes none.
            if left < 0 or _DECLARED.search(content.replace(b"\0", b"")):
                raise ValueError("too large, or no part of a document")
            if name == CUSTOM:
                record = _read_properties(content)
            after.writestr(name, content)
    return Opened("docx", packed.getvalue(), record)


def _read_properties(content: bytes) -> str:
    found = _PROPERTY.findall(content.decode("utf-8", "replace"))
    return "".join(part for _, part in sorted(found, key=lambda one: int(one[0])))
