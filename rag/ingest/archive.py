"""Articles in a zip archive. Nothing of it is written to disk: names are only labels."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from rag.ingest.files import A_README, ASIDE, Skipped
from rag.ingest.formats import ARCHIVES, EXPORTS, MAX_BYTES, MAX_PARTS, SUFFIXES, refuse_format
from rag.ingest.inflating import Meter, find_fault, inflate, open_zip
from rag.ingest.parts import NESTED, ReadSource, check_whole, clean_label, number_label, read_part
from rag.ingest.sources import Source
from rag.types import Draft

#: What all members together may unpack to (bytes).
MAX_UNPACKED = 1_000_000_000


def read_archive(source: Source, read_member: ReadSource) -> Iterator[Draft | Skipped]:
    """The articles in the members of an archive, each read by `read_member`.

    Raises `UnreadableFile` where it is no archive, and at the end where not all of it was read.
    """
    meter = Meter(MAX_UNPACKED)
    labels: dict[str, int] = {}
    broken: list[str] = []
    with source.open() as file, open_zip(file) as archive:
        for number, member in enumerate(archive.infolist(), start=1):
            if number > MAX_PARTS:
                broken.append(f"Nothing behind its first {MAX_PARTS:,} members was read.")
                break
            label = number_label(clean_label(member.filename), labels)
            if member.is_dir() or _is_aside(label):
                continue
            if reason := _refuse(member, label):
                yield Skipped(label, reason)
                continue
            path = Path(label)
            limit = MAX_UNPACKED if path.suffix.lower() in EXPORTS else MAX_BYTES + 1
            opened = Source(path, partial(inflate, archive, member, limit, meter))
            told = len(broken)
            yield from read_part(opened, label, read_member, broken)
            if meter.left < 0:
                broken[told:] = [f"It unpacks to over 1 GB: nothing behind {label} was read."]
                break
    check_whole(broken)


def _is_aside(label: str) -> bool:
    """Whether only some system put it there."""
    parts = label.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(ASIDE) for part in parts)


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
