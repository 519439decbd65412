"""Files are read in processes of their own; what one does to its process costs that file alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from rag.ingest.files import Skipped
from rag.ingest.frames import Event, FileRead
from rag.ingest.workers import Workers
from rag.types import Draft

HERE = Path(__file__).parent
BAD = (sys.executable, str(HERE / "bad_reader.py"))
TEXT = "Portwell opens its third barrier\n\nThe barrier opened on Tuesday, the mayor said.\n"
PARAGRAPH = "<p>The harbour city opened its third tide barrier on Tuesday, the mayor said.</p>"
PAGE = f"<html><body><article><h1>Portwell opens a barrier</h1>{PARAGRAPH * 5}</article></body>"


def named(folder: Path, *names: str) -> list[Path]:
    return [folder / f"{name}.txt" for name in names]


def ends(events: list[Event]) -> list[str | None]:
    return [event.failure for event in events if isinstance(event, FileRead)]


@pytest.fixture
def bad() -> Iterator[Workers]:
    with closing(Workers(2, step=3, command=BAD)) as workers:
        yield workers


def test_files_are_read_in_their_order_and_each_has_an_end(tmp_path: Path) -> None:
    paths = []
    for number in range(30):
        path = tmp_path / f"{number}.{'html' if number % 3 else 'txt'}"
        path.write_text(PAGE if number % 3 else TEXT)
        paths.append(path)
    (tmp_path / "7.html").write_text("")
    with closing(Workers(2)) as workers:
        events = list(workers.read(paths))
    assert [event.path for event in events if isinstance(event, FileRead)] == paths
    for event, after in pairwise(events):
        if isinstance(event, Draft) and isinstance(after, FileRead):
            assert event.file == str(after.path)
    failures = [event for event in events if isinstance(event, FileRead) and event.failure]
    assert [failure.path.name for failure in failures] == ["7.html"]
    assert "empty" in str(failures[0].failure)
    assert sum(isinstance(event, Draft) for event in events) == 29


def test_articles_come_over_as_they_were_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "title,text,date,source,url\n"
        f'“Größe” 日本 😀 title,"{TEXT}",2022-01-18,Example,https://example.com/a\n'
        "x,,03/04/2022,,\n"
    )
    from rag.ingest.readers import read_articles

    with closing(Workers(1)) as workers:
        events = list(workers.read([path]))
    assert events == [*read_articles(path), FileRead(path)]
    assert isinstance(events[0], Draft) and events[0].origins["published"] == "columns"
    assert isinstance(events[1], Skipped)


@pytest.mark.parametrize(
    "kind, reason",
    [
        ("hang", "longer than 3 s"),
        ("sleep", "longer than 3 s"),
        ("crash", "crash (SIGSEGV)"),
        ("memory", "memory"),
        ("leave", "made its reader end"),
    ],
)
def test_a_file_that_takes_its_process_down_is_named_and_the_others_are_read(
    tmp_path: Path, bad: Workers, kind: str, reason: str
) -> None:
    paths = named(tmp_path, "a", kind, "b", "c", "d", "e")
    events = list(bad.read(paths))
    failures = ends(events)
    assert len(failures) == len(paths)
    assert [bool(failure) for failure in failures] == [bool(kind == path.stem) for path in paths]
    assert reason in str(failures[1])
    assert [e.title for e in events if isinstance(e, Draft)] == [path.stem for path in paths]


def test_what_a_library_prints_does_no_harm(tmp_path: Path, bad: Workers) -> None:
    assert ends(list(bad.read(named(tmp_path, "print", "a", "print")))) == [None] * 3


def test_a_process_that_says_nonsense_is_ended(tmp_path: Path) -> None:
    with closing(Workers(1, step=3, command=(*BAD, str(tmp_path)))) as workers:
        first, second = ends(list(workers.read(named(tmp_path, "lie", "a"))))
    assert first is not None and second is None


@pytest.mark.parametrize("kind", ["connect", "send", "ask a name", "keep", "write"])
def test_a_reader_neither_connects_nor_writes(tmp_path: Path, bad: Workers, kind: str) -> None:
    (tmp_path / "__pycache__").mkdir()
    [failure] = ends(list(bad.read(named(tmp_path, kind))))
    assert failure is not None
    assert not list(tmp_path.rglob("written.txt"))


def test_a_reader_is_told_no_key(
    tmp_path: Path, bad: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_API_KEY", "canary")
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    [draft, _] = list(bad.read(named(tmp_path, "a")))
    assert isinstance(draft, Draft) and "PATH" in draft.text and "API_KEY" not in draft.text


def test_nothing_is_started_before_there_is_a_file() -> None:
    with closing(Workers(2, command=("no-such-program",))) as workers:
        assert list(workers.read([])) == []


def test_little_is_read_ahead_of_a_slow_taker(tmp_path: Path, bad: Workers) -> None:
    asked: list[Path] = []

    def ask() -> Iterator[Path]:
        for number in range(1000):
            asked.append(tmp_path / f"{number}.txt")
            yield asked[-1]

    events = bad.read(ask())
    next(events)
    time.sleep(0.5)
    assert len(asked) <= 20
    events.close()  # type: ignore[attr-defined]


def test_many_articles_of_one_file_stay_together(tmp_path: Path, bad: Workers) -> None:
    events = list(bad.read(named(tmp_path, "many", "a", "many")))
    assert len(events) == 2 * 502 + 2
    parts = [event.part for event in events if isinstance(event, Draft) and event.part]
    assert parts == [str(number) for number in range(500)] * 2


def test_one_that_is_left_early_can_be_asked_again(tmp_path: Path, bad: Workers) -> None:
    events = bad.read(named(tmp_path, "many", "a"))
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert ends(list(bad.read(named(tmp_path, "a", "b")))) == [None, None]


def pids(folder: Path) -> list[int]:
    return [int(path.read_text()) for path in folder.glob("*.pid")]


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("kind", ["a", "many", "hang"])
def test_a_killed_owner_leaves_no_process_behind(tmp_path: Path, kind: str) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom rag.ingest.workers import Workers\n"
        f"workers = Workers(2, step=5, command={BAD!r})\n"
        f"events = workers.read([Path({str(tmp_path / kind)!r} + '.txt')] * 3)\n"
        "print(next(events).text.split()[0], flush=True)\ntime.sleep(3600)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    reader = int(owner.stdout.readline())
    assert is_alive(reader)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 60
    while is_alive(reader) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(reader)


def test_closing_ends_what_hangs_at_once(tmp_path: Path) -> None:
    workers = Workers(1, command=BAD)
    events = workers.read(named(tmp_path, "hang"))
    draft = next(events)
    assert isinstance(draft, Draft)
    started = time.perf_counter()
    workers.close()
    assert time.perf_counter() - started < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int(draft.text.split()[0]), 0)
