"""What lies in a file beside others: the members of an archive, the attachments of a mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.sources import Source, within
from rag.types import Draft

NESTED = "an archive within an archive is not opened"

_LONGEST_LABEL = 200
#: How many of the parts that broke off are told of.
_MOST_TOLD = 3

ReadSource = Callable[[Source], Iterator[Draft | Skipped]]


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


def number_label(label: str, labels: dict[str, int]) -> str:
    """The label, with a number where another part has it already.

    `labels` are those given out so far, each with the last number that was tried for it.
    """
    path, own = PurePosixPath(label), label
    while own in labels:
        labels[label] += 1
        own = str(path.with_name(f"{path.stem} ({labels[label]}){path.suffix}"))
    labels[own] = 1
    return own


def read_part(
    source: Source, label: str, read: ReadSource, broken: list[str]
) -> Iterator[Draft | Skipped]:
    """The articles in a part, or why it holds none.

    Where it breaks off after some of them, `broken` says so: what was known behind that place is
    not gone.
    """
    begun = False
    try:
        for event in read(source):
            begun = True
            yield within(event, label)
    except UnreadableFile as error:
        if begun:
            broken.append(f"{label}: {error.problem}")
        else:
            yield Skipped(label, error.problem)


def check_whole(broken: Sequence[str]) -> None:
    """Raises `UnreadableFile` with what broke off in a file, if anything did."""
    if broken:
        more = len(broken) - _MOST_TOLD
        told = [*broken[:_MOST_TOLD], *([f"{more} more of its parts break off."] * (more > 0))]
        raise UnreadableFile(" ".join(told), "Save what breaks off anew, or in several files.")
