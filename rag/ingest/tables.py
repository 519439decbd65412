"""Articles in the rows of a spreadsheet: .csv and .tsv, and Excel's “Unicode text” (.txt).

A quotation mark that is never closed would take in all the rows behind it: reading goes on at the
next line that has the width of a row, and what was lost is named.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from rag.errors import UnreadableFile
from rag.ingest.columns import find_roles
from rag.ingest.files import Skipped
from rag.ingest.formats import MAX_RECORD, TOO_LARGE
from rag.ingest.html_head import is_address
from rag.ingest.moments import read_moment
from rag.ingest.records import Row, Rows, read_rows
from rag.ingest.sources import Source, mend_cells, open_text
from rag.types import Draft

_DELIMITERS = ",;\t|"
#: Broken places after which the rest is given up, and lines looked at behind each.
_MOST_BROKEN, _LOOKED_AT, _LONGEST_RECORD = 100, 5000, 200
#: How much of a file tells its columns (characters).
_HEAD = 1 << 16
#: Columns beyond which a table is none of articles.
_WIDEST = 2000

QUOTES = "its quotation marks do not close, or the columns are more or fewer than in the first row"


def read_table(source: Source) -> Iterator[Draft | Skipped]:
    """The articles in the rows of a table, its columns told by their names in the first row.

    Raises `UnreadableFile` where no column is known, and where too many rows are broken.
    """
    columns, delimiter = _find_columns(source)

    def open_rows() -> Rows:
        text, warnings = open_text(source, newline="")
        with text:
            yield from _read(text, columns, delimiter, warnings)

    yield from read_rows(open_rows, source.path)


def is_export(source: Source) -> bool:
    """Whether the first row names at least a title and a text, with tabs between its names."""
    try:
        columns, delimiter = _find_columns(source)
    except UnreadableFile:
        return False
    roles = {role for name in columns for role, _ in find_roles(name)}
    return delimiter == "\t" and "title" in roles and bool(roles & {"text", "rest"})


def _find_columns(source: Source) -> tuple[list[str], str]:
    """The names in the first row and what parts them: the sign that gives most known names."""
    text, _ = open_text(source, newline="")
    with text:
        head = io.StringIO(text.read(_HEAD), newline="")
    first = [line for line in head if not _is_remark(line)]
    heads = [(_first_row(first, delimiter), delimiter) for delimiter in _DELIMITERS]
    columns, delimiter = max(heads, key=lambda head: (_known(head[0]), len(head[0])))
    if not _known(columns):
        shown = ", ".join(name.strip()[:30] for name in columns[:6])
        raise UnreadableFile(
            f"None of its columns is known to hold articles: {shown}.",
            "Call the columns of title, text, date and outlet “title”, “text”, “date”, “source”.",
        )
    return columns, delimiter


def _first_row(lines: Sequence[str], delimiter: str) -> list[str]:
    try:
        row = next(filter(None, csv.reader(lines, delimiter=delimiter, strict=True)), [])
    except csv.Error:
        return []
    return [name.strip().removeprefix("\ufeff") for name in row[:_WIDEST]]


def _known(columns: Sequence[str]) -> int:
    roles = [role for name in columns for role, _ in find_roles(name)]
    return len(set(roles)) if {"text", "rest", "lead", "summary", "title"} & set(roles) else 0


def _is_remark(line: str) -> bool:
    """Whether the line is Excel's word about what parts the columns, or blank."""
    return re.fullmatch(r"(?:\ufeff?\"?sep=.\"?)?\s*", line, re.IGNORECASE) is not None


def _read(text: TextIO, columns: Sequence[str], delimiter: str, warnings: tuple[str, ...]) -> Rows:
    table = _Table(_Lines(text), columns, delimiter)
    number = -1  # of the first row, which names the columns
    for record in table.records():
        if isinstance(record, Skipped):
            yield record
            continue
        number += 1
        if number:
            yield _row(str(number), columns, record, warnings)


def _row(
    part: str, columns: Sequence[str], record: Sequence[str], warnings: tuple[str, ...]
) -> Row | Skipped:
    try:
        cells, more = mend_cells(record)
    except UnreadableFile as error:
        return Skipped(part, error.problem)
    values: dict[str, object] = {}
    for name, value in zip(columns, cells, strict=False):
        if value.strip():
            values.setdefault(name, value)
    return Row(part, values, (*warnings, *more))


@dataclass
class _Lines:
    """The lines of a file for csv, which remembers those of the record that is being read."""

    text: TextIO
    waiting: deque[str] = field(default_factory=deque)
    taken: list[str] = field(default_factory=list)
    size: int = 0
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else self.text.readline(MAX_RECORD)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.number += 1
        self.size += len(line)
        if self.size >= MAX_RECORD:
            raise UnreadableFile(TOO_LARGE)
        return line

    def start_record(self) -> None:
        self.taken, self.size = [], 0

    def look_ahead(self, first: int, last: int) -> Sequence[str]:
        """The lines of the record and behind it, as far as there are any."""
        while len(self.taken) < last and self.size < 2 * MAX_RECORD:
            line = self.waiting.popleft() if self.waiting else self.text.readline(MAX_RECORD)
            if not line:
                break
            self.taken.append(line)
            self.number += 1
            self.size += len(line)
        return self.taken[first:last]

    def put_back(self, first: int) -> None:
        """Lets the lines of the record from the `first` on be read once more."""
        self.waiting.extendleft(reversed(self.taken[first:]))
        self.number -= len(self.taken) - first
        self.start_record()


class _Table:
    def __init__(self, lines: _Lines, columns: Sequence[str], delimiter: str) -> None:
        self.lines = lines
        self.width = len(columns)
        self.delimiter = delimiter
        names = [{role for role, _ in find_roles(name)} for name in columns]
        self.dates = [at for at, roles in enumerate(names) if "published" in roles]
        self.addresses = [at for at, roles in enumerate(names) if "url" in roles]

    def records(self) -> Iterator[list[str] | Skipped]:
        broken = 0
        reader = self._reader()
        while True:
            self.lines.start_record()
            first = self.lines.number + 1
            try:
                record, fault = next(reader), None
            except StopIteration:
                return
            except csv.Error:
                record, fault = [], QUOTES
            except UnreadableFile as error:
                record, fault = [], error.problem
            if fault is None and (not record or self._fits(record)):
                if record and not (len(self.lines.taken) == 1 and _is_remark(self.lines.taken[0])):
                    yield record
                continue
            broken += 1
            if broken == _MOST_BROKEN:
                raise UnreadableFile(
                    f"{broken} of its rows are broken, the last at line {first}; nothing behind it"
                    " was read.",
                    "Save it anew as CSV, with a quotation mark within a value doubled.",
                )
            yield Skipped(f"line {first}", fault or QUOTES)
            self._go_on()
            reader = self._reader()

    def _reader(self, lines: Iterator[str] | None = None) -> Iterator[list[str]]:
        csv.field_size_limit(MAX_RECORD)
        return csv.reader(lines or self.lines, delimiter=self.delimiter, strict=True)

    def _fits(self, record: Sequence[str]) -> bool:
        """Whether it has a row's width; a row in one line may leave out its last, empty cells."""
        if len(record) > self.width:
            return not any(record[self.width :])
        return len(record) == self.width or len(self.lines.taken) == 1

    def _go_on(self) -> None:
        """Goes to the next line that begins a row, past what is left of a broken one."""
        for first in range(1, _LOOKED_AT):
            lines = self.lines.look_ahead(first, first + _LONGEST_RECORD)
            if not lines:
                return
            if self._begins_row(lines):
                self.lines.put_back(first)
                return

    def _begins_row(self, lines: Sequence[str]) -> bool:
        own = _Lines(io.StringIO(""), deque(lines))
        try:
            record = next(self._reader(own), [])
        except (csv.Error, UnreadableFile):
            return False
        # The end of a broken row may have the width of one, but has a mark too many.
        if len(record) != self.width or "".join(own.taken).count('"') % 2:
            return False
        dated = any(read_moment(record[at]) != read_moment("") for at in self.dates)
        addressed = any(is_address(record[at]) for at in self.addresses)
        return dated or addressed or not (self.dates or self.addresses)
