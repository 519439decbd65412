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
from rag.errors import ExportError, UnreadableFile, UsageError
from rag.ingest.decode import decode_page, decode_text

#: Bytes of a file, of a Word document's parts when they are unpacked, and of a text. A briefing of
#: 1,000 footnotes has 26 KB as docx, 1.1 MB unpacked, 0.4 MB as Markdown and 0.6 MB as HTML.
MAX_BYTES, MAX_UNPACKED, MAX_TEXT = 10_000_000, 8_000_000, 2_000_000
MAX_PARTS = 2_000
READABLE = ("docx", "md", "html")
#: What Word documents are packed by. Others fail in ways of their own where they are damaged.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MAIN = "word/document.xml"
CUSTOM = "docProps/custom.xml"

_PROPERTY = re.compile(
    rf'name="{CARRIER}-(\d{{1,4}})"[^>]*>\s*<(?:\w+:)?lpwstr>([\w.\s]{{0,1000}})<'
)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_HINT = "Name a .docx, .md or .html file that `dateline export` has written."
#: What every export holds, in its footnotes or unseen; Word may part the words of a footnote.
_OURS = (b"sha256", CARRIER.encode())


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
    form: Format = "docx" if data.startswith(b"PK\x03\x04") else _read_format(path)
    if form not in READABLE:
        raise ExportError(f"{name} has no footnotes that could be checked.", _HINT)
    opened = _open_docx(data, path) if form == "docx" else _open_text(data, form, path)
    # Pandoc would take its time over a long document that is not ours.
    if not any(sign in opened.data for sign in _OURS):
        raise not_ours(path)
    return opened


def not_ours(path: Path) -> ExportError:
    return ExportError(f"{clean(str(path))} holds no footnote that Dateline has written.", _HINT)


def _read_format(path: Path) -> Format:
    try:
        return read_format(path.name)
    except UsageError as error:
        raise ExportError(error.problem, _HINT) from error


def _open_text(data: bytes, form: Format, path: Path) -> Opened:
    if len(data) > MAX_TEXT:
        raise _too_large(path)
    try:
        text = decode_page(data) if form == "html" else decode_text(data)
    except UnreadableFile as error:
        raise ExportError(f"{clean(str(path))} is no text: {error.problem}", _HINT) from error
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


def _open_docx(data: bytes, path: Path) -> Opened:
    try:
        return _repack(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        name = clean(str(path))
        raise ExportError(f"{name} is no Word document that can be read.", _HINT) from error


def _repack(data: bytes) -> Opened:
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
            if entry.compress_type not in PACKED:
                raise ValueError("not packed as a document's parts are")
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
