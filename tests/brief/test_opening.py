"""Files that are handed in to be verified: too large, damaged, foreign, or hostile."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from made_briefings import BRIEFING, FakeFrozen

from rag.brief.export import export_briefing
from rag.brief.opening import MAX_BYTES, MAX_TEXT, open_export
from rag.brief.verify import verify
from rag.errors import ExportError, UsageError

DOCX = export_briefing(BRIEFING, "docx")
LIMIT_S = 10.0


@contextmanager
def timed() -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < LIMIT_S


def refuse(path: Path) -> str:
    """The one line with which a file is refused, soon."""
    with timed(), pytest.raises((ExportError, UsageError)) as caught:
        verify(path, FakeFrozen())
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 400
    return said


def repack(change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The exported Word document with its parts changed, and with further ones."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(DOCX)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
        for name, data in more.items():
            after.writestr(name, data)
    return out.getvalue()


def same(_: str, data: bytes) -> bytes:
    return data


@pytest.fixture
def save(tmp_path: Path) -> Callable[[bytes, str], Path]:
    def write(data: bytes, name: str = "b.docx") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


Save = Callable[..., Path]


def test_a_bomb_is_refused_before_it_is_unpacked(save: Save) -> None:
    bomb = repack(lambda name, data: b"<w>" + bytes(100_000_000) if "footnotes" in name else data)
    assert len(bomb) < 1_000_000
    assert "is no Word document that can be read" in refuse(save(bomb))


def test_a_bomb_whose_header_lies_is_refused(save: Save) -> None:
    """The directory says that the part has a hundred bytes; what is packed has 100 million."""
    bomb = bytearray(
        repack(lambda name, data: bytes(100_000_000) if name == "word/document.xml" else data)
    )
    for place in [n for n in range(len(bomb) - 4) if bomb[n : n + 4] in (b"PK\1\2", b"PK\3\4")]:
        at = 24 if bomb[place : place + 4] == b"PK\1\2" else 22
        if struct.unpack_from("<I", bomb, place + at)[0] == 100_000_000:
            struct.pack_into("<I", bomb, place + at, 100)
    assert "is no Word document that can be read" in refuse(save(bytes(bomb)))


def test_a_bomb_takes_little_memory(save: Save) -> None:
    path = save(repack(lambda name, data: bytes(100_000_000) if "footnotes" in name else data))
    tracemalloc.start()
    try:
        refuse(path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(save: Save, encoding: str) -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    bomb = repack(lambda name, data: laughs.encode(encoding) + data if "document" in name else data)
    assert "is no Word document that can be read" in refuse(save(bomb))


def test_a_giant_is_refused(save: Save, tmp_path: Path) -> None:
    giant = tmp_path / "giant.docx"
    with giant.open("wb") as file:
        file.write(b"PK\3\4")
        file.truncate(3_000_000_000)
    assert "too large" in refuse(giant)
    assert "too large" in refuse(save(b"x" * (MAX_TEXT + 1), "b.md"))
    assert "too large" in refuse(save(b"x" * (MAX_BYTES + 1), "b.html"))


def test_a_document_with_large_pictures_is_read(save: Save) -> None:
    data = repack(same, **{"word/media/picture.png": os.urandom(4_000_000)})
    assert verify(save(data), FakeFrozen()).stands


def test_a_foreign_document_is_refused_soon(save: Save) -> None:
    def foreign(name: str, data: bytes) -> bytes:
        return data.replace(b"sha256", b"md5") if name.startswith("word/") else b""

    def long(name: str, data: bytes) -> bytes:
        page = b"<w:p><w:r><w:t>It rained in Tarn.</w:t></w:r></w:p>" * 50_000
        return foreign(name, data).replace(b"<w:body>", b"<w:body>" + page)

    for change in (foreign, long):
        assert "no footnote that Dateline has written" in refuse(save(repack(change)))


@pytest.mark.parametrize(
    "data",
    [
        b"PK\3\4",
        b"PK\3\4" + b"junk" * 100,
        DOCX[:4000],
        DOCX[:-30],
        DOCX[:2000] + bytes(300) + DOCX[2300:],
        repack(lambda name, data: b"<not xml" if name == "word/document.xml" else data),
        repack(lambda name, data: b"" if name == "word/document.xml" else data),
        repack(lambda name, data: b"" if name == "[Content_Types].xml" else data[:200]),
    ],
)
def test_a_damaged_document_is_told_in_one_line(save: Save, data: bytes) -> None:
    refuse(save(data))


def test_other_files_are_told_in_one_line(save: Save, tmp_path: Path) -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert "holds no footnote" in refuse(save(b"", "empty.md"))
    assert "holds no footnote" in refuse(save(b"It rained.", "b.html"))
    assert "no Word document" in refuse(save(b"PK\3\4" + empty.getvalue(), "zip.docx"))
    assert "cannot be read" in refuse(tmp_path / "missing.docx")
    assert "is no file" in refuse(tmp_path)
    assert "no footnotes that could be checked" in refuse(save(b"[]", "b.json"))
    assert "no footnotes that could be checked" in refuse(save(b"@x{}", "b.bib"))
    assert "is no format" in refuse(save(b"%PDF-1.7", "b.pdf"))
    assert "is no text" in refuse(save(b"\x89PNG\r\n\x1a\n\0\0\0", "b.md"))
    assert "no Word document" in refuse(save(b"It rained.", "b.docx"))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "b.md")
    assert "is no file" in refuse(tmp_path / "b.md")


def test_a_name_with_line_breaks_or_a_nul_is_told_in_one_line(tmp_path: Path) -> None:
    refuse(tmp_path / "a\nb\x1b.md")
    refuse(tmp_path / "a\0b.md")


def test_the_files_kind_is_told_by_its_content(save: Save) -> None:
    assert verify(save(DOCX, "briefing.md"), FakeFrozen()).form == "docx"


def test_a_page_in_utf_16_is_read(save: Save) -> None:
    page = export_briefing(BRIEFING, "html").decode().encode("utf-16")
    assert verify(save(page, "b.html"), FakeFrozen()).stands


INTRICATE = [
    ("b.md", "sha256 " + "> " * 100_000),
    ("b.md", "sha256 " + "[" * 200_000),
    ("b.md", "sha256 " + "*a **b " * 100_000),
    ("b.md", "sha256 [^1]\n\n[^1]: " + "[^1]" * 50_000),
    ("b.html", "sha256 " + "<div>" * 100_000),
    ("b.html", "sha256 " + "<b>" * 100_000),
    ("b.html", "sha256 " + "<table><tr><td>" * 5_000),
]
#: Verifies each file that is named to it; prints the seconds and the KiB that one took at most.
WATCHED = """
import resource, sys, time
from pathlib import Path
import rag.brief.reading
from made_briefings import FakeFrozen
from rag.brief.verify import verify
from rag.errors import ExportError

rag.brief.reading.SECONDS, longest = 1.5, 0.0
for path in sys.argv[1:]:
    start = time.monotonic()
    try:
        verify(Path(path), FakeFrozen())
    except ExportError:
        longest = max(longest, time.monotonic() - start)
        continue
    sys.exit(f"{path} was read")
print(longest, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_intricate_files_are_given_up_in_time_and_within_a_bounded_memory(save: Save) -> None:
    # In a process of its own: the system tells the most that any child of a process took.
    files = [save(text.encode(), f"{n}-{name}") for n, (name, text) in enumerate(INTRICATE)]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(str, files)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seconds, size = map(float, done.stdout.split())
    assert seconds < 10
    assert size * (1 if sys.platform == "darwin" else 1024) < 700_000_000


def test_what_pandoc_gets_holds_no_pictures_and_no_other_files(save: Save) -> None:
    data = repack(same, **{"word/media/a.png": b"x", "word/embeddings/b.bin": b"y"})
    parts = zipfile.ZipFile(io.BytesIO(open_export(save(data)).data)).namelist()
    assert all(part.endswith((".xml", ".rels")) for part in parts)
