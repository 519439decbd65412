"""Articles of a file that holds many: each stays itself when the rows move."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEmbedder

from rag.index.indexing import fill_in, index_files, remove_article, restore_article
from rag.index.library import Library
from rag.index.store import Store
from rag.index.writer import Writer
from rag.types import Article

PLACES = ("Alvin", "Berlen", "Corvey", "Dunmore", "Eastley")


def record(place: str, **values: str | None) -> dict[str, Any]:
    said = f"The bridge of {place} was closed on Monday, and a ferry goes instead."
    return {"title": f"Bridge of {place} closed", "text": said, **values}


def address(place: str) -> str:
    return f"https://news.example/{place.casefold()}"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return tmp_path / "articles" / "wire.jsonl"


def write(export: Path, records: Sequence[dict[str, Any]]) -> Path:
    export.parent.mkdir(exist_ok=True)
    export.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return export


def list_ids(store: Store) -> dict[str, str]:
    return {article.title: article.id for article in store.library.articles()}


def find(store: Store, place: str) -> Article:
    [found] = [one for one in store.library.articles() if place in one.text]
    return found


@pytest.mark.parametrize("addressed", [True, False])
def test_a_row_put_in_above_moves_no_article_and_embeds_but_itself(
    store: Store, export: Path, embedder: FakeEmbedder, addressed: bool
) -> None:
    records = [record(one, url=address(one) if addressed else None) for one in PLACES]
    index_files(store, [write(export, records[1:])])
    before, embedded = list_ids(store), embedder.embedded
    report = index_files(store, [write(export, records)])
    assert (report.added, report.updated, report.dropped) == (1, 0, 0)
    assert report.unchanged == len(records) - 1
    assert before.items() < list_ids(store).items()
    assert embedder.embedded == embedded + 1
    assert find(store, "Dunmore").file == f"{export}#4"
    with store.library.writer() as writer:
        assert writer.held() == {str(export): len(records)}


def test_what_is_filled_in_stays_with_its_article_when_rows_move(
    store: Store, export: Path
) -> None:
    records = [record(one) for one in PLACES]
    index_files(store, [write(export, records[1:])])
    fill_in(store, find(store, "Berlen").id, {"outlet": "Example Wire"})
    index_files(store, [write(export, records)])
    assert [bool(find(store, one).outlet) for one in PLACES] == [False, True, False, False, False]


def test_a_row_that_was_edited_stays_the_article_of_its_address(store: Store, export: Path) -> None:
    records = [record(one, url=address(one)) for one in PLACES]
    index_files(store, [write(export, records[1:])])
    article = find(store, "Corvey")
    fill_in(store, article.id, {"outlet": "Example Wire"})
    records[2]["text"] += " It opens again in June."
    report = index_files(store, [write(export, records)])
    assert (report.added, report.updated) == (1, 1)
    now = find(store, "Corvey")
    assert (now.id, now.outlet) == (article.id, "Example Wire")
    assert now.text.endswith("in June.")


def test_rows_that_share_an_address_are_articles_of_their_own(store: Store, export: Path) -> None:
    records = [record(one, url="https://news.example/") for one in PLACES]
    for taken in (records[1:], records, records[::-1]):
        index_files(store, [write(export, taken)])
        assert store.library.count_articles() == len(taken)
        assert sorted(list_ids(store)) == sorted(one["title"] for one in taken)


def test_rows_that_are_gone_are_dropped_once_the_file_is_read_to_its_end(
    store: Store, export: Path
) -> None:
    records = [record(one) for one in PLACES]
    index_files(store, [write(export, records)])
    report = index_files(store, [write(export, records[3:])])
    assert (report.dropped, report.unchanged) == (3, 2)
    assert store.library.count_articles() == 2


def test_a_removed_article_does_not_come_back_with_another_s_row(
    store: Store, export: Path
) -> None:
    records = [record(one) for one in PLACES]
    index_files(store, [write(export, records[1:])])
    gone = find(store, "Corvey")
    remove_article(store, gone.id)
    report = index_files(store, [write(export, records)])
    assert gone.id not in list_ids(store).values()
    assert [one.file for one in report.skipped] == [f"{export}#3"]
    restore_article(store, gone.id)
    assert len(list_ids(store)) == len(records)
    again = index_files(store, [write(export, [*records, record("Farrow")])])
    assert (again.added, again.skipped) == (1, ())


def test_a_run_that_stops_in_the_midst_of_an_export_loses_none_of_it(
    store: Store, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record(one) for one in PLACES]
    index_files(store, [write(export, records[1:])])
    before = list_ids(store)
    monkeypatch.setattr("rag.index.run.BATCH_ARTICLES", 2)

    def stop(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "finish_file", stop)
        with pytest.raises(KeyboardInterrupt):
            index_files(store, [write(export, records)])
    assert before.items() <= list_ids(store).items()
    index_files(store, [export])
    assert before.items() < list_ids(store).items()
    notes = map(store.library.shelf.note, list_ids(store).values())
    places = {place for note in notes if note is not None for place in note.places}
    assert places == {f"{export}#{n}" for n in range(1, len(records) + 1)}


def test_an_article_that_something_of_ours_broke_at_is_tried_again(
    store: Store, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record(one) for one in PLACES]
    write(export, records)
    with monkeypatch.context() as patched:
        patched.setattr("rag.index.run.cut_text", lambda *_: 1 / 0)
        report = index_files(store, [export])
    assert len(report.skipped) == len(records)
    assert "ZeroDivisionError" in report.skipped[0].reason
    assert index_files(store, [export]).added == len(records)


def test_an_article_that_another_one_has_come_to_equal_stays_removed(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    text = "---\ntitle: A bridge\n---\n\nThe bridge was closed.\n"
    (folder / "one.md").write_text(text)
    index_files(store, [folder])
    one = find(store, "closed")
    fill_in(store, one.id, {"outlet": "Example Wire"})
    remove_article(store, one.id)
    (folder / "two.md").write_text(text.replace("title", "outlet: Example Wire\ntitle"))
    (folder / "three.md").write_text(text)
    for name in ("two.md", "three.md"):
        assert index_files(store, [folder / name]).added == 1
    assert [removed.id for removed in store.library.removed()] == [one.id]


def test_the_library_of_an_export_is_the_same_however_it_came(
    store: Store, export: Path, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    records = [record(one) for one in PLACES]
    for taken in (records[2:], records[1:4], records):
        index_files(store, [write(export, taken)])
    other = Store(Library.open(tmp_path / "other"), embedder)
    index_files(other, [export])
    assert list_ids(store) == list_ids(other)
    other.close()


def test_rows_of_one_address_keep_what_was_filled_in_for_them_when_another_comes_on_top(
    store: Store, export: Path
) -> None:
    records = [record(one, url=address("live")) for one in PLACES]
    index_files(store, [write(export, records[1:])])
    ids = list_ids(store)
    fill_in(store, find(store, "Berlen").id, {"outlet": "Example Wire"})
    index_files(store, [write(export, records)])
    assert [bool(find(store, one).outlet) for one in PLACES] == [False, True, False, False, False]
    assert ids.items() < list_ids(store).items()


def test_an_export_that_always_breaks_off_can_be_read_in_any_order(
    store: Store, tmp_path: Path
) -> None:
    export = tmp_path / "wire.json"
    for places in ([0, 1], [1, 2], [0, 1], [1, 2], [2, 0]):
        records = [record(PLACES[one], url=address(PLACES[one])) for one in places]
        export.write_text(json.dumps(records).removesuffix("]") + ",", encoding="utf-8")
        [skipped] = index_files(store, [export]).skipped
        assert "nothing behind it was read" in skipped.reason
    assert {one.title for one in store.library.articles()} == {
        record(one)["title"] for one in PLACES[:3]
    }
