"""Downloads of news databases: many documents in one text, each read as a record of its own.

Three forms are known, by lines of their own in the form's order:

- numbered (`lexis`): “2 of 3 DOCUMENTS”, outlet, date, headline, BYLINE:, SECTION:, LENGTH:, the
  text, LOAD-DATE:, LANGUAGE: … In older ones the copyright comes first, and HEADLINE: and BODY: are
  written out.
- ended, of Nexis Uni and Lexis+ (`lexis`): headline, outlet, date, “Copyright 2024 …”, Section:,
  Length:, Byline:, “Body”, the text, Load-Date:, “End of Document”. A cover that lists them may go
  before.
- coded (`factiva`): HD, BY, WC, PD, SN … with LP and TD for the text and AN, “Document ABC02024…”,
  at the end; each code on a line of its own, or before its value.

A text is a download where at least one document has all the marks of its form. The day of loading
is never taken for that of publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from rag.errors import UnreadableFile
from rag.ingest.documents import ACCESSION, END, MARK, NUMBERED, Form, Lines, join
from rag.ingest.factiva import CODED
from rag.ingest.files import Skipped
from rag.ingest.lexis import ENDED, NUMBERED_FORM
from rag.ingest.lines import Line, tidy
from rag.ingest.records import Row, Rows, read_rows
from rag.ingest.stated import DOWNLOAD
from rag.types import Draft

CUT = "Its end is missing: its text may be cut."
UNSPLIT = "It looks like a download from a news database, but its documents cannot be told apart."

OpenRows = Callable[[], Rows]


def find_download(text: str, warnings: tuple[str, ...] = ()) -> OpenRows | None:
    """What opens the documents of a download as rows; None for any other text.

    Raises `UnreadableFile` for what seems to be a download and cannot be split.
    """
    text = tidy(text)
    if not MARK.search(text):
        return None
    lines = [Line(line, bool(above)) for above, line in pairwise(["", *text.split("\n")]) if line]
    for form in (NUMBERED_FORM, ENDED, CODED):
        parts = list(form.split(lines))
        if any(map(form.is_sure, parts)):
            return partial(_open, form, parts, warnings)
    _check_single(lines)
    return None


def read_download(open_rows: OpenRows, path: Path) -> Iterator[Draft | Skipped]:
    """The articles in a download, and the documents that hold none.

    Raises `UnreadableFile` at the end where the last document breaks off.
    """
    yield from read_rows(open_rows, path, DOWNLOAD)


def _open(form: Form, parts: Sequence[Lines], warnings: tuple[str, ...]) -> Rows:
    whole = [form.is_whole(part) for part in parts]
    for number, part in enumerate(parts, start=1):
        # The only document of a file is the file's own article.
        label = str(number) if len(parts) > 1 else ""
        try:
            document = form.read(part)
        except UnreadableFile as error:
            yield Skipped(label, error.problem)
            continue
        cut = () if whole[number - 1] else (CUT,)
        yield Row(label, {**document.values, "text": join(document.text)}, (*warnings, *cut))
    if not whole[-1]:
        raise UnreadableFile(f"It breaks off in document {len(parts)}.", "Download it anew.")


def _check_single(lines: Lines) -> None:
    """Raises `UnreadableFile` where marks of several documents stand in what is no known form."""
    texts = [line.text for line in lines]
    numbers = [found["all"] for found in map(NUMBERED.fullmatch, texts) if found]
    accessions = sum(ACCESSION.fullmatch(text) is not None for text in texts)
    if set(numbers) - {"1"} or texts.count(END) > 1 or accessions > 1:
        raise UnreadableFile(UNSPLIT, "Download it anew, or save each document in its own file.")
