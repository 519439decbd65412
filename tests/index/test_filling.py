"""What a person fills in counts before what was read, and stays when the file is read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conftest import write_md

from rag.errors import UsageError
from rag.index.indexing import fill_in, index_files, remove_article, restore_article, take_back
from rag.index.store import Store
from rag.retrieve.hybrid import retrieve
from rag.types import Article, Filters

BODY = "The mayor opened the bridge over the river on Tuesday."
OTHER = "The harvest was poor in the north after a summer without rain."

Fill = Callable[..., Store]


def find(store: Store, title: str) -> Article:
    return next(one for one in store.library.articles() if one.title == title)


@pytest.fixture
def bridge(fill: Fill) -> tuple[Store, Article]:
    store = fill(bridge=write_md(BODY, title="Bridge opens", author="A. Writer"), other=OTHER)
    return store, find(store, "Bridge opens")


def test_what_is_filled_in_is_found_and_filtered_by(bridge: tuple[Store, Article]) -> None:
    store, article = bridge
    fill_in(store, article.id, {"outlet": "Example Wire", "published": "2022-03-13"})
    hits = retrieve(store, "bridge", 5, Filters(since=date(2022, 3, 1), outlets=("Example Wire",)))
    assert [hit.article.title for hit in hits] == ["Bridge opens"]
    filled = find(store, "Bridge opens")
    assert (filled.id, filled.published) == (article.id, date(2022, 3, 13))
    assert filled.hash != article.hash
    assert filled.origins == {
        "title": "front matter",
        "author": "front matter",
        "outlet": "filled in",
        "published": "filled in",
    } | {name: found for name, found in article.origins.items() if name == "language"}


def test_it_stays_when_the_file_changes_or_was_dropped_and_comes_back(
    bridge: tuple[Store, Article], articles: Callable[..., Path]
) -> None:
    store, article = bridge
    fill_in(store, article.id, {"outlet": "Example Wire", "author": ""})
    changed = write_md(BODY + " It had been closed.", title="Bridge opens", author="A. Writer")
    folder = articles(bridge=changed)
    index_files(store, [folder])
    now = find(store, "Bridge opens")
    assert (now.id, now.outlet, now.author) == (article.id, "Example Wire", None)
    (folder / "bridge.md").unlink()
    assert index_files(store, [folder], prune=True).dropped == 1
    articles(bridge=changed)
    index_files(store, [folder])
    assert find(store, "Bridge opens").outlet == "Example Wire"


def test_a_copy_in_another_place_has_it_too(
    bridge: tuple[Store, Article], articles: Callable[..., Path]
) -> None:
    store, article = bridge
    fill_in(store, article.id, {"outlet": "Example Wire"})
    text = write_md(BODY, title="Bridge opens", author="A. Writer")
    folder = articles(copy=text)
    report = index_files(store, [folder])
    assert (report.added, store.library.count_articles()) == (0, 2)
    (folder / "bridge.md").unlink()
    articles(copy=text.replace("Tuesday", "Wednesday"))
    index_files(store, [folder], prune=True)
    assert find(store, "Bridge opens").outlet == "Example Wire"


def test_what_was_read_can_be_taken_back(bridge: tuple[Store, Article]) -> None:
    store, article = bridge
    fill_in(store, article.id, {"author": "Somebody Else", "title": "Another title"})
    take_back(store, article.id, ["title"])
    assert find(store, "Bridge opens").author == "Somebody Else"
    take_back(store, article.id, ["author"])
    assert find(store, "Bridge opens") == article


def test_an_article_that_comes_to_say_the_same_as_another_joins_it(fill: Fill) -> None:
    store = fill(
        one=write_md(BODY, title="Bridge opens", outlet="Example Wire"),
        two=write_md(BODY, title="Bridge opens"),
    )
    two = next(one for one in store.library.articles() if one.outlet is None)
    one = next(one for one in store.library.articles() if one.outlet)
    assert fill_in(store, two.id, {"outlet": "Example Wire"}) == one.id
    assert [article.id for article in store.library.articles()] == [one.id]
    assert len(retrieve(store, "bridge", 5)) == 1


def test_articles_that_were_made_one_part_when_it_is_taken_back(
    fill: Fill, articles: Callable[..., Path]
) -> None:
    store = fill(
        wire=write_md(BODY, title="Bridge", outlet="Wire"),
        post=write_md(BODY, title="Bridge", outlet="Post"),
    )
    [post] = [one for one in store.library.articles() if one.outlet == "Post"]
    joined = fill_in(store, post.id, {"outlet": "Wire"})
    assert [one.id for one in store.library.articles()] == [joined]
    take_back(store, joined, ["outlet"])
    index_files(store, [articles()])
    assert {one.outlet for one in store.library.articles()} == {"Wire", "Post"}


def test_it_stays_when_the_article_is_removed_and_comes_back(
    bridge: tuple[Store, Article],
) -> None:
    store, article = bridge
    fill_in(store, article.id, {"outlet": "Example Wire"})
    filled = find(store, "Bridge opens")
    remove_article(store, article.id)
    restore_article(store, article.id)
    assert find(store, "Bridge opens") == filled


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("published", "13.3.2022"),
        ("published", "2022-02-30"),
        ("title", " "),
        ("url", "javascript:alert(1)"),
        ("language", "English"),
        ("outlet", "x" * 501),
        ("text", "Another text."),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    bridge: tuple[Store, Article], field: str, value: str
) -> None:
    store, article = bridge
    with pytest.raises(UsageError):
        fill_in(store, article.id, {"outlet": "Example Wire", field: value})
    assert find(store, "Bridge opens") == article


def test_an_article_that_is_not_there_cannot_be_filled_in(bridge: tuple[Store, Article]) -> None:
    with pytest.raises(UsageError, match="No article has the id"):
        fill_in(bridge[0], "nothing", {"outlet": "Example Wire"})


def test_an_article_whose_file_holds_another_one_by_now_can_be_filled_in(
    bridge: tuple[Store, Article], articles: Callable[..., Path]
) -> None:
    store, article = bridge
    text = Path(article.file).read_text()
    remove_article(store, article.id)
    folder = articles(bridge=write_md(OTHER, title="Another article"))
    index_files(store, [folder])
    restore_article(store, article.id)
    fill_in(store, article.id, {"outlet": "Example Wire"})
    articles(copy=text)
    assert index_files(store, [folder]).added == 0
    assert find(store, "Bridge opens").outlet == "Example Wire"
