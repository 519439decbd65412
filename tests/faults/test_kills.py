"""Killed in the midst of indexing: nothing is lost, nothing is there twice.

A careless test of this passes falsely: of 49 kills at any moment none broke Chroma's store, of 22
aimed at the moment when it writes its files five did. So most kills here are aimed: the home's
files are watched, and the process is killed when one of them has changed for the n-th time, or up
to three milliseconds later. How often each file changes is counted in a run that nobody disturbs.

`make test` kills eight times; `make test-faults` 200 times (DATELINE_KILLS=n: as often as that).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import children
import pytest
from news import drop_article, write_article, write_export
from watching import (
    CHROMA_DB,
    HNSW,
    LIBRARY,
    POINTER,
    TANTIVY,
    WAL,
    Watch,
    tell_kind,
    wait_a_little,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")

KILLS = int(os.environ.get("DATELINE_KILLS", "8"))
#: What kills are aimed at, and how often.
TARGETS = {HNSW: 4, CHROMA_DB: 3, TANTIVY: 3, POINTER: 2, WAL: 2, LIBRARY: 1}
#: One kill of so many is not aimed.
UNAIMED = 8
#: Seconds in which a child does all it has to.
LONG = 60


@dataclass
class Life:
    """One home and its folder of articles, from the first article on."""

    place: Path
    seed: random.Random
    fell: Counter[str]
    runs: int = 0
    changes: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.place / "articles"

    @property
    def home(self) -> Path:
        return self.place / "home"

    def index(self, *flags: str, aim: tuple[str, int] | None = None) -> str | None:
        """Index the folder; where the kill fell, or None where the run came to its end."""
        self.runs += 1
        said, progress = self.place / "said", self.place / "progress"
        progress.write_text("")
        seen: Counter[str] = Counter()
        with closing(Watch(self.place)) as watch:
            arguments = [str(self.folder), *flags]
            child = children.fork(
                children.index, str(self.home), arguments, str(said), str(progress)
            )
            fell = _kill_at(watch, child, aim, seen, self.seed)
        child.join(LONG)
        if fell is None:
            assert child.exitcode == 0, said.read_text()
            self.changes[" ".join(flags)] = seen
        else:
            assert child.exitcode == -signal.SIGKILL
        return fell

    def promised(self) -> int:
        """How many files the last run had reported as done."""
        lines = (self.place / "progress").read_text().split()
        return int(lines[-1]) if lines else 0

    def inspect(self, *, copy: bool = False) -> None:
        """Fails the test where anything is lost, twice or torn.

        Looking mends what is derived. In a copy, it leaves that to the next run.
        """
        result, home = self.place / "result", self.home
        if copy and self.home.exists():
            home = shutil.copytree(self.home, self.place / "copy")
        child = children.fork(
            children.inspect, str(home), str(self.folder), self.promised(), str(result)
        )
        child.join(LONG)
        assert child.exitcode == 0, f"the look at the home ended with {child.exitcode}"
        assert json.loads(result.read_text()) == []
        result.unlink()
        shutil.rmtree(self.place / "copy", ignore_errors=True)

    def disturb(self, times: int, *flags: str) -> None:
        """Index, killed `times` times, and look at what each kill has left."""
        for _ in range(times):
            counted = self.changes.get(" ".join(flags), self.changes[""])
            fell = self.index(*flags, aim=choose(self.seed, counted))
            if fell is not None:
                self.fell[fell] += 1
                self.inspect(copy=bool(self.seed.randrange(3)))


def choose(seed: random.Random, counted: Counter[str]) -> tuple[str, int]:
    """A file and its how-manieth change; for a kill that is not aimed, "" and milliseconds."""
    if seed.randrange(UNAIMED) == 0:
        return "", seed.randrange(1, 400)
    # What a run before this one has not changed, this one may not either.
    there = [kind for kind in TARGETS if counted[kind]]
    [kind] = seed.choices(there, [TARGETS[kind] for kind in there])
    # Rather early than late: this run may have fewer.
    return kind, min(seed.randint(1, counted[kind]) for _ in range(2))


def _kill_at(
    watch: Watch,
    child: children.BaseProcess,
    aim: tuple[str, int] | None,
    seen: Counter[str],
    seed: random.Random,
) -> str | None:
    begun = time.monotonic()
    while child.is_alive():
        assert time.monotonic() - begun < LONG, "the child hangs"
        for path in watch.changes(0.01):
            kind = tell_kind(path)
            seen[kind or ""] += 1
            if aim is not None and kind == aim[0] and seen[kind] == aim[1]:
                wait_a_little(seed.uniform(0, 3) if seed.randrange(2) else 0)
                return _kill(child, kind)
            if aim is not None and not aim[0] and time.monotonic() - begun > aim[1] / 1000:
                return _kill(child, "anywhere")
    for path in watch.changes(0):
        seen[tell_kind(path) or ""] += 1
    return None


def _kill(child: children.BaseProcess, where: str) -> str | None:
    child.kill()
    child.join(LONG)
    # It may just have ended by itself.
    return where if child.exitcode == -signal.SIGKILL else None


def live(life: Life, kills: int) -> None:
    """A folder that is indexed, grows, changes, is embedded again and shrinks, with kills."""
    share = -(-kills // 5)
    for number in range(8):
        write_article(life.folder, number)
    write_export(life.folder, 4)
    life.disturb(share)
    for number in (8, 9, 10):
        write_article(life.folder, number)
    write_article(life.folder, 2, 1)
    write_export(life.folder, 7)
    life.disturb(share)
    life.disturb(share, "--rebuild")
    for number in (1, 5):
        drop_article(life.folder, number)
    write_article(life.folder, 3, 1)
    write_export(life.folder, 8, 1)
    life.disturb(share, "--prune")
    for number in (11, 12):
        write_article(life.folder, number)
    write_export(life.folder, 5, 1)
    life.disturb(share)
    life.index("--prune")


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # What changes in each kind of run, and what a library is that nobody has disturbed.
    calm = Life(tmp_path / "calm", random.Random(0), Counter())
    calm.place.mkdir()
    for number in range(8):
        write_article(calm.folder, number)
    write_export(calm.folder, 4)
    calm.index()
    calm.index("--rebuild")
    drop_article(calm.folder, 7)
    calm.index("--prune")
    assert all(calm.changes[""][kind] for kind in TARGETS)
    fell: Counter[str] = Counter()
    number = 0
    while fell.total() < KILLS:
        number += 1
        assert number < KILLS, "most runs end before they are killed"
        place = tmp_path / f"life-{number}"
        place.mkdir()
        life = Life(place, random.Random(number), fell, changes=dict(calm.changes))
        live(life, min(10, KILLS - fell.total()))
        life.inspect()
        compare(life, tmp_path / f"calm-{number}")
    with capsys.disabled():
        told = ", ".join(f"{kind} {times}" for kind, times in fell.most_common())
        sys.stdout.write(f"\nKilled {fell.total()} times, after a change of: {told}\n")
    assert sum(fell[kind] for kind in TARGETS) >= KILLS // 2


def compare(life: Life, place: Path) -> None:
    """The library equals one over the same folder whose indexing nobody has disturbed."""
    place.mkdir()
    other = Life(place, random.Random(0), Counter())
    (place / "articles").symlink_to(life.folder)
    child = children.fork(
        children.index, str(other.home), [str(life.folder)], str(place / "said"), os.devnull
    )
    child.join(LONG)
    assert child.exitcode == 0
    assert children.describe(life.home) == children.describe(other.home)
