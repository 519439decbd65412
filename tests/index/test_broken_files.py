"""A file that breaks off half-way: what was known behind that place stays."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from rag.index.indexing import index_files
from rag.index.store import Store

TEXT = "The envoy of town number {} left for the harbour on Tuesday, the mayor said there."


def write(path: Path, numbers: range, *, whole: bool = True) -> None:
    rows = [{"title": f"Envoy {n} leaves", "text": TEXT.format(n)} for n in numbers]
    written = json.dumps(rows)
    path.write_text(written if whole else f"{written[:-1]}, {{")


def titles(store: Store) -> list[str]:
    return sorted(article.title for article in store.library.articles())


def test_an_export_that_breaks_off_drops_nothing_behind_the_break(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    write(path, range(5))
    index_files(store, [path])
    write(path, range(2), whole=False)
    report = index_files(store, [path])
    assert (report.dropped, report.unchanged) == (0, 2)
    assert len(titles(store)) == 5
    [skipped] = report.skipped
    assert skipped.file == str(path) and "at record 3 (" in skipped.reason


def test_what_a_new_export_holds_before_it_breaks_off_is_kept_and_read_once(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    write(path, range(2), whole=False)
    report = index_files(store, [path])
    assert (report.added, report.dropped) == (2, 0)
    assert titles(store) == ["Envoy 0 leaves", "Envoy 1 leaves"]
    again = index_files(store, [path])
    assert (again.added, again.dropped, again.unchanged) == (0, 0, 2)
    assert again.skipped == report.skipped
    write(path, range(1))
    assert index_files(store, [path]).dropped == 1


def test_a_reason_with_half_a_character_is_stored(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    # Its first row alone is in no encoding that is known.
    path.write_bytes(b"a\xff\x81b,x\n" + "Größe “”,1\n".encode() * 50)
    [skipped] = index_files(store, [path]).skipped
    assert "None of its columns" in skipped.reason and "\ufffd" in skipped.reason


def test_a_part_that_cannot_be_read_any_more_stays_as_it_was_known(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "saved.zip"
    rows = "title,text\n" + "".join(f'Envoy {n} leaves,"{TEXT.format(n)}"\n' for n in range(2))
    page = "---\ntitle: Harbour opens\n---\n\nThe harbour was opened by the mayor on Tuesday.\n"
    gone = "---\ntitle: Harbour closes\n---\n\nThe harbour was closed by the mayor on Friday.\n"

    def pack(**parts: str) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in parts.items():
                archive.writestr(name.replace("_", "."), text)

    pack(page_md=page, gone_md=gone, wire_csv=rows)
    index_files(store, [path])
    assert len(titles(store)) == 4
    pack(page_md="", wire_csv="name,size\na,1\n")
    report = index_files(store, [path])
    assert sorted(one.file.partition("#")[2] for one in report.skipped) == ["page.md", "wire.csv"]
    assert titles(store) == ["Envoy 0 leaves", "Envoy 1 leaves", "Harbour opens"]
