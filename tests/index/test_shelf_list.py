from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from conftest import write_md

from rag.index.indexing import fill_in, index_files
from rag.index.shelf_list import Wanted
from rag.index.store import Store

LONG = " ".join(f"Tide table, week {n}: no change was reported at the quay." for n in range(30))
ARTICLES = {
    "ferry": write_md(
        "The ferry returned.", title="Ferry returns", outlet="Skell Courier", author="Mara Quist",
        published="2024-05-04",
    ),
    "bridge": write_md(
        "A bridge was opened.", title="bridge opens", outlet="Northern Wire", published="2024-06-01"
    ),
    "tides": write_md(LONG, title="The tides", outlet="Northern Wire", published="2024-04-01"),
    "paint": write_md("The quay was painted.", title="Paint on the quay"),
}  # fmt: skip


@pytest.fixture
def shelf(fill: Callable[..., Store]) -> Store:
    return fill(**ARTICLES)


def find(store: Store, **wanted: object) -> list[str]:
    ids = store.library.shelf.find(Wanted(**wanted))  # type: ignore[arg-type]
    return [one.title for one in store.library.articles_of(ids, texts=False)]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({}, ["bridge opens", "Ferry returns", "The tides", "Paint on the quay"]),
        (
            {"descending": False},
            ["The tides", "Ferry returns", "bridge opens", "Paint on the quay"],
        ),
        (
            {"sort": "title", "descending": False},
            ["bridge opens", "Ferry returns", "Paint on the quay", "The tides"],
        ),
        (
            {"sort": "outlet", "descending": False},
            ["bridge opens", "The tides", "Ferry returns", "Paint on the quay"],
        ),
    ],
)
def test_articles_stand_in_the_order_that_is_wanted(shelf: Store, wanted: dict, titles: list[str]):
    assert find(shelf, **wanted) == titles


def test_the_longest_article_stands_first_by_passages(shelf: Store):
    assert find(shelf, sort="passages")[0] == "The tides"
    assert find(shelf, sort="passages", descending=False)[-1] == "The tides"


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("FERRY", ["Ferry returns"]),
        ("northern", ["bridge opens", "The tides"]),
        ("quist", ["Ferry returns"]),
        ("paint.md", ["Paint on the quay"]),
        # The folder that all files lie in finds nothing.
        ("articles", []),
        ("%", []),
    ],
)
def test_a_search_looks_at_title_outlet_byline_and_file(
    shelf: Store, words: str, titles: list[str]
):
    assert find(shelf, containing=words) == titles


def test_a_search_looks_at_a_section_that_was_filled_in(shelf: Store):
    [article] = shelf.library.shelf.find(Wanted(containing="ferry"))
    fill_in(shelf, article, {"section": "Harbours"})
    assert find(shelf, containing="harbours") == ["Ferry returns"]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({"outlet": "Northern Wire"}, ["bridge opens", "The tides"]),
        ({"outlet": ""}, ["Paint on the quay"]),
        ({"undated": True}, ["Paint on the quay"]),
        ({"warned": True}, ["Paint on the quay"]),
        ({"since": date(2024, 5, 4)}, ["bridge opens", "Ferry returns"]),
        ({"until": date(2024, 5, 4)}, ["Ferry returns", "The tides"]),
        ({"since": date(2024, 5, 1), "until": date(2024, 5, 31)}, ["Ferry returns"]),
    ],
)
def test_filters_narrow_the_list(shelf: Store, wanted: dict, titles: list[str]):
    assert find(shelf, **wanted) == titles


def test_what_was_found_odd_in_reading_is_a_warning(fill: Callable[..., Store], tmp_path):
    store = fill(**ARTICLES)
    table = tmp_path / "export.csv"
    body = "The harbour was dredged for the first time in nine years."
    table.write_text(f"title,outlet,date,text\nDredged,Wire,03/04/2024,{body}\n", encoding="utf-8")
    index_files(store, [table])
    found = store.library.articles_of(store.library.shelf.find(Wanted(warned=True)), texts=False)
    assert {one.title: len(one.warnings) for one in found} == {"Paint on the quay": 0, "Dredged": 1}
    # A place in a file is found by the file's name.
    assert find(store, containing="export.csv#") == ["Dredged"]


def test_copies_of_a_story_are_counted(fill: Callable[..., Store]):
    store = fill(
        one=write_md(LONG, title="The tides", outlet="Northern Wire"),
        two=write_md(LONG, title="The tides again", outlet="Skell Courier"),
        other=ARTICLES["ferry"],
    )
    ids = store.library.shelf.find(Wanted())
    counts = store.library.shelf.count_copies(ids)
    titles = {one.id: one.title for one in store.library.articles_of(ids)}
    assert {titles[one]: count for one, count in counts.items()} == {
        "The tides": 1,
        "The tides again": 1,
    }


def test_what_was_filled_in_is_noted_with_what_was_read(shelf: Store):
    [article] = shelf.library.shelf.find(Wanted(containing="ferry"))
    changed = fill_in(shelf, article, {"outlet": "The Courier", "section": "News"})
    noted = shelf.library.shelf.note(changed)
    assert noted is not None
    assert noted.filled == {"outlet": "The Courier", "section": "News"}
    assert noted.read == {"outlet": "Skell Courier", "section": None}
    assert [place.rpartition("/")[2] for place in noted.places] == ["ferry.md"]
    assert shelf.library.shelf.note("no-such-article") is None
