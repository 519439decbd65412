"""Pages at which a parser stops by itself: they are read whole or refused, and never in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import UnreadableFile
from rag.ingest.fragments import read_fragment
from rag.ingest.readers import read_html_file

FIRST = "The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said."
LAST = "“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony on the quay."


def nest(depth: int) -> str:
    inner = "<div>" * depth + "<p>Deep within.</p>" + "</div>" * depth
    return f"<p>{FIRST}</p>{inner}<p>{LAST}</p>"


def read(body: str) -> str:
    page = f"<html><head><title>Head</title></head><body><article>{body}</article></body></html>"
    return read_html_file(page.encode(), Path("a.html")).text


@pytest.mark.parametrize("depth", [200, 300, 1900])
def test_what_is_behind_deep_elements_is_read(depth: int) -> None:
    assert read(nest(depth)).split("\n\n") == [FIRST, "Deep within.", LAST]
    assert read_fragment(nest(depth)).split("\n\n") == [FIRST, "Deep within.", LAST]


def test_what_is_behind_a_large_picture_in_the_page_is_read() -> None:
    picture = f"<img src='data:image/png;base64,{'QUJD' * 3_000_000}'>"
    body = f"<p>{FIRST}</p>{picture}<p>{LAST}</p>"
    assert read(body).split("\n\n") == [FIRST, LAST]
    assert read_fragment(body).split("\n\n") == [FIRST, LAST]


def test_what_nests_deeper_than_is_read_is_refused() -> None:
    for reading in (read, read_fragment):
        with pytest.raises(UnreadableFile, match="too deep"):
            reading(nest(3000))
