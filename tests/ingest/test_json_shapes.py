"""JSON in any shape: no article in it is lost, and nothing else is taken for one."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.json_export import read_json
from rag.ingest.readers import read_articles
from rag.ingest.sources import Source
from rag.types import Draft

BODY = "The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said."
LINK = "https://example.com/"


def record(name: str, **more: object) -> dict[str, object]:
    return {"title": f"Story {name}", "text": BODY, "url": f"{LINK}{name}", **more}


def titles(path: Path, data: str) -> list[str]:
    path.write_text(data)
    drafts = list(read_articles(path))
    assert all(isinstance(draft, Draft) for draft in drafts), drafts
    return [draft.title.removeprefix("Story ") for draft in drafts if isinstance(draft, Draft)]


@pytest.mark.parametrize("indent", [None, 2])
def test_values_one_after_another_are_all_read(tmp_path: Path, indent: int | None) -> None:
    objects = "\n".join(json.dumps(record(name), indent=indent) for name in "abc")
    assert titles(tmp_path / "a.json", objects) == ["a", "b", "c"]
    lists = [[record("a"), record("b")], [record("c")], record("d")]
    values = "\n".join(json.dumps(one, indent=indent) for one in lists)
    assert titles(tmp_path / "a.json", values) == ["a", "b", "c", "d"]
    assert titles(tmp_path / "a.json", values.replace("\n", "")) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("behind", ["garbage", "]", '{"title": ', ", []"])
def test_what_stands_behind_the_articles_and_is_no_json_is_named(
    tmp_path: Path, behind: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([record("a")]) + behind)
    events = read_articles(path)
    assert isinstance(next(events), Draft)
    with pytest.raises(UnreadableFile, match="nothing behind it was read"):
        next(events)


def test_every_list_of_records_is_read_in_its_order(tmp_path: Path) -> None:
    desks = {
        "made": "2022-03-14",
        "sport": [record("a"), {"title": "Story b", "text": BODY}],
        "desks": [{"title": "Sport", "url": LINK}],
        "world": {"total": 1, "articles": [record("c", section="World", author="Jane Doe")]},
        "lead": record("d"),
    }
    assert titles(tmp_path / "a.json", json.dumps(desks)) == ["a", "b", "c", "d"]
    assert titles(tmp_path / "b.json", json.dumps([desks])) == ["a", "b", "c", "d"]


def test_an_object_of_records_is_read(tmp_path: Path) -> None:
    records = {f"id{name}": record(name) for name in "abc"}
    for data in (records, {"count": 3, "data": records}, [records]):
        assert titles(tmp_path / "a.json", json.dumps(data)) == ["a", "b", "c"]


def test_an_article_is_not_lost_for_what_is_nested_in_it(tmp_path: Path) -> None:
    related = [record(name, author="John Roe", section="World") for name in "xyz"]
    comments = [{"text": BODY, "author": "reader", "published": "2022-03-14", "url": LINK}]
    first = record("a", related=related)
    second = {"headline": "Story b", "body": BODY, "comments": comments, "meta": record("z")}
    third = {"title": "Story c", "summary": BODY, "comments": comments}
    assert titles(tmp_path / "a.json", json.dumps([first, second])) == ["a", "b"]
    assert titles(tmp_path / "b.json", json.dumps({"articles": [second, first]})) == ["b", "a"]
    assert titles(tmp_path / "c.json", json.dumps([third])) == ["c"]
    lines = "\n".join(map(json.dumps, (first, second, third)))
    assert titles(tmp_path / "d.jsonl", lines) == ["a", "b", "c"]


def test_what_says_more_about_a_text_is_not_the_article(tmp_path: Path) -> None:
    meta = {"title": "Barrier", "description": "A site about harbours.", "url": LINK}
    row = json.dumps({"text": BODY, "meta": {**meta, "published": "2022-03-14"}})
    for name, data in (("a.json", f"[{row}]"), ("b.jsonl", f"{row}\n{row}")):
        (tmp_path / name).write_text(data)
        draft = next(read_articles(tmp_path / name))
        assert isinstance(draft, Draft) and draft.text == BODY


def test_the_articles_of_a_feed_in_json_are_those_within(tmp_path: Path) -> None:
    feed = {"title": "Example Times", "description": "All the news.", "link": LINK}
    items = [{"title": f"Story {name}", "content_html": BODY} for name in "ab"]
    for key in ("items", "content"):
        assert titles(tmp_path / "a.json", json.dumps({**feed, key: items})) == ["a", "b"]


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".ndjson"])
def test_an_answer_of_a_service_on_each_line_gives_its_articles(
    tmp_path: Path, suffix: str
) -> None:
    answers = [{"status": "ok", "articles": [record(name), record(name * 2)]} for name in "ab"]
    path = tmp_path / f"a{suffix}"
    path.write_text("\n".join([*map(json.dumps, answers), '{"articles": ', '{"status": "error"}']))
    events = list(read_articles(path))
    drafts = [event for event in events if isinstance(event, Draft)]
    assert [(draft.part, draft.title[6:]) for draft in drafts] == [
        *(("1", "a"), ("2", "aa"), ("3", "b"), ("4", "bb"))
    ]
    assert [event.file for event in events if isinstance(event, Skipped)] == [
        *(f"{path}#line 3", f"{path}#6")
    ]


def test_records_come_before_the_file_is_read_to_its_end() -> None:
    opened: list[io.BytesIO] = []

    def open_it() -> io.BytesIO:
        opened.append(io.BytesIO(data))
        return opened[-1]

    records = [record(str(number), note="x" * 100_000) for number in range(60)]
    data = json.dumps({"world": records[:50], "sport": records[50:]}).encode()
    events = read_json(Source(Path("a.json"), open_it))
    next(events)
    assert opened[-1].tell() < len(data) / 2
    assert len(list(events)) == 59
