"""From the records of an export, a spreadsheet or a feed to articles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.errors import UnreadableFile, one_line
from rag.ingest.columns import find_roles, fold
from rag.ingest.drafting import draft_from_lines
from rag.ingest.files import Skipped
from rag.ingest.formats import MAX_PARTS
from rag.ingest.fragments import make_plain
from rag.ingest.garbled import mend_garbled
from rag.ingest.html_head import is_address, read_name, without_outlet
from rag.ingest.language_names import code_language
from rag.ingest.lines import read_lines
from rag.ingest.moments import Order, explain_left_out, read_moment, settle_order
from rag.ingest.stated import COLUMNS, Stated
from rag.types import Draft

NO_TEXT = "it has no text, as in a list of links"
ONLY_TITLE = "it has a title but no text"
ONLY_SUMMARY = "It is only a summary: its whole text is not in the file."

#: NewsAPI cuts its texts and says by how much.
_CUT = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+?(?P<count>[\d,]+) chars\]\s*$")
#: Columns that only Factiva's snapshots have: the snippet there is the text's first paragraph.
_FACTIVA = frozenset(map(fold, ("an", "source_code", "publication_datetime", "ingestion_datetime")))

#: What spreadsheets put where there is nothing.
_NOTHING = frozenset(("", "nan", "none", "null", "n/a", "na", "-", "[]", "{}", "nat"))

#: Records that are looked at to settle whether days come before months, and their size
#: (characters).
_LOOKED_AT, _LOOKED_SIZE = 2000, 20_000_000
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A record: what its columns hold, by their names; `part` is its number in the file."""

    part: str
    values: Mapping[str, object]
    warnings: tuple[str, ...] = ()


Rows = Iterator[Row | Skipped]


def read_rows(
    open_rows: Callable[[], Rows], path: Path, origin: str = COLUMNS
) -> Iterator[Draft | Skipped]:
    """The articles in the rows, and those rows that hold none with the reason.

    `open_rows` may be called twice: dates that read two ways are settled by the others. Raises
    `UnreadableFile` at the end where there are more than are read.
    """
    reading = _Reading(open_rows, path, origin)
    for number, row in enumerate(open_rows(), start=1):
        if number > MAX_PARTS:
            raise UnreadableFile(
                f"Nothing behind its first {MAX_PARTS:,} records was read.",
                "Split it into several files.",
            )
        if isinstance(row, Skipped):
            yield row
            continue
        try:
            yield reading.read(row)
        except UnreadableFile as error:
            yield Skipped(row.part, error.problem)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (one record's surprise must not cost the others)
            said = f"{type(error).__name__}: {one_line(str(error))[:100]}"
            yield Skipped(row.part, f"it cannot be read ({said})")


@dataclass
class _Reading:
    open_rows: Callable[[], Rows]
    path: Path
    origin: str
    orders: dict[str, Order | None] = field(default_factory=dict)

    def read(self, row: Row) -> Draft:
        values, garbled = mend_garbled(flatten(row.values))
        record = _Record(values)
        text, warnings = record.text()
        stated, more = self._state(record)
        lines = read_lines(make_plain(text))
        draft = draft_from_lines(
            self.path, stated, lines, [*row.warnings, *garbled, *warnings, *more]
        )
        return replace(draft, part=row.part)

    def _state(self, record: _Record) -> tuple[Stated, list[str]]:
        days, warnings = {}, []
        for role in ("published", "updated"):
            name, value = record.named(role)
            moment = read_moment(value) if value else None
            if moment and moment.ambiguous:
                moment = read_moment(value, self._order(name))
            if moment and moment.ambiguous:
                warnings.append(explain_left_out(moment.ambiguous))
            days[role] = moment.day if moment else None
        return record.state(**days).said_by(self.origin), warnings

    def _order(self, column: str) -> Order | None:
        if column not in self.orders:
            values: list[object] = []
            with suppress(UnreadableFile):  # it breaks off: what stands before tells as well
                values.extend(self._values(column))
            self.orders[column] = settle_order(values)
        return self.orders[column]

    def _values(self, column: str) -> Iterator[object]:
        size = 0
        for number, row in enumerate(self.open_rows()):
            if number >= _LOOKED_AT or size > _LOOKED_SIZE:
                return
            if isinstance(row, Row):
                size += sum(len(str(value)) for value in row.values.values())
                yield flatten(row.values).get(column, "")


class _Record:
    """The values of a record, by what they are to an article."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.roles: dict[str, list[tuple[int, str]]] = {}
        for name in values:
            for role, place in find_roles(name):
                self.roles.setdefault(role, []).append((place, name))

    def named(self, role: str) -> tuple[str, str]:
        """The column that has a role and its value: the first with one."""
        for _, name in sorted(self.roles.get(role, [])):
            if self.values[name].strip().lower() not in _NOTHING:
                return name, self.values[name]
        return "", ""

    def value(self, role: str) -> str:
        return self.named(role)[1]

    def text(self) -> tuple[str, list[str]]:
        """The words of the article, and what is odd about them."""
        text, summary = self.value("text"), self.value("summary")
        if not text:
            text = "\n\n".join(filter(None, (self.value("lead"), self.value("rest"))))
        if text and summary and self._is_factiva() and summary[:100] not in text:
            text = f"{summary}\n\n{text}"
        if cut := _CUT.search(text[-60:]):
            text = text[: -len(cut.group())]
            return text, [f"Its text is cut: {cut['count']} characters of it are not in the file."]
        if text:
            return text, []
        if summary:
            return summary, [ONLY_SUMMARY]
        raise UnreadableFile(ONLY_TITLE if self.value("title") else NO_TEXT)

    def _is_factiva(self) -> bool:
        return any(fold(name) in _FACTIVA for name in self.values)

    def state(self, **days: object) -> Stated:
        title, url = _line(self.value("title")), self.value("url").strip()
        outlet = _outlet(self.value("outlet"))
        return Stated(
            title=without_outlet(title, outlet) if re.search(r"\w", title) else None,
            author=_names(self.value("author")),
            outlet=outlet,
            url=url if is_address(url) else None,
            section=_line(_unlisted(self.value("section")).split(";")[0])[:80] or None,
            language=code_language(self.value("language")),
            **days,  # type: ignore[arg-type]
        )


def flatten(values: Mapping[str, object], depth: int = 0) -> dict[str, str]:
    """The values as words, those of objects within under “outer.inner”; the first one counts."""
    inner = values.get("_source")
    if depth == 0 and isinstance(inner, dict):  # as Elasticsearch dumps them
        values = inner
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and depth < _DEEPEST:
            for key, words in flatten(value, depth + 1).items():
                flat.setdefault(f"{name}.{key}", words)
        else:
            flat.setdefault(str(name), _words(value))
    return flat


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        names = [one.get("name") if isinstance(one, dict) else one for one in value[:10_000]]
        words = [one for one in names if isinstance(one, str) and one.strip()]
        # Paragraphs stand apart, names beside each other.
        return ("\n\n" if any(len(one) > 100 for one in words) else "; ").join(words)
    return "" if value is None or isinstance(value, (bool, Mapping)) else str(value)


def _line(value: str) -> str:
    return " ".join(make_plain(value[:2000]).split())


def _unlisted(value: str) -> str:
    """The values of a list that was written out as Python does: “['A', 'B']”."""
    if not re.match(r"\[\s*['\"]", value):
        return value
    return "; ".join(re.findall(r"['\"]([^'\"]+)['\"]", value[:2000]))


def _names(value: str) -> str | None:
    parts: Sequence[str] = re.split(r"\s*;\s*", _line(_unlisted(value)))[:20]
    names = [read_name(part) for part in parts if part]
    return ", ".join(dict.fromkeys(filter(None, names))) or None


def _outlet(value: str) -> str | None:
    found = re.search(r"['\"]name['\"]\s*:\s*['\"]([^'\"]+)", value) if value[:1] == "{" else None
    name = _line(found[1] if found else value).removeprefix("www.")
    return None if not name or is_address(name) else name[:120]
