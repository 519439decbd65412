"""Feeds whose markup does not close: what is lost is named, and no two articles become one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.readers import read_articles
from rag.types import Draft

BODY = "The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said."
HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>Example Times</title>'
END = "</channel></rss>"
FIELDS = "<title>Broken</title><link>https://example.com/broken</link>"


def item(name: str, words: str = BODY) -> str:
    link = f"<link>https://example.com/{name}</link>"
    return f"<item><title>{name}</title>{link}<description>{words}</description></item>\n"


def read(path: Path, feed: str, encoding: str = "utf-8") -> tuple[list[str], list[str]]:
    """The titles of the articles, and why parts were passed over; each has its own address."""
    path.write_bytes(feed.encode(encoding))
    events = list(read_articles(path))
    drafts = [event for event in events if isinstance(event, Draft)]
    assert all((draft.url or "").endswith(f"/{draft.title.lower()}") for draft in drafts), drafts
    assert all(draft.text == BODY for draft in drafts), drafts
    reasons = [event.reason for event in events if isinstance(event, Skipped)]
    return [draft.title for draft in drafts], reasons


@pytest.mark.parametrize(
    "broken",
    [
        f"<item>{FIELDS}<description><![CDATA[{BODY}</description></item>",
        f"<item>{FIELDS}<description><!-- {BODY}</description></item>",
        f"<item>{FIELDS}<description>{BODY}",
        "<item><title>Broken",
    ],
)
def test_an_entry_that_does_not_close_costs_itself_alone(tmp_path: Path, broken: str) -> None:
    feed = HEAD + item("one") + broken + item("two", f"<![CDATA[{BODY}]]>") + item("three") + END
    titles, [lost] = read(tmp_path / "a.rss", feed)
    assert titles == ["one", "two", "three"]
    assert lost.startswith("1 of 4 entries could not be read")


def test_an_entry_whose_fields_close_is_read_without_its_end(tmp_path: Path) -> None:
    feed = HEAD + (item("one") + item("two")).replace("</item>", "") + item("three") + END
    assert read(tmp_path / "a.rss", feed) == (["one", "two", "three"], [])


@pytest.mark.parametrize("opening", ["<!-- an advert ", "<![CDATA["])
def test_what_does_not_close_between_entries_hides_none(tmp_path: Path, opening: str) -> None:
    feed = HEAD + opening + item("one") + opening + item("two") + END
    assert read(tmp_path / "a.rss", feed) == (["one", "two"], [])


def test_an_entry_in_a_comment_or_in_words_is_none(tmp_path: Path) -> None:
    page = f"<![CDATA[<p><!-- <item> -->{BODY}</p>]]>"
    feed = f"{HEAD}<!-- {item('old')} -->{item('one', page)}<!-- <item> -->{END}"
    assert read(tmp_path / "a.rss", feed) == (["one"], [])


def test_entries_of_an_atom_feed_are_counted_as_well(tmp_path: Path) -> None:
    entry = item("one").replace("item>", "entry>").replace("description>", "content>")
    entry = entry.replace("<link>https://example.com/one</link>", '<link href="https://e.de/one"/>')
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Example Times</title>'
    broken = "<entry><title>Broken</title><content>words"
    titles, [lost] = read(tmp_path / "a.atom", head + entry + broken + entry + "</feed>")
    assert titles == ["one", "one"] and lost.startswith("1 of 3 entries")


def test_entries_that_are_lost_in_utf_16_are_named(tmp_path: Path) -> None:
    feed = HEAD.replace("1.0", '1.0" encoding="utf-16', 1) + item("one")
    titles, [lost] = read(tmp_path / "a.rss", f"{feed}<!-- {item('two')}{END}", "utf-16")
    assert titles == ["one"] and lost.startswith("1 of 2 entries")


def test_the_last_entry_of_a_feed_that_breaks_off_is_not_half_read(tmp_path: Path) -> None:
    path = tmp_path / "a.rss"
    path.write_text(HEAD + item("one") + item("two")[:-40])
    events = read_articles(path)
    first, lost = next(events), next(events)
    assert isinstance(first, Draft) and first.title == "one"
    assert isinstance(lost, Skipped) and lost.reason.startswith("1 of 2 entries")
    with pytest.raises(UnreadableFile, match="breaks off"):
        next(events)
