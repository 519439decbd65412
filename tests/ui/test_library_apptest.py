"""The library's page in Streamlit's own test harness, over a real library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from conftest import FakeEmbedder, write_md
from streamlit.testing.v1 import AppTest
from test_page_apptest import drawn, open_page

from rag.assistant import Assistant
from rag.errors import LibraryBusy
from rag.index.library import Library
from rag.index.shelf_list import Wanted
from rag.settings import Settings
from rag.ui.desk import Desk
from rag.ui.library_page import handle
from rag.ui.library_view import MAX_TEXT, View, read_view

FERRY = "The ferry to Skell Island returned on 4 May 2024 after eleven weeks in dry dock."


@pytest.fixture
def real(
    home: Path, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """What the page's script finds: a desk over two articles and a picture."""
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder())
    with Assistant(Settings(home=home), create=True) as assistant:
        folder = articles(
            ferry=write_md(FERRY, title="Ferry returns", outlet="Courier", published="2024-05-04"),
            quay=write_md("The quay at Norrby was painted green.", title="Paint on the quay"),
        )
        (folder / "photo.jpg").write_bytes(b"\xff\xd8")
        assistant.index([folder])
        desk = Desk(assistant)
        monkeypatch.setattr("rag.ui.page.open_desk", lambda: desk)
        yield desk
        st.cache_data.clear()
        st.cache_resource.clear()


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a session keeps, for what is done outside of a page."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def show(page: AppTest) -> dict[str, Any]:
    assert not page.exception
    return drawn(page, "library")[0]


def find(desk: Desk, words: str) -> str:
    [article] = desk.assistant.library.shelf.find(Wanted(containing=words))
    return article


def open_library(opened: str | None = None) -> AppTest:
    page = open_page(library="1")
    if opened is not None:
        page.session_state["library-view"] = View(opened=opened)
        page.run()
    return page


def test_the_address_of_the_library_shows_its_articles(real: Desk):
    page = open_library()
    shown = show(page)
    assert [(row["title"], row["outlet"], row["published"]) for row in shown["rows"]] == [
        ("Ferry returns", "Courier", "4 May 2024"),
        ("Paint on the quay", None, None),
    ]
    assert [row["warnings"] for row in shown["rows"]] == [[], ["no date", "no outlet"]]
    assert drawn(page, "library-bar")[0]["lines"] == ["2 articles", "2 passages", "1 undated"]
    assert drawn(page, "set-aside")[0]["groups"][0]["first"].endswith("photo.jpg")
    assert page.file_uploader
    assert not page.chat_input


def test_the_button_leads_to_the_library_and_new_chat_out_of_it(real: Desk):
    page = open_page()
    page.button(key="open-library").click().run()
    assert page.query_params["library"] == "1"
    assert show(page)["total"] == 2
    page.button(key="new").click().run()
    assert "library" not in page.query_params
    assert drawn(page, "welcome")


def test_an_article_is_opened_with_its_text_and_where_each_value_is_from(real: Desk):
    shown = show(open_library(find(real, "ferry")))["opened"]
    assert shown["text"] == FERRY
    fields = {field["name"]: field for field in shown["fields"]}
    assert (fields["outlet"]["value"], fields["outlet"]["origin"]) == (
        "Courier",
        "from the front matter",
    )
    assert fields["section"]["origin"] is None
    assert shown["files"][0].endswith("ferry.md")


def test_a_book_of_a_text_is_cut_and_says_so(real: Desk, tmp_path: Path):
    (tmp_path / "book.md").write_text(write_md("word " * MAX_TEXT, title="A book"), "utf-8")
    real.assistant.index([tmp_path / "book.md"])
    shown = show(open_library(find(real, "a book")))["opened"]
    assert len(shown["text"]) == MAX_TEXT
    assert shown["cut"] > 0


def test_what_is_filled_in_is_kept_shown_and_taken_back(real: Desk, state: dict[str, Any]):
    quay = find(real, "quay")
    values = {"outlet": "Norrby Post", "published": "3 June 2024"}
    handle(real, {"do": "fill", "article": quay, "values": values})
    assert state["library-told"].said == "Saved."
    opened = real.catalogue.open(state["library-view"].opened)
    assert opened is not None
    assert opened.article.outlet == "Norrby Post"
    assert str(opened.article.published) == "2024-06-03"
    handle(real, {"do": "unfill", "article": opened.article.id, "field": "outlet"})
    again = real.catalogue.open(state["library-view"].opened)
    assert again is not None
    assert (again.article.outlet, str(again.article.published)) == (None, "2024-06-03")


def test_one_wrong_value_has_none_saved_and_is_told_beside_its_field(
    real: Desk, state: dict[str, Any]
):
    quay = find(real, "quay")
    values = {"outlet": "Norrby Post", "published": "soon", "title": " "}
    handle(real, {"do": "fill", "article": quay, "values": values})
    faults = state["library-told"].faults
    assert {name: fault.problem for name, fault in faults.items()} == {
        "published": "“soon” is no date.",
        "title": "An article needs a title.",
    }
    assert real.assistant.show(quay).outlet is None


def test_a_busy_library_keeps_what_was_typed_unsaved_and_says_so(
    real: Desk, state: dict[str, Any], home: Path
):
    quay = find(real, "quay")
    with Library.open(home).writer():
        handle(real, {"do": "fill", "article": quay, "values": {"outlet": "Norrby Post"}})
    assert "Another process is writing" in state["library-told"].said
    assert real.assistant.show(quay).outlet is None


def test_a_second_change_waits_until_the_first_has_ended(
    real: Desk, state: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(type(real.jobs), "is_running", True)
    handle(real, {"do": "remove", "article": find(real, "quay")})
    assert isinstance(state["refused"], LibraryBusy)
    assert "library-undo" not in state


def test_what_was_removed_here_can_be_undone_at_once(real: Desk):
    page = open_library()
    quay = find(real, "quay")
    real.jobs.remove(quay).is_over.wait(30)
    page.session_state["library-undo"] = [quay]
    page.run()
    assert [one["title"] for one in show(page)["undo"]] == ["Paint on the quay"]
    assert drawn(page, "set-aside")[0]["removed"] == 1
    real.jobs.restore(quay).is_over.wait(30)
    page.run()
    assert show(page)["undo"] == []
    assert show(page)["total"] == 2


def test_a_library_that_was_emptied_still_shows_what_can_be_brought_back(real: Desk):
    for words in ("quay", "ferry"):
        real.jobs.remove(find(real, words)).is_over.wait(30)
    page = open_library()
    assert show(page)["total"] == 0
    assert drawn(page, "set-aside")[0]["removed"] == 2


def test_fifty_articles_stand_on_a_page(real: Desk, articles: Callable[..., Path]):
    real.assistant.index(
        [articles(**{f"n{n}": write_md(f"Number {n} is told.", title=f"T {n}") for n in range(60)})]
    )
    page = open_library()
    first = show(page)
    assert (first["first"], first["last"], first["total"], first["more"]) == (1, 50, 62, True)
    # A page that there is not, as after a removal, is the last one.
    page.session_state["library-view"] = View(page=9)
    page.run()
    last = show(page)
    assert (last["first"], last["last"], last["more"]) == (51, 62, False)
    assert last["view"]["page"] == 1


def test_many_files_with_one_reason_are_one_line(real: Desk, articles: Callable[..., Path]):
    folder = articles()
    for number in range(30):
        (folder / f"picture {number:02}.jpg").write_bytes(b"\xff\xd8")
    real.assistant.reindex()
    shown = drawn(open_library(), "set-aside")[0]
    assert shown["skipped"] == 31
    [group] = shown["groups"]
    seen = max(one.seen for one in real.catalogue.skipped()).astimezone()
    assert group["count"] == f"31 files, last noted on {seen.day} {seen:%B %Y}"
    assert len(group["files"]) == 31


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"containing": None, "sort": "colour", "page": "x", "opened": 3, "outlet": 1},
        {"since": "2024-13-01", "until": 5, "only": "x", "descending": "yes"},
    ],
)
def test_a_view_that_makes_no_sense_is_the_first_one(said: dict[str, Any]):
    assert read_view(said) == View()


def test_acts_that_make_no_sense_change_nothing(real: Desk, state: dict[str, Any]):
    for act in (
        {"do": "fly"},
        {"do": "fill", "article": 1, "values": {}},
        {"do": "fill", "article": "a", "values": {}},
        {"do": "unfill", "article": "a", "field": "text"},
        {"do": "remove"},
    ):
        handle(real, act)
    assert real.jobs.last is None
