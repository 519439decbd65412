"""Pandoc as it is run: the packaged one, in its sandbox, for a bounded time, and nobody else's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_briefings import BRIEFING

from rag.brief import pandoc
from rag.brief.export import FORMATS, export_briefing
from rag.brief.pandoc import convert, find_pandoc
from rag.errors import ExportError

ROOT = Path(__file__).parents[2]


def test_the_packaged_pandoc_is_run_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "pandoc"
    fake.write_text("#!/bin/sh\necho '# from elsewhere'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYPANDOC_PANDOC", str(fake))
    assert convert(b"It *rained*.", "commonmark", "plain") == b"It rained.\n"


def test_what_is_set_up_for_pandoc_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = {form: export_briefing(BRIEFING, form) for form in FORMATS}
    for folder in (tmp_path / ".pandoc", tmp_path / "pandoc", tmp_path / ".local/share/pandoc"):
        (folder / "templates").mkdir(parents=True)
        (folder / "reference.docx").write_bytes(b"junk")
        (folder / "templates/default.openxml").write_text("junk")
    for name in ("HOME", "XDG_DATA_HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("GHCRTS", "-M1M")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert {form: export_briefing(BRIEFING, form) for form in FORMATS} == before


def test_it_reads_no_file_and_no_address(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret")
    for text in (
        f"![x]({tmp_path}/secret.txt)",
        f"```{{.include}}\n{tmp_path}/secret.txt\n```",
        "![x](http://127.0.0.1:9/beacon.png)",
    ):
        written = convert(text.encode(), "markdown", "docx")
        assert b"a secret" not in written


def test_it_is_ended_when_it_takes_too_long() -> None:
    start = time.monotonic()
    with pytest.raises(ExportError, match=r"ended after 0\.2 seconds"):
        convert(b"> " * 500_000, "markdown", "html", seconds=0.2)
    assert time.monotonic() - start < 10


def test_it_is_ended_when_it_takes_too_much_room() -> None:
    with pytest.raises(ExportError, match="Pandoc failed"):
        convert(b"a *b* [c](d)\n\n" * 100_000, "commonmark", "html", megabytes=64)


def test_what_it_cannot_read_is_told_in_one_line() -> None:
    with pytest.raises(ExportError, match="Pandoc failed") as caught:
        convert(b"no zip", "docx", "json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["missing", "not executable", "no program", "not installed"])
def test_without_pandoc_word_is_refused_and_the_rest_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    broken = tmp_path / "pandoc" / "files" / "pandoc"
    broken.parent.mkdir(parents=True)
    (tmp_path / "pandoc" / "__init__.py").touch()
    if kind != "missing":
        broken.write_text("junk")
    if kind == "no program":
        broken.chmod(0o755)
    if kind == "not installed":
        monkeypatch.setitem(sys.modules, "pypandoc", None)
    else:
        import pypandoc

        monkeypatch.setattr(pypandoc, "__file__", str(tmp_path / "pandoc" / "__init__.py"))
    with pytest.raises(ExportError, match="pip install") as caught:
        export_briefing(BRIEFING, "docx")
    assert "Pandoc" in caught.value.problem
    assert "\n" not in str(caught.value)
    for form in FORMATS:
        if form != "docx":
            assert export_briefing(BRIEFING, form)


def test_the_wrapper_is_not_imported_before_it_is_needed() -> None:
    script = (
        "import sys, rag.cli, rag.brief.export, rag.brief.verify\nprint('pypandoc' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "False\n"


def test_the_tree_is_of_a_version_that_it_reads() -> None:
    from rag.brief.document import make_document
    from rag.brief.word import build_tree

    tree = json.dumps(build_tree(make_document(BRIEFING))).encode()
    assert b"Example Wire" in convert(tree, "json", "plain")


def test_its_errors_are_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(pandoc._explain(b"x\n" * 10_000, 1)) <= 200
    assert pandoc._explain(b"", 251) == "it ended with code 251."
    assert find_pandoc().is_file()
