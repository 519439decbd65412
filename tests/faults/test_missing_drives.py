"""Files that only seem to be gone: what is known of them is kept, and told."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path

import children
import pytest
from command import read
from conftest import write_md
from disks import become_ordinary

from rag.index.indexing import index_files
from rag.index.pruning import FEW, find_gone
from rag.index.store import Store

TEXT = "The mayor opened bridge number {} on Monday."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(24):
        place = tmp_path / "articles" / ("drive" if number % 2 else "")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.md").write_text(write_md(TEXT.format(number), title=f"B{number}"))
    return tmp_path / "articles"


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / ".DS_Store").touch()


def test_an_empty_folder_drops_nothing_until_one_is_sure(store: Store, folder: Path) -> None:
    index_files(store, [folder])
    empty(folder)
    report = index_files(store, [folder], prune=True)
    assert (report.dropped, store.library.count_articles()) == (0, 24)
    [told] = report.skipped
    assert told.file == str(folder)
    assert "a drive may be missing; --prune with --yes drops it" in told.reason
    assert index_files(store, [folder], prune=True, sure=True).dropped == 24


def test_a_drive_that_is_missing_below_the_folder_keeps_its_articles(
    store: Store, folder: Path
) -> None:
    index_files(store, [folder])
    empty(folder / "drive")
    (folder / "0.md").unlink()
    report = index_files(store, [folder], prune=True)
    assert (report.dropped, store.library.count_articles()) == (1, 23)
    [told] = report.skipped
    assert (told.file, "(12 files)" in told.reason) == (str(folder / "drive"), True)


def test_a_few_articles_that_were_deleted_are_gone_though_their_folder_is_empty(
    store: Store, folder: Path
) -> None:
    for path in [*folder.rglob("*.md")][FEW:]:
        path.unlink()
    index_files(store, [folder])
    empty(folder)
    assert index_files(store, [folder], prune=True).dropped == FEW


def test_what_was_deleted_with_its_folder_is_gone(store: Store, folder: Path) -> None:
    index_files(store, [folder])
    shutil.rmtree(folder / "drive")
    report = index_files(store, [folder], prune=True)
    assert (report.dropped, report.skipped) == (12, ())


def test_the_command_drops_from_an_empty_folder_with_yes(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "home"
    read("index", folder, home=home)
    empty(folder)
    kept = read("index", "--prune", folder, home=home)
    assert (kept["dropped"], kept["articles"], len(kept["skipped"])) == (0, 24, 1)
    assert read("index", "--prune", "--yes", folder, home=home)["articles"] == 0


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ENOTCONN, errno.ESTALE])
def test_what_may_not_be_looked_at_is_kept_and_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    files = [str(path) for path in sorted(folder.rglob("*.md"))]

    def refuse(path: Path) -> os.stat_result:
        raise OSError(number, os.strerror(number), str(path))

    # As where the folder's rights were taken, or its drive does not answer.
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", refuse)
        # As from Python 3.14 on.
        patch.setattr(Path, "exists", lambda _: False)
        patch.setattr(Path, "is_dir", lambda one: one == folder.parent)
        gone = find_gone(files, {folder}, sure=True)
    assert gone.files == []
    assert [(one.file, one.reason) for one in gone.doubted] == [
        (str(place), "it cannot be read, so what is known of it was kept (12 files)")
        for place in (folder, folder / "drive")
    ]


def test_a_name_that_no_file_can_have_drops_nothing(folder: Path) -> None:
    assert find_gone([f"{folder}/a\0b.md"], {folder}, sure=True).files == []


def test_a_file_in_the_place_of_a_folder_does_not_keep_what_that_held(folder: Path) -> None:
    held = [str(path) for path in sorted((folder / "drive").iterdir())]
    shutil.rmtree(folder / "drive")
    (folder / "drive").touch()
    assert find_gone(held, {folder}).files == held


def test_only_what_lies_below_the_folders_is_gone(folder: Path) -> None:
    gone = [str(folder / "gone.md"), str(folder / "drive" / "gone.md")]
    asked = [*gone, str(folder.with_name("articles-2") / "gone.md"), str(folder.parent / "0.md")]
    assert find_gone(asked, {folder, folder / "0.md"}).files == gone
    assert find_gone(asked, {folder / "gone.md"}).files == gone[:1]


def test_what_is_gone_below_the_users_own_folder_is_dropped(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))
    index_files(store, [Path("~/articles")])
    (folder / "0.md").unlink()
    assert index_files(store, [Path("~/articles")], prune=True).dropped == 1


@pytest.mark.skipif(sys.platform != "linux", reason="root gives up its rights as on Linux")
def test_a_folder_whose_rights_were_taken_drops_nothing(tmp_path: Path, folder: Path) -> None:
    result = tmp_path / "result"
    child = children.fork(prune_unreadable, tmp_path, folder, result)
    child.join(60)
    assert child.exitcode == 0
    first, second = json.loads(result.read_text())
    assert (first[0], second[0]) == (0, 0), (first, second)
    assert json.loads(first[1])["articles"] == 24
    report = json.loads(second[1])
    assert (report["dropped"], report["articles"]) == (0, 24)
    assert [one["file"] for one in report["skipped"]] == [str(folder / "drive")]
    assert "Permission denied" in report["skipped"][0]["reason"]


def prune_unreadable(place: Path, folder: Path, result: Path) -> None:
    """As an ordinary user, who owns the folder: index, take the folder's rights, prune."""
    become_ordinary()
    given = ("--json", folder, "--home", place / "home")
    first = children.call("index", *given, said=place / "said")
    (folder / "drive").chmod(0)
    second = children.call("index", "--prune", *given, said=place / "said")
    (folder / "drive").chmod(0o755)
    result.write_text(json.dumps([first, second]))


def test_a_file_that_returns_is_told_again_for_what_it_is_passed_over(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    (folder / "drive" / "empty.md").touch()
    [first] = index_files(store, [folder]).skipped
    assert index_files(store, [folder]).skipped == (first,)
    (folder / "drive").rename(tmp_path / "unplugged")
    assert index_files(store, [folder]).skipped == ()
    assert store.library.skipped() == []
    (tmp_path / "unplugged").rename(folder / "drive")
    report = index_files(store, [folder])
    assert (report.skipped, report.unchanged) == ((first,), 24)


def test_what_was_passed_over_in_a_file_with_articles_is_known_while_those_are(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    kept = {"title": "Bridge", "text": TEXT.format(50)}
    export = folder / "export.jsonl"
    export.write_text(f"{json.dumps(kept)}\n{json.dumps({'title': 'Nothing'})}\n")
    [part] = index_files(store, [folder]).skipped
    export.rename(tmp_path / "export.jsonl")
    index_files(store, [folder])
    assert [one.file for one in store.library.skipped()] == [part.file]
    (tmp_path / "export.jsonl").rename(export)
    assert index_files(store, [folder]).skipped == (part,)
    export.unlink()
    index_files(store, [folder], prune=True)
    assert store.library.skipped() == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ENOTCONN])
def test_what_was_passed_over_on_a_drive_that_fails_stays_known(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    broken = folder / "drive" / "empty.md"
    broken.touch()
    index_files(store, [folder])

    def refuse(path: object, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as patch, store.library.writer() as writer:
        patch.setattr(os, "lstat", refuse)
        patch.setattr(Path, "lstat", refuse)
        writer.note_skipped([folder], [])
    assert [one.file for one in store.library.skipped()] == [str(broken)]
