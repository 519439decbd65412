"""The YAML between `---` lines that an article may open with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from rag.ingest.dates import parse_date
from rag.ingest.language_names import code_language
from rag.ingest.stated import FRONT_MATTER, Stated

#: Longer front matter is text between two rules (characters).
_LONGEST = 64_000

_BLOCK = re.compile(
    r"---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_KEY = re.compile(r"\s*(?:#.*\n\s*)*[\w][\w .-]{0,40}:(?:\s|$)")

#: A key with a value on its line that is no YAML of another sort: a tag, an alias, a list.
_LINE = re.compile(r"(?P<key>[\w][\w .-]{0,40}):[ \t]+(?P<value>[^\s!&*|>{\[].*?)\s*$")

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
#: A link of Obsidian's, whose clipper writes authors so: “[[Ann Bee]]”, “[[people/ann|Ann Bee]]”.
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")

#: What YAML writes where there is nothing.
_NOTHING = ("", "~", "null", "none")

_NAMES = {
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "site", "publisher", "publication"),
    "author": ("author", "authors", "byline"),
    "published": ("published", "date", "published_at"),
    "updated": ("updated", "modified", "updated_at"),
    "url": ("url", "link", "source"),
    "section": ("section", "category", "desk"),
    "language": ("language", "lang"),
}


class _Words(yaml.SafeLoader):
    """YAML whose plain values stay words: a wrong date must not spoil the others."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the name and the type are the library's

    def compose_node(self, parent: Any, index: Any) -> Any:
        # Aliases of aliases grow without end: a few lines could hold up a whole run.
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def split_front_matter(text: str) -> tuple[Stated, str]:
    """What the front matter states, and the text after it.

    Front matter that is no YAML is read line by line, since a headline may hold a colon; what is no
    front matter at all stays in the text.
    """
    block = _BLOCK.match(text.lstrip("\n")[: _LONGEST + 8])
    if block is None or not _KEY.match(block["yaml"]):
        return Stated(), text
    body = text.lstrip("\n")[block.end() :]
    fields = load_fields(block["yaml"])
    stated = read_fields(fields).said_by(FRONT_MATTER)
    bad = (f"Its date “{day}” is not written as 2022-03-14." for day in find_bad_dates(fields))
    return replace(stated, warnings=tuple(bad)), body


def load_fields(source: str) -> Mapping[str, object]:
    """The fields of a YAML mapping by their names in lower case, their values as words."""
    loader = None
    try:
        loader = _Words(source)
        value = loader.get_single_data()
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return _read_lines(source)
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(value, dict):
        return _read_lines(source)
    return {str(key).strip().lower(): item for key, item in value.items()}


def _read_lines(source: str) -> dict[str, object]:
    """What each line says whose value begins on it: “title: Ferry: toll climbs to 23”."""
    found = (_LINE.match(line) for line in source.splitlines())
    return {line["key"].strip().lower(): line["value"].strip("\"'") for line in found if line}


def read_fields(values: Mapping[str, object]) -> Stated:
    """What the fields of front matter state, whoever wrote them; their origin is left open."""

    def every(field: str) -> list[str]:
        return list(filter(None, (_words(values.get(name)) for name in _NAMES[field])))

    def words(field: str) -> str | None:
        return next(iter(every(field)), None)

    def day(field: str) -> date | None:
        return next(filter(None, (parse_date(values.get(name)) for name in _NAMES[field])), None)

    return Stated(
        title=words("title"),
        outlet=next((name for name in every("outlet") if not _ADDRESS.match(name)), None),
        author=_LINK.sub(r"\1", words("author") or "") or None,
        published=day("published"),
        updated=day("updated"),
        url=next(filter(_ADDRESS.match, every("url")), None),
        section=words("section"),
        language=code_language(words("language")) or words("language"),
    )


def find_bad_dates(values: Mapping[str, object]) -> list[str]:
    """What the fields of front matter give as a day that is none."""
    given = _given(values, (*_NAMES["published"], *_NAMES["updated"]))
    return [str(value)[:40] for value in given if parse_date(value) is None]


def find_bad_addresses(values: Mapping[str, object]) -> list[str]:
    """What the fields of front matter give as the address of a page that is none."""
    given = map(str, _given(values, ("url", "link")))
    return [value[:40] for value in given if not _ADDRESS.match(value.strip())]


def _given(values: Mapping[str, object], names: Sequence[str]) -> list[object]:
    given = filter(None, map(values.get, names))
    return [value for value in given if str(value).strip().lower() not in _NOTHING]


def _words(value: object) -> str | None:
    """A value, or a list of values, as one line of words; None where it is empty or nested."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value[:20]))) if _is_flat(value) else None
    if not isinstance(value, str) or value.strip().lower() in _NOTHING:
        return None
    return " ".join(value.split())


def _is_flat(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)
