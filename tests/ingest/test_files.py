"""Which files are taken, which are passed over and why."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.ingest.files import A_README, Skipped, find_files
from rag.ingest.formats import SUFFIXES, refuse_format


def write(path: Path, text: str = "Some text.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_folders_are_searched_to_their_depth_in_order(tmp_path: Path) -> None:
    names = ["b.txt", "a.md", "sub/deep/c.HTML", "sub/d.htm", "e.markdown", "f.text"]
    expected = sorted(write(tmp_path / name).resolve() for name in names)
    files, skipped = find_files([tmp_path])
    assert files == expected
    assert skipped == []


def test_a_readme_is_no_article_unless_it_is_named_itself(tmp_path: Path) -> None:
    readme = write(tmp_path / "README.md")
    article = write(tmp_path / "readme-wars.md")
    files, skipped = find_files([tmp_path])
    assert files == [article.resolve()]
    assert skipped == [Skipped(str(readme.resolve()), A_README)]
    assert find_files([readme]) == ([readme.resolve()], [])


@pytest.mark.parametrize("ending", ["_files", "-Dateien"])
def test_the_parts_of_a_saved_page_are_no_articles(tmp_path: Path, ending: str) -> None:
    page = write(tmp_path / "train.html")
    parts = tmp_path / f"train{ending}"
    advert, script = write(parts / "saved_resource.html"), write(parts / "js" / "app.js")
    other = write(tmp_path / f"bus{ending}" / "bus.html")  # no “bus.html” is beside its folder
    reason = "it holds the parts of the saved page train.html"
    files, skipped = find_files([tmp_path])
    assert files == sorted([other.resolve(), page.resolve()])
    assert skipped == [Skipped(str(parts.resolve()), reason)]
    assert find_files([advert])[0] == [advert.resolve()]
    assert script.name in find_files([parts])[1][0].file


def test_a_frame_of_a_saved_page_is_no_article_even_without_the_page(tmp_path: Path) -> None:
    frame = write(tmp_path / "train_files" / "saved_resource(1).html")
    own = write(tmp_path / "train_files" / "train.html")
    elsewhere = write(tmp_path / "saved_resource.html")
    files, [skipped] = find_files([tmp_path])
    assert files == sorted([own.resolve(), elsewhere.resolve()])
    assert skipped.file == str(frame.resolve()) and "frame of a saved page" in skipped.reason


def test_files_of_other_kinds_are_named_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    other = write(tmp_path / "scan.JPG")
    assert find_files([tmp_path])[1] == [Skipped(str(other.resolve()), refuse_format(".jpg"))]
    assert find_files([other]) == ([], [Skipped(str(other.resolve()), refuse_format(".jpg"))])


def test_what_is_written_beside_a_file_is_no_file_of_its_own(tmp_path: Path) -> None:
    article = write(tmp_path / "story.txt")
    write(tmp_path / "story.txt.yaml")
    write(tmp_path / "Story.MD.yml")
    alone = write(tmp_path / "gone.pdf.yaml")
    files, skipped = find_files([tmp_path])
    assert files == [article.resolve()]
    assert [one.file for one in skipped] == [
        str((tmp_path / "Story.MD.yml").resolve()),
        str(alone.resolve()),
    ]


def test_every_format_that_is_read_is_found(tmp_path: Path) -> None:
    files = [write(tmp_path / f"a{suffix}").resolve() for suffix in SUFFIXES]
    assert find_files([tmp_path]) == (sorted(files), [])


def test_a_strange_suffix_is_named_shortly() -> None:
    assert refuse_format(".jpg").startswith(".jpg is not read")
    assert refuse_format("").startswith("a name without suffix")
    assert len(refuse_format("." + "x" * 500)) < 120


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / ".secret.txt")
    write(tmp_path / ".git" / "a.txt")
    write(tmp_path / "~$seen.docx")
    write(tmp_path / "seen.txt")
    files, skipped = find_files([tmp_path])
    assert [file.name for file in files] == ["seen.txt"]
    assert skipped == []


def test_a_file_given_twice_is_found_once(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")
    files, _ = find_files([tmp_path, file, tmp_path / "." / "a.txt"])
    assert files == [file.resolve()]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no-such-folder"):
        find_files([tmp_path / "no-such-folder"])


@pytest.mark.parametrize("name", ["a\0b.txt", "x" * 5000 + ".txt", "\udcff.txt"])
def test_an_impossible_name_is_a_wrong_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_files([tmp_path / name])
    caught.value.problem.encode()


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.txt")
    inside = tmp_path / "inside"
    write(inside / "a.txt")
    (inside / "file.txt").symlink_to(outside)
    (inside / "folder").symlink_to(outside.parent, target_is_directory=True)
    (inside / "up.txt").symlink_to("../outside/secret.txt")
    files, skipped = find_files([inside])
    assert files == [(inside / "a.txt").resolve()]
    assert {entry.reason for entry in skipped} == {"a link that leads out of the folder"}
    assert len(skipped) == 3


def test_links_within_the_folder_add_nothing_and_never_go_in_circles(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")
    write(tmp_path / ".hidden.txt")
    (tmp_path / "again.txt").symlink_to(file)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "peek.txt").symlink_to(tmp_path / ".hidden.txt")
    assert find_files([tmp_path]) == ([file.resolve()], [])


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    _, skipped = find_files([tmp_path])
    assert [entry.reason for entry in skipped] == ["a link that leads nowhere"] * 2


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    _, skipped = find_files([tmp_path])
    assert [entry.reason for entry in skipped] == ["not a regular file"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_a_name_that_is_no_text_is_named_readably(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))).write_text("Some text.")
    files, skipped = find_files([tmp_path])
    assert files == []
    assert "rename" in skipped[0].reason
    skipped[0].file.encode()


def test_a_folder_that_is_closed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = write(tmp_path / "closed" / "a.txt").parent
    look = os.scandir

    def refuse(folder: Path) -> object:
        # Root may read everything, so the refusal that others get is said in its place.
        if Path(folder) == closed.resolve():
            raise PermissionError(13, "Permission denied")
        return look(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    _, skipped = find_files([tmp_path])
    assert "cannot be read" in skipped[0].reason


def test_what_cannot_be_looked_at_is_named_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a folder that can be listed and not entered.
    closed, article = write(tmp_path / "closed" / "a.txt"), write(tmp_path / "open" / "b.txt")
    is_file = Path.is_file

    def refuse(path: Path, **options: bool) -> bool:
        if path.parent == closed.parent:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return is_file(path, **options)

    monkeypatch.setattr(Path, "is_file", refuse)
    files, [skipped] = find_files([tmp_path])
    assert files == [article]
    assert skipped.file == str(closed) and os.strerror(errno.EACCES) in skipped.reason
