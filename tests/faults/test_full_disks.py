"""A disk that takes no more, and a home that may not be written: told, and it still answers."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import children
import pytest
from disks import become_ordinary, mount_small
from news import write_article

from rag.index.schema import BACKUP_NAME

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and limits are Linux's")

MEGABYTE = 1 << 20
#: What is left, as a share of what is needed: it runs out in the library or in either index.
LEFT = (0.0, 0.2, 0.5, 0.8)
FEW, MANY = 3, 40
#: What has to go on, and what of its answer.
READING = {
    "articles": (["articles"], "report 1"),
    "search": (["search", "the ferry of Vale1"], "Vale1"),
    "ask": (["ask", "What happened to the ferry of Vale1?"], "Vale1"),
    "doctor": (["doctor"], "library"),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for number in range(MANY):
        write_article(tmp_path / "many", number)
        if number < FEW:
            write_article(tmp_path / "few", number)
    return tmp_path


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Bytes that the many articles take in a home that has room."""
    place = tmp_path_factory.mktemp("roomy")
    for number in range(MANY):
        write_article(place / "many", number)
    child = children.fork(
        children.index, str(place / "home"), [str(place / "many")], str(place / "said"), os.devnull
    )
    child.join(60)
    assert child.exitcode == 0
    files = [path for path in (place / "home").rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files if path.name != BACKUP_NAME)


def run_apart(function: Callable[..., None], place: Path, *arguments: object) -> list[str]:
    """What a function that runs in a process of its own finds wrong."""
    result = place / "result"
    child = children.fork(function, place, result, *arguments)
    child.join(120)
    assert child.exitcode == 0
    return list(json.loads(result.read_text()))


@pytest.mark.parametrize("left", LEFT)
def test_a_full_disk_is_told_and_what_was_indexed_before_answers(
    place: Path, needed: int, left: float
) -> None:
    assert run_apart(fill_disk, place, round(left * needed)) == []


@pytest.mark.parametrize("left", (0.08, 0.25))
def test_a_file_that_may_not_grow_is_told_and_what_was_indexed_before_answers(
    place: Path, needed: int, left: float
) -> None:
    assert run_apart(limit_files, place, round(left * needed)) == []


def fill_disk(place: Path, result: Path, left: int) -> None:
    disk = place / "disk"
    disk.mkdir()
    try:
        mount_small(disk, 32 * MEGABYTE)
    except OSError:
        # Not everybody may mount: the limit on files is tested for all.
        limit_files(place, result, left)
        return
    ballast = disk / "ballast"

    def fill() -> None:
        room = os.statvfs(disk)
        ballast.write_bytes(b"x" * (room.f_bavail * room.f_bsize - left))

    wrong = list(find_wrong(place, disk / "home", fill, ballast.unlink))
    result.write_text(json.dumps(wrong))


def limit_files(place: Path, result: Path, left: int) -> None:
    home = place / "home"
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (left, hard))

    def free() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    result.write_text(json.dumps(list(find_wrong(place, home, fill, free))))


def find_wrong(
    place: Path, home: Path, fill: Callable[[], None], free: Callable[[], None]
) -> Iterator[str]:
    """Indexes a few articles, lets the disk be full, indexes many, asks, and makes room again."""
    said = place / "said"

    def call(*arguments: str | Path) -> tuple[int, str]:
        return children.call(*arguments, "--home", home, said=said)

    code, told = call("index", place / "few")
    if code:
        yield f"the first articles: {told}"
    fill()
    code, told = call("index", place / "many")
    if code != 1 or len(told.splitlines()) != 1 or not told.startswith("dateline: "):
        yield f"index: {code} {told}"
    if not any(words in told for words in ("room", "disk")) or "damaged" in told:
        yield f"it does not say what to do: {told}"
    for name, (arguments, expected) in READING.items():
        code, told = call(*arguments)
        if code or expected not in told or "built again" in told:
            yield f"{name}: {code} {told}"
    free()
    code, told = call("index", place / "many")
    if code or f"{MANY} articles" not in told:
        yield f"with room again: {code} {told}"
    yield from children.find_faults(home, place / "many", MANY)


def test_a_home_that_may_not_be_written_answers_and_takes_nothing(place: Path) -> None:
    assert run_apart(read_only, place) == []


def read_only(place: Path, result: Path) -> None:
    result.write_text(json.dumps(list(find_wrong_read_only(place))))


def find_wrong_read_only(place: Path) -> Iterator[str]:
    home, said = place / "home", place / "said"
    children.call("index", place / "few", "--home", home, said=said)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    folders = [home, *[path for path in home.rglob("*") if path.is_dir()]]
    for path in (*folders, *before):
        path.chmod(0o555 if path.is_dir() else 0o444)
    become_ordinary()
    for name, (arguments, expected) in READING.items():
        code, told = children.call(*arguments, "--home", home, said=said)
        if code or expected not in told or "by words alone" in told:
            yield f"{name}: {code} {told}"
    code, told = children.call("index", place / "many", "--home", home, said=said)
    if code != 1 or "cannot be written" not in told or "--home" not in told:
        yield f"index: {code} {told}"
    for folder in folders:
        folder.chmod(0o755)
    if {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} != before:
        yield "the home has changed"
