"""Articles in a news feed: RSS and Atom."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.records import Row, Rows, read_rows
from rag.ingest.sources import Source
from rag.ingest.stated import FEED
from rag.types import Draft

#: Elements of a feed: more hold up its parser.
_MOST_TAGS = 400_000

#: What is no markup: sections of words and comments, each to its end. One that does not close
#: before the next begins is none of them, and hides whatever is behind it from a parser.
_HIDDEN = (
    re.compile(rb"<!\[CDATA\[(?:(?!<!\[CDATA\[).)*?\]\]>", re.DOTALL),
    re.compile(rb"<!--(?:(?!<!--).)*?-->", re.DOTALL),
)
_UNCLOSED = re.compile(rb"<!\[CDATA\[|<!--")
_BEGINS = re.compile(rb"<((?:atom:|rss:)?(?:item|entry))(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE)
_TAG = re.compile(rb"<(/?)([^\s<>/!?]+)[^<>]*?(/?)>")


def read_feed(source: Source) -> Iterator[Draft | Skipped]:
    """The articles in a feed. Raises `UnreadableFile` for XML of any other kind."""
    data = source.load()
    if not re.search(rb"<(?:\w+:)?(?:rss|feed|RDF|channel)\b", data[:20_000].replace(b"\0", b"")):
        raise _no_feed()
    if data.count(b"<") > _MOST_TAGS:
        raise UnreadableFile("The feed has too many elements.", "Split it into several files.")
    import feedparser

    begun, whole = _take_whole(data)
    # As a file: words that look like an address would be fetched.
    parsed: Any = feedparser.parse(
        io.BytesIO(whole),
        response_headers={"content-type": "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.version and not parsed.entries:
        raise _no_feed()
    yield from read_rows(lambda: _rows(parsed), source.path, FEED)
    if len(parsed.entries) < begun:
        lost = begun - len(parsed.entries)
        yield Skipped(
            "", f"{lost:,} of {begun:,} entries could not be read: their markup is broken"
        )
    if not re.search(rb"</(?:\w+:)?(?:rss|feed|RDF|channel)\s*>", data.replace(b"\0", b"")[-5000:]):
        raise UnreadableFile("The feed breaks off: its end is missing.", "Save it anew.")


def _take_whole(data: bytes) -> tuple[int, bytes]:
    """How many entries begin in a feed, and the feed without those that do not close: a parser
    would put into them what belongs to the ones behind."""
    marked = data
    for hidden in _HIDDEN:
        marked = hidden.sub(lambda found: b" " * len(found.group()), marked)
    found = list(_BEGINS.finditer(marked))
    if not found:
        return len(_BEGINS.findall(marked.replace(b"\0", b""))), data  # as in UTF-16
    name = found[0][1]
    begins = [begin.start() for begin in found if begin[1] == name]
    pieces = [_until_unclosed(data, marked, 0, begins[0])]
    closing = re.compile(rb"</%s\s*>" % re.escape(name))
    for start, end in pairwise([*begins, len(data)]):
        closed = closing.search(marked, start, end)
        last = closed.end() if closed else end
        if _UNCLOSED.search(marked, start, last):
            continue
        if closed or _closes_all(marked[start:end], name):
            pieces.append(data[start:last])
            # What is between two entries belongs to the feed.
            pieces.append(_until_unclosed(data, marked, last, end))
    return len(begins), b"".join(pieces)


def _until_unclosed(data: bytes, marked: bytes, start: int, end: int) -> bytes:
    unclosed = _UNCLOSED.search(marked, start, end)
    return data[start : unclosed.start() if unclosed else end]


def _closes_all(entry: bytes, name: bytes) -> bool:
    """Whether all fields of an entry close that has no end itself."""
    tags = _TAG.findall(entry)
    opened = Counter(tag for end, tag, empty in tags if not end and not empty and tag != name)
    return not opened - Counter(tag for end, tag, _ in tags if end)


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
