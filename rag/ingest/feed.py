"""Articles in a news feed: RSS and Atom."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.records import Row, Rows, read_rows
from rag.ingest.sources import Source
from rag.ingest.stated import FEED
from rag.types import Draft

#: Elements of a feed: more hold up its parser.
_MOST_TAGS = 400_000


def read_feed(source: Source) -> Iterator[Draft | Skipped]:
    """The articles in a feed. Raises `UnreadableFile` for XML of any other kind."""
    data = source.load()
    if not re.search(rb"<(?:\w+:)?(?:rss|feed|RDF|channel)\b", data[:20_000].replace(b"\0", b"")):
        raise _no_feed()
    if data.count(b"<") > _MOST_TAGS:
        raise UnreadableFile("The feed has too many elements.", "Split it into several files.")
    import feedparser

    # As a file: words that look like an address would be fetched.
    parsed: Any = feedparser.parse(
        io.BytesIO(data),
        response_headers={"content-type": "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.version and not parsed.entries:
        raise _no_feed()
    yield from read_rows(lambda: _rows(parsed), source.path, FEED)
    if not re.search(rb"</(?:\w+:)?(?:rss|feed|RDF|channel)\s*>", data.replace(b"\0", b"")[-5000:]):
        raise UnreadableFile("The feed breaks off: its end is missing.", "Save it anew.")


def _rows(parsed: Any) -> Rows:
    feed = parsed.feed
    for number, entry in enumerate(parsed.entries, start=1):
        yield Row(str(number), {key: value for key, value in _fields(feed, entry) if value})


def _fields(feed: Mapping[str, Any], entry: dict[str, Any]) -> Iterator[tuple[str, object]]:
    contents = [one for one in entry.get("content", []) if "value" in one]
    yield "title", entry.get("title")
    yield "text", max((one["value"] for one in contents), key=len, default=None)
    yield "summary", entry.get("summary")
    yield "url", entry.get("link")
    yield "author", entry.get("author")
    yield "outlet", (entry.get("source") or {}).get("title") or feed.get("title")
    yield "published", entry.get("published")
    # Not by the library's own look-up, which gives the one for the other.
    yield "updated", dict.get(entry, "updated")
    yield "section", next((tag.get("term") for tag in entry.get("tags", [])), None)
    spoken = next((one.get("language") for one in contents if one.get("language")), None)
    yield "language", entry.get("language") or spoken or feed.get("language")


def _no_feed() -> UnreadableFile:
    return UnreadableFile(
        "It is XML, but no news feed.", "Save the article as a page, as text or as PDF."
    )
