"""One story, one source: which of a story's copies is found, and what gives way to what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from conftest import make_draft, write_md
from wire_stories import EDITED, LENGTHENED, PARAGRAPHS, SHORTENED, STORY

from rag.index.indexing import remove_article
from rag.index.store import Store
from rag.retrieve.hybrid import retrieve
from rag.retrieve.once import admits
from rag.types import Article, Filters, Hit

ASKED = "Who heads the harbour authority of Port Ellery and what did divers find?"
NOTICE = "Correction, 15 March 2022: An earlier version of this article gave a wrong length."
OTHER = "The orchard society of Skell elected a gardener. Divers were not at the harbour."


@pytest.fixture
def filled(fill: Callable[..., Store]) -> Store:
    """A story in three outlets, and another one."""
    return fill(
        ledger=write_md(EDITED, title="Crack", outlet="Harbor Ledger", published="2022-03-08"),
        wire=write_md(STORY, title="Lock", outlet="Example Wire", published="2022-03-07"),
        brief=write_md(SHORTENED, title="Barges", outlet="Courier", published="2022-03-09"),
        other=write_md(OTHER, title="Society", outlet="Skell Post", published="2022-03-09"),
    )


def find(store: Store, asked: str = ASKED, k: int = 10, **filters: object) -> list[str]:
    """The outlets of the articles found, each once."""
    hits = retrieve(store, asked, k, Filters(**filters))  # type: ignore[arg-type]
    return list(dict.fromkeys(hit.article.outlet or "" for hit in hits))


def test_the_original_stands_for_its_copies_and_other_stories_take_their_places(
    filled: Store,
) -> None:
    assert find(filled) == ["Example Wire", "Skell Post"]


def test_the_copy_whose_outlet_the_question_names_is_the_one_found(filled: Store) -> None:
    assert find(filled, f"What did the Harbor Ledger report? {ASKED}")[0] == "Harbor Ledger"
    assert "Example Wire" not in find(filled, f"What did the Harbor Ledger report? {ASKED}")


def test_filters_find_the_copy_that_they_admit(filled: Store) -> None:
    assert find(filled, outlets=("Courier",)) == ["Courier"]
    assert find(filled, since=date(2022, 3, 8))[0] == "Harbor Ledger"


def test_where_the_copy_that_was_found_is_removed_another_takes_its_place(filled: Store) -> None:
    [wire] = [one for one in filled.library.articles() if one.outlet == "Example Wire"]
    remove_article(filled, wire.id)
    assert find(filled)[0] == "Harbor Ledger"


@pytest.mark.usefixtures("filled")
def test_a_copy_that_says_more_is_found_for_what_it_says_more(fill: Callable[..., Store]) -> None:
    full = fill(longer=write_md(LENGTHENED, title="Yard", outlet="Orm Times"))
    assert find(full, "Who manages the yard at Orm that employs 90 people?")[0] == "Orm Times"


@pytest.mark.usefixtures("filled")
def test_a_copy_that_was_corrected_stands_for_those_that_were_not(
    fill: Callable[..., Store],
) -> None:
    full = fill(fixed=write_md(f"{STORY}\n\n{NOTICE}", title="Lock", outlet="Orm Times"))
    assert find(full)[0] == "Orm Times"
    assert "Example Wire" not in find(full)


@pytest.mark.usefixtures("filled")
def test_a_copy_that_names_its_outlet_stands_for_one_that_does_not(
    fill: Callable[..., Store],
) -> None:
    full = fill(mailed=write_md(STORY, title="Fwd: Lock", published="2022-03-06"))
    assert find(full) == ["Example Wire", "Skell Post"]


def fill_versions(fill: Callable[..., Store]) -> Store:
    matter = {"title": "Gates", "outlet": "Skell Post"}
    wrong = STORY.replace("three weeks", "seven months")
    return fill(
        old=write_md(wrong, **matter, published="2022-03-14"),
        new=write_md(f"{STORY}\n\n{NOTICE}", **matter, published="2022-03-16"),
    )


def test_a_superseded_version_is_never_found_where_the_later_one_may_be(
    fill: Callable[..., Store],
) -> None:
    full = fill_versions(fill)
    hits = retrieve(full, "Will engineers need seven months to weld the gate?", 30)
    assert hits
    assert not any("seven months" in hit.passage.text for hit in hits)


def test_where_the_filters_leave_the_later_version_out_the_earlier_one_is_found(
    fill: Callable[..., Store],
) -> None:
    full = fill_versions(fill)
    within = Filters(since=date(2022, 3, 14), until=date(2022, 3, 15))
    hits = retrieve(full, "Will engineers need seven months to weld the gate?", 30, within)
    assert any("seven months" in hit.passage.text for hit in hits)


def test_fifty_copies_leave_the_places_to_other_stories(fill: Callable[..., Store]) -> None:
    copies = {
        f"c{n:02d}": write_md(f"TOWN {n} (Wire) — {STORY}", title=f"Lock {n}", outlet=f"Paper {n}")
        for n in range(50)
    }
    alone = {
        f"d{n}": write_md(f"The society {n} of divers met at lock {n}.", title=f"Divers {n}")
        for n in range(5)
    }
    hits = retrieve(fill(**copies, **alone), "What did divers find in the lock's gate?", 10)
    found = {hit.article.title for hit in hits}
    assert {f"Divers {n}" for n in range(5)} <= found
    assert len([title for title in found if title.startswith("Lock")]) == 1


def test_every_hit_is_still_the_slice_of_its_article(filled: Store) -> None:
    def cut(hit: Hit) -> str:
        return hit.article.text[hit.passage.start : hit.passage.end]

    hits = retrieve(filled, PARAGRAPHS[3], 10)
    assert [cut(hit) for hit in hits] == [hit.passage.text for hit in hits]


@pytest.mark.parametrize(
    ("filters", "admitted"),
    [
        (Filters(), True),
        (Filters(outlets=("EXAMPLE WIRE",)), True),
        (Filters(outlets=("Ledger",)), False),
        (Filters(since=date(2022, 3, 13), until=date(2022, 3, 13)), True),
        (Filters(since=date(2022, 3, 14)), False),
        (Filters(until=date(2022, 3, 12)), False),
    ],
)
def test_filters_admit_what_the_search_admits(filters: Filters, admitted: bool) -> None:
    draft = make_draft(outlet="Example Wire", published=date(2022, 3, 13))
    article = Article(draft.file, draft.title, draft.text, draft.outlet, None, draft.published)
    assert admits(filters, article) is admitted


def test_undated_articles_are_admitted_where_the_filters_take_them_in() -> None:
    undated = Article("a.txt", "A", "B.")
    since = date(2022, 3, 13)
    assert not admits(Filters(since=since), undated)
    assert admits(Filters(since=since, undated=True), undated)
