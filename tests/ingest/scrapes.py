"""A plain-text scrape of an invented article, with whatever stands around it."""

from __future__ import annotations

from pathlib import Path

from rag.ingest.readers import read_text_file
from rag.types import Draft

BODY = """The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said.

It cost 41 million crowns and took eleven years to build, according to the Ministry of Waters.

“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony.

Environmental groups said the barrier would hurt the seal colony. They plan to sue."""

PARAGRAPHS = BODY.split("\n\n")


def read(text: str) -> Draft:
    return read_text_file(text.encode(), Path("article.txt"))


def around(
    before: str = "", after: str = "", title: str = "Portwell opens its third barrier"
) -> Draft:
    return read(f"{title}\n\n{before}\n\n{BODY}\n\n{after}\n")
