"""Articles in a zip archive. Nothing of it is written to disk: names are only labels."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from rag.errors import UnreadableFile
from rag.ingest.files import A_README, Skipped
from rag.ingest.formats import ARCHIVES, EXPORTS, MAX_BYTES, MAX_PARTS, SUFFIXES, refuse_format
from rag.ingest.inflating import Meter, find_fault, inflate, open_zip
from rag.ingest.sources import Source, within
from rag.types import Draft

#: What all members together may unpack to (bytes).
MAX_UNPACKED = 1_000_000_000
_LONGEST_LABEL = 200

NESTED = "an archive within an archive is not opened"

ReadSource = Callable[[Source], Iterator[Draft | Skipped]]


def read_archive(source: Source, read_member: ReadSource) -> Iterator[Draft | Skipped]:
    """The articles in the members of an archive, each read by `read_member`.

    Raises `UnreadableFile` where it is no archive.
    """
    meter = Meter(MAX_UNPACKED)
    labels: dict[str, int] = {}
    with source.open() as file, open_zip(file) as archive:
        for number, member in enumerate(archive.infolist(), start=1):
            if number > MAX_PARTS:
                yield Skipped("", f"only {MAX_PARTS:,} members of an archive are read")
                return
            label = _number(clean_label(member.filename), labels)
            if member.is_dir() or _is_aside(label):
                continue
            if reason := _refuse(member, label):
                yield Skipped(label, reason)
                continue
            yield from _read(archive, member, label, meter, read_member)
            if meter.left < 0:
                yield Skipped(label, "nothing behind it was read: the archive unpacks to over 1 GB")
                return


def clean_label(name: str) -> str:
    """The name of a member or an attachment as it is shown: no path that leads anywhere."""
    shown = "".join(filter(_is_shown, name.replace("\\", "/")))
    parts = [part.strip() for part in shown.encode("utf-8", "replace").decode().split("/")]
    parts = [part for part in parts if part not in ("", ".", "..") and not _is_drive(part)]
    label = "/".join(parts) or "unnamed"
    return label if len(label) <= _LONGEST_LABEL else f"…{label[-_LONGEST_LABEL:]}"


def _is_shown(character: str) -> bool:
    # Not printable are control characters, marks that turn the direction, halves of characters.
    return character == " " or character.isprintable()


def _is_drive(part: str) -> bool:
    return re.fullmatch(r"[A-Za-z]:", part) is not None


def _number(label: str, labels: dict[str, int]) -> str:
    """The label, with a number where another member has it already."""
    labels[label] = labels.get(label, 0) + 1
    if labels[label] == 1:
        return label
    path = PurePosixPath(label)
    return str(path.with_name(f"{path.stem} ({labels[label]}){path.suffix}"))


def _is_aside(label: str) -> bool:
    """Whether only some system put it there."""
    parts = label.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") for part in parts)


def _refuse(member: zipfile.ZipInfo, label: str) -> str | None:
    path = PurePosixPath(label)
    suffix = path.suffix.lower()
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link, and links in an archive are not followed"
    if suffix in ARCHIVES:
        return NESTED
    if path.stem.casefold() == "readme":
        return A_README
    return refuse_format(suffix) if suffix not in SUFFIXES else find_fault(member)


def _read(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    label: str,
    meter: Meter,
    read_member: ReadSource,
) -> Iterator[Draft | Skipped]:
    path = Path(label)
    limit = MAX_UNPACKED if path.suffix.lower() in EXPORTS else MAX_BYTES + 1
    source = Source(path, lambda: inflate(archive, member, limit, meter))
    try:
        for event in read_member(source):
            yield within(event, label)
    except UnreadableFile as error:
        yield Skipped(label, error.problem)
