"""Stories in the library: joined when articles are indexed, kept right as they come and go."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import write_md
from wire_stories import APART, EDITED, LENGTHENED, SHORTENED, STORY, write_weather

from rag.errors import LibraryError
from rag.index.indexing import index_files, remove_article, restore_article
from rag.index.library import Library
from rag.index.schema import FILE_NAME
from rag.index.store import Store
from rag.index.stories import Link

NOTICE = "Correction, 15 March 2022: An earlier version of this article gave a wrong length."


@pytest.fixture
def library(fill: Callable[..., Store]) -> Iterator[Library]:
    """A story in three outlets, and one on the same event."""
    yield fill(
        wire=write_md(STORY, title="Lock shut", outlet="Example Wire", published="2022-03-07"),
        ledger=write_md(EDITED, title="Crack!", outlet="Harbor Ledger", published="2022-03-08"),
        brief=write_md(SHORTENED, title="Barges wait", outlet="Courier", published="2022-03-09"),
        apart=write_md(APART, title="Lock out of use", outlet="Post", published="2022-03-08"),
    ).library


def ids(library: Library) -> dict[str, str]:
    return {Path(article.file).stem: article.id for article in library.articles()}


def others(library: Library, name: str) -> list[str]:
    names = {article: stem for stem, article in ids(library).items()}
    return [names[one] for one in library.stories.others(ids(library)[name])]


def test_the_copies_of_a_story_are_one_story_the_first_published_first(library: Library) -> None:
    assert others(library, "wire") == ["ledger", "brief"]
    assert others(library, "brief") == ["wire", "ledger"]
    assert others(library, "apart") == []
    places = library.stories.places(list(ids(library).values()))
    assert len({place.story for place in places.values()}) == 2


def test_reports_by_a_template_stay_apart(fill: Callable[..., Store]) -> None:
    days = [("Monday", "7 March"), ("Tuesday", "8 March"), ("Friday", "11 March")]
    reports = {
        day.lower(): write_md(
            write_weather(day, date, n, n + 7, 30 - n, n + 3, 8 + n),
            title="The weather",
            outlet="Example Wire",
            published=f"2022-03-{7 + n:02d}",
        )
        for n, (day, date) in enumerate(days)
    }
    library = fill(**reports).library
    assert [others(library, name) for name in reports] == [[], [], []]


def test_a_removed_copy_leaves_its_story_and_comes_back_to_it(
    store: Store, library: Library
) -> None:
    wire = ids(library)["wire"]
    remove_article(store, wire)
    assert others(library, "ledger") == ["brief"]
    restore_article(store, wire)
    assert others(library, "ledger") == ["wire", "brief"]


def test_an_article_that_says_something_else_now_leaves_its_story(
    store: Store, library: Library, articles: Callable[..., Path]
) -> None:
    index_files(store, [articles(ledger=write_md(APART[::-1], title="Crack!"))])
    assert others(library, "ledger") == []
    assert others(library, "wire") == ["brief"]
    index_files(store, [articles(ledger=write_md(LENGTHENED, title="Crack!", outlet="H"))])
    assert sorted(others(library, "ledger")) == ["brief", "wire"]


def test_an_article_dropped_with_its_file_leaves_nothing_behind(
    store: Store, library: Library, articles: Callable[..., Path], home: Path
) -> None:
    folder = articles()
    for name in ("wire", "ledger", "brief", "apart"):
        (folder / f"{name}.md").unlink()
    assert index_files(store, [folder], prune=True).dropped == 4
    with sqlite3.connect(home / FILE_NAME) as db:
        left = [db.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("sketches", "bands")]
    db.close()
    assert left == [(0,), (0,)]


def test_what_was_sketched_by_another_method_or_never_is_looked_at_when_next_indexed(
    store: Store, library: Library, articles: Callable[..., Path], home: Path
) -> None:
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("DELETE FROM sketches WHERE id = 1")
        db.execute("UPDATE sketches SET method = 'other', story = 99")
        db.execute("DELETE FROM bands")
    db.close()
    index_files(store, [articles()])
    assert sorted([*others(library, "wire"), "wire"]) == ["brief", "ledger", "wire"]


def test_a_sketch_that_no_article_is_there_for_any_more_is_passed_over(
    store: Store, library: Library, articles: Callable[..., Path], home: Path
) -> None:
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("UPDATE sketches SET article = 'gone' WHERE id = 1")
    db.close()
    index_files(store, [articles()])
    assert sorted([*others(library, "wire"), "wire"]) == ["brief", "ledger", "wire"]


def test_a_torn_date_is_told_where_stories_are_joined(
    store: Store, library: Library, articles: Callable[..., Path], home: Path
) -> None:
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("UPDATE articles SET published = '2o22-03-14'")
        db.execute("DELETE FROM sketches")
    db.close()
    with pytest.raises(LibraryError, match="'2o22-03-14' is no date"):
        index_files(store, [articles()])


def test_a_story_found_by_its_fullest_copy_last_is_one(fill: Callable[..., Store]) -> None:
    half = len(STORY.split()) // 3
    words = STORY.split()
    first, last = " ".join(words[: 2 * half]), " ".join(words[half:])
    fill(a=write_md(first, title="A", outlet="A"), b=write_md(last, title="B", outlet="B"))
    library = fill(c=write_md(STORY, title="C", outlet="C")).library
    assert sorted(others(library, "c")) == ["a", "b"]


def test_a_corrected_version_supersedes_the_one_before_it(fill: Callable[..., Store]) -> None:
    matter = {"title": "Lock shut", "outlet": "Example Wire", "published": "2022-03-14"}
    library = fill(
        old=write_md(STORY, **matter),
        new=write_md(f"{EDITED}\n\n{NOTICE}", **matter, updated="2022-03-15"),
        copy=write_md(SHORTENED, title="Lock shut", outlet="Harbor Ledger"),
    ).library
    known = ids(library)
    link = Link(known["old"], known["new"], correction=False)
    assert library.stories.later_than(list(known.values())) == [link]
    assert library.stories.earlier_than([known["new"]]) == [link]
    assert library.stories.places([known["new"]])[known["new"]].corrected


HEADLINE = "Northern lock shut for three weeks"


@pytest.mark.parametrize(
    ("matter", "linked"),
    [
        ({}, True),
        ({"title": '"Corrections: corrections"'}, False),
        ({"title": f"CORRECTED - {HEADLINE.upper()}"}, True),
        ({"outlet": "Harbor Ledger"}, False),
        ({"outlet": None}, False),
        ({"published": None}, False),
        ({"published": "2022-03-06"}, False),
        ({"published": "2022-06-07"}, False),
        ({"title": '"Correction: Southern lock shut for three weeks"'}, False),
    ],
)
def test_a_correction_of_its_own_is_linked_only_where_it_can_mean_one_article(
    fill: Callable[..., Store], matter: dict[str, str | None], linked: bool
) -> None:
    given = {"title": f'"Correction: {HEADLINE}"', "outlet": "Example Wire"} | {
        "published": "2022-03-09"
    }
    text = "In a story on 7 March the name of the harbour's keeper was wrong. She is Ada Holm."
    fill(correction=write_md(text, **(given | matter)))
    library = fill(
        story=write_md(STORY, title=HEADLINE, outlet="Example Wire", published="2022-03-07")
    ).library
    known = ids(library)
    found = library.stories.later_than([known["story"]])
    assert found == ([Link(known["story"], known["correction"], True)] if linked else [])


def test_a_correction_that_may_mean_two_articles_is_linked_to_neither(
    fill: Callable[..., Store],
) -> None:
    given = {"outlet": "Example Wire", "published": "2022-03-07"}
    library = fill(
        correction=write_md("She is Ada Holm.", title=f'"Correction: {HEADLINE}"', **given),
        one=write_md(STORY, title=HEADLINE, **given),
        other=write_md(APART, title=HEADLINE, **given),
    ).library
    assert library.stories.later_than(list(ids(library).values())) == []


def test_fifty_copies_are_one_story(fill: Callable[..., Store]) -> None:
    copies = {
        f"copy{n}": write_md(f"TOWN {n} (Wire) — {STORY}", title=f"Lock {n}", outlet=f"Outlet {n}")
        for n in range(50)
    }
    library = fill(**copies).library
    assert len(others(library, "copy7")) == 49


def test_empty_and_tiny_texts_have_stories_of_their_own(fill: Callable[..., Store]) -> None:
    library = fill(
        a=write_md("Photo.", title="A", outlet="A"),
        b=write_md("Photo.", title="B", outlet="B"),
        c=write_md("7", title="C"),
    ).library
    assert [others(library, name) for name in "abc"] == [[], [], []]


def test_a_library_without_the_tables_has_no_stories(home: Path, library: Library) -> None:
    known = list(ids(library).values())
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("PRAGMA user_version = 4")
    db.close()
    assert library.stories.places(known) == {}
    assert library.stories.others(known[0]) == library.stories.later_than(known) == []
