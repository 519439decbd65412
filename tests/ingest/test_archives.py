"""Zip archives: their members are read, never unpacked to disk, and bombs are told in time."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from rag.errors import UnreadableFile
from rag.ingest import archive as archives
from rag.ingest.files import A_README, Skipped
from rag.ingest.parts import NESTED, clean_label
from rag.ingest.readers import read_articles
from rag.types import Draft

TEXT = b"Portwell opens its third barrier\n\nThe barrier opened on Tuesday, the mayor said.\n"


def write_zip(path: Path, members: dict[str, bytes] | list[tuple[zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return path


def read(path: Path) -> tuple[dict[str, Draft], dict[str, str]]:
    """The articles and what was passed over, by their place in the file."""
    events = list(read_articles(path))
    drafts = {event.part: event for event in events if isinstance(event, Draft)}
    skipped = {
        event.file.removeprefix(f"{path}#"): event.reason
        for event in events
        if isinstance(event, Skipped)
    }
    return drafts, skipped


def read_until_it_breaks(path: Path) -> tuple[dict[str, Draft], str]:
    """The articles by their place, and what is said of the file at its end."""
    drafts = {}
    with pytest.raises(UnreadableFile) as caught:
        for event in read_articles(path):
            if isinstance(event, Draft):
                drafts[event.part] = event
    assert caught.value.hint
    return drafts, caught.value.problem


def test_members_are_read_by_their_suffix_and_named_by_their_place(tmp_path: Path) -> None:
    rows = "\n".join(json.dumps({"title": f"Title {n}", "text": "Words here."}) for n in range(2))
    members = {
        "a.txt": TEXT,
        "deep/er/b.md": b"# A title\n\nSome words here.",
        "inner/wire.jsonl": f"{rows}\n{{".encode(),
        "inner/wire.csv": b"title,text\nA headline here,Words of it.\n",
        "photo.jpg": b"\xff",
        "empty.txt": b"",
        "README.md": b"words",
    }
    path = write_zip(tmp_path / "a.zip", members)
    drafts, skipped = read(path)
    assert list(drafts) == [
        *("a.txt", "deep/er/b.md", "inner/wire.jsonl#1", "inner/wire.jsonl#2", "inner/wire.csv#1")
    ]
    assert {draft.file for draft in drafts.values()} == {str(path)}
    assert sorted(skipped) == ["README.md", "empty.txt", "inner/wire.jsonl#line 3", "photo.jpg"]
    assert skipped["README.md"] == A_README and "empty" in skipped["empty.txt"]


def test_what_only_a_system_put_there_is_passed_over_in_silence(tmp_path: Path) -> None:
    members = {"__MACOSX/._a.txt": b"x", ".DS_Store": b"x", "d/.hidden/a.txt": TEXT, "a.txt": TEXT}
    assert [list(found) for found in read(write_zip(tmp_path / "a.zip", members))] == [
        ["a.txt"],
        [],
    ]


def test_names_never_lead_anywhere(tmp_path: Path) -> None:
    names = ["../../up.txt", "/etc/abs.txt", "C:\\win\\a.txt", "a\x07b\u202e.txt", "..\\..\\x.txt"]
    before = sorted(tmp_path.parent.rglob("*"))
    drafts, _ = read(write_zip(tmp_path / "a.zip", dict.fromkeys(names, TEXT)))
    assert list(drafts) == ["up.txt", "etc/abs.txt", "win/a.txt", "ab.txt", "x.txt"]
    assert sorted(tmp_path.parent.rglob("*")) == sorted([*before, tmp_path / "a.zip"])


def test_a_label_is_short_and_never_empty() -> None:
    assert clean_label("../..") == clean_label("") == "unnamed"
    assert len(clean_label("x" * 5000 + ".txt")) <= 201
    assert clean_label("a\ud800.txt").encode()


def test_members_of_one_name_are_told_apart(tmp_path: Path) -> None:
    twice = [(zipfile.ZipInfo("a.txt"), TEXT), (zipfile.ZipInfo("a.txt"), TEXT)]
    with pytest.warns(UserWarning, match="Duplicate"):
        path = write_zip(tmp_path / "a.zip", twice)
    assert list(read(path)[0]) == ["a.txt", "a (2).txt"]


def test_a_name_that_is_made_is_not_given_twice(tmp_path: Path) -> None:
    names = ["a.txt", "a.txt", "a (2).txt", "a.txt", "a (2).txt"]
    with pytest.warns(UserWarning, match="Duplicate"):
        path = write_zip(tmp_path / "a.zip", [(zipfile.ZipInfo(name), TEXT) for name in names])
    drafts, _ = read(path)
    assert list(drafts) == [
        *("a.txt", "a (2).txt", "a (2) (2).txt", "a (3).txt", "a (2) (3).txt"),
    ]


def test_links_archives_and_locked_members_are_named(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("a.txt", TEXT)
    members = [(link, b"/etc/passwd"), (zipfile.ZipInfo("in.zip"), inner.getvalue())]
    path = write_zip(tmp_path / "a.zip", [*members, (zipfile.ZipInfo("lock.txt"), TEXT)])
    data = bytearray(path.read_bytes())
    # The flag of encryption, in the member's own head and in the list.
    name = b"lock.txt"
    data[data.index(name) - 30 + 6] |= 1
    data[data.rindex(name) - 46 + 8] |= 1
    path.write_bytes(data)
    drafts, skipped = read(path)
    assert not drafts
    assert "link" in skipped["link.txt"] and skipped["in.zip"] == NESTED
    assert "encrypted" in skipped["lock.txt"]


def test_an_unknown_compression_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", TEXT * 10)
    assert "compression" in read(tmp_path / "a.zip")[1]["a.txt"]


def test_a_broken_member_costs_that_one(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": TEXT * 50, "b.txt": TEXT})
    data = bytearray(path.read_bytes())
    data[45:55] = b"\xff" * 10
    path.write_bytes(data)
    drafts, skipped = read(path)
    assert (list(drafts), list(skipped)) == (["b.txt"], ["a.txt"])


def test_what_is_no_archive_or_cut_off_is_refused(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "a.zip", {"a.txt": TEXT}).read_bytes()
    for data in (b"words", whole[:-30], b"PK\5\6" + b"\xff" * 18):
        (tmp_path / "b.zip").write_bytes(data)
        with pytest.raises(UnreadableFile):
            list(read_articles(tmp_path / "b.zip"))


def test_no_more_is_unpacked_in_all_than_is_borne(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 10 * len(TEXT))
    path = write_zip(tmp_path / "a.zip", {f"{n}.txt": TEXT for n in range(50)})
    drafts, said = read_until_it_breaks(path)
    assert len(drafts) == 10
    assert said == "It unpacks to over 1 GB: nothing behind 10.txt was read."


def test_no_more_members_are_read_than_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_PARTS", 3)
    path = write_zip(tmp_path / "a.zip", {f"{n}.txt": TEXT for n in range(5)})
    drafts, said = read_until_it_breaks(path)
    assert list(drafts) == ["0.txt", "1.txt", "2.txt"]
    assert said == "Nothing behind its first 3 members was read."


def test_a_member_that_breaks_off_is_told_at_the_end_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    row = '{"title": "A title here", "text": "Some words of it."}'
    members = {"in/a.json": f"[{row}, {row}, ".encode(), "b.txt": TEXT}
    drafts, said = read_until_it_breaks(write_zip(tmp_path / "a.zip", members))
    assert list(drafts) == ["in/a.json#1", "in/a.json#2", "b.txt"]
    assert said.startswith("in/a.json: Its JSON cannot be read at record 3 (")
    many = {f"{n}.json": f"[{row}, ".encode() for n in range(9)}
    _, said = read_until_it_breaks(write_zip(tmp_path / "b.zip", many))
    assert "2.json: " in said and "3.json" not in said
    assert said.endswith("6 more of its parts break off.")


def bomb(path: Path, member: str, size: int, lie: int | None = None) -> Path:
    """An archive whose member unpacks to `size` zeros, and says that it has `lie` bytes."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(member, "w", force_zip64=True) as file,
    ):
        for _ in range(size // 10_000_000):
            file.write(bytes(10_000_000))
    if lie is not None:
        data = bytearray(path.read_bytes())
        at = data.rindex(member.encode()) - 46
        data[at + 24 : at + 28] = struct.pack("<L", lie)
        path.write_bytes(data)
    return path


READ = """
import sys, time
from pathlib import Path
from rag.errors import UnreadableFile
from rag.ingest.readers import read_articles
started = time.perf_counter()
try:
    events = [type(event).__name__ for event in read_articles(Path(sys.argv[1]))]
except UnreadableFile as error:
    events = ["refused"]
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1000
print(time.perf_counter() - started, peak, *events)
"""


def read_apart(path: Path) -> tuple[float, float, set[str]]:
    """Seconds, megabytes and what came, from a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    seconds, peak, *events = run.stdout.split()
    return float(seconds), float(peak), set(events)


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
@pytest.mark.parametrize("name, member", [("a.docx", "word/document.xml"), ("a.zip", "a.txt")])
@pytest.mark.parametrize("lie", [None, 100])
def test_a_bomb_is_told_soon_and_in_300_megabytes(
    tmp_path: Path, name: str, member: str, lie: int | None
) -> None:
    path = bomb(tmp_path / name, member, 400_000_000, lie)
    seconds, peak, events = read_apart(path)
    assert seconds < 20 and peak < 300
    assert events <= {"refused", "Skipped"} and events


def test_a_text_of_a_gigabyte_is_not_opened(tmp_path: Path) -> None:
    for suffix in (".txt", ".html", ".pdf", ".docx", ".eml", ".xml"):
        path = tmp_path / f"a{suffix}"
        with path.open("wb") as file:
            file.truncate(1_000_000_000)
        started = time.perf_counter()
        with pytest.raises(UnreadableFile, match="1000 MB"):
            list(read_articles(path))
        assert time.perf_counter() - started < 5


ROWS = {
    ".jsonl": ("", '{"title": "A title here", "text": "Some words of it."}\n'),
    ".json": ("[", '{"title": "A title here", "text": "Some words of it."},\n'),
    ".csv": ("title,text\n", "A title here,Some words of it.\n"),
}


@pytest.mark.parametrize("suffix", ROWS)
def test_an_export_is_read_as_it_comes_and_never_whole(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    head, row = ROWS[suffix]
    with path.open("w+b") as file:
        file.write(head.encode() + row.encode() * 40_000)
        file.truncate(1_900_000_000)
    started = time.perf_counter()
    tracemalloc.start()
    try:
        events = read_articles(path)
        first = next(events)
        events.close()  # type: ignore[attr-defined]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(first, Draft) and first.part == "1"
    assert time.perf_counter() - started < 5 and peak < 50_000_000
    os.truncate(path, 2_000_000_001)
    with pytest.raises(UnreadableFile, match="at most 2 GB"):
        next(read_articles(path))


@pytest.mark.parametrize("suffix", ROWS)
def test_more_records_than_are_read_are_told(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingest.records.MAX_PARTS", 5)
    head, row = ROWS[suffix]
    (tmp_path / f"a{suffix}").write_text(head + row * 9)
    drafts, said = read_until_it_breaks(tmp_path / f"a{suffix}")
    assert list(drafts) == ["1", "2", "3", "4", "5"]
    assert said == "Nothing behind its first 5 records was read."


@pytest.mark.parametrize("suffix", ROWS)
def test_a_record_that_is_too_large_is_named(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("tables", "json_export", "json_stream"):
        monkeypatch.setattr(f"rag.ingest.{module}.MAX_RECORD", 2_000_000)
    head, row = ROWS[suffix]
    large = row.replace("words", "words " * 1_000_000)
    (tmp_path / f"a{suffix}").write_text(head + row + large + row)
    if suffix == ".json":
        drafts, said = read_until_it_breaks(tmp_path / f"a{suffix}")
        assert "at record 2 (" in said
    else:
        drafts, skipped = read(tmp_path / f"a{suffix}")
        said = "".join(skipped.values())
    assert next(iter(drafts)) == "1" and len(drafts) <= 2
    assert "million characters" in said


def test_a_list_of_millions_of_members_is_not_opened(tmp_path: Path) -> None:
    whole = bytearray(write_zip(tmp_path / "a.zip", {"a.txt": TEXT}).read_bytes())
    whole[-10:-6] = struct.pack("<L", 200_000_000)
    (tmp_path / "a.zip").write_bytes(whole)
    with pytest.raises(UnreadableFile, match="too many members"):
        list(read_articles(tmp_path / "a.zip"))
