"""A citation opens its article as it was when it was cited, and says how it stands now."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md

from rag.assistant import Assistant
from rag.errors import LibraryError
from rag.index.frozen import FrozenArticle
from rag.index.records import read_record, write_record
from rag.index.schema import FILE_NAME
from rag.index.store import Store
from rag.settings import Settings
from rag.types import Answer
from rag.ui.panel import CHANGED, GONE, REMOVED, describe_frozen, open_place
from rag.ui.words import Json

BRIDGE = write_md(
    "Work began in 2019. The mayor opened the bridge on Monday. It is 90 metres long.",
    title="Bridge opens",
    outlet="Wire",
)
CITED = "The mayor opened the bridge on Monday."
CORRECTED = BRIDGE.replace("Work began in 2019.", "Work began late in 2018.")
REWRITTEN = BRIDGE.replace("The mayor opened", "The king visited")
AS_CITED = "This is the article as it was when it was cited, on 13 March 2022."
CHANGED_SINCE = f"{AS_CITED} It has changed since."
NO_LONGER = f"{AS_CITED} It is no longer in the library."

Fill = Callable[..., Store]


@pytest.fixture
def assistant(
    fill: Fill, home: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    fill(bridge=BRIDGE)
    monkeypatch.setattr("rag.assistant.MiniLM.open", lambda _: embedder)
    with Assistant(Settings(home=home)) as opened:
        yield opened


def change(assistant: Assistant, sql: str) -> None:
    with sqlite3.connect(assistant.settings.home / FILE_NAME) as db:
        db.execute(sql)
    db.close()


def ask(assistant: Assistant, *, freeze: bool = True) -> Answer:
    """An answer as a chat keeps it, which was given on 13 March 2022."""
    answer = assistant.ask("Who opened the bridge?", engine="quotes")
    assert [one.quote for one in answer.citations] == [CITED]
    if freeze:
        assistant.freeze(answer)
        change(assistant, "UPDATE frozen SET frozen = '2022-03-13T12:00:00+00:00'")
    return read_record(write_record(answer))


def open_first(assistant: Assistant, answer: Answer) -> Json:
    cited = answer.citations[0]
    drawn = open_place(assistant, answer, (cited.article, cited.start, cited.end), 7)
    assert drawn is not None
    assert (drawn["seq"], drawn["n"]) == (7, 1)
    return drawn


def read(drawn: Json) -> str:
    return "".join(piece["text"] for piece in drawn["pieces"])


def marked(drawn: Json, n: int = 1) -> list[str]:
    return [piece["text"] for piece in drawn["pieces"] if n in piece["marks"]]


def test_of_an_article_that_is_as_it_was_nothing_is_said(assistant: Assistant, fill: Fill) -> None:
    answer = ask(assistant)
    assert open_first(assistant, answer)["note"] is None
    fill(bridge=CORRECTED)
    fill(bridge=BRIDGE)
    assert open_first(assistant, answer)["note"] is None


def test_a_changed_article_is_shown_as_it_was_when_it_was_cited(
    assistant: Assistant, fill: Fill
) -> None:
    answer = ask(assistant)
    before = open_first(assistant, answer)
    assert marked(before) == [CITED]
    assert "in 2019" in read(before)
    for text in (CORRECTED, REWRITTEN):
        fill(bridge=text)
        assert open_first(assistant, answer) == before | {"note": CHANGED_SINCE}


def test_a_removed_article_is_shown_whole_until_it_is_back(assistant: Assistant) -> None:
    answer = ask(assistant)
    before = open_first(assistant, answer)
    assistant.remove(answer.citations[0].article)
    assert open_first(assistant, answer) == before | {"note": NO_LONGER}
    assistant.restore(answer.citations[0].article)
    assert open_first(assistant, answer) == before


def test_an_article_whose_file_is_gone_is_shown_whole_by_a_later_server(
    assistant: Assistant, articles: Callable[..., Path]
) -> None:
    answer = ask(assistant)
    before = open_first(assistant, answer)
    (articles() / "bridge.md").unlink()
    assistant.index([articles()], prune=True, sure=True)
    assert assistant.articles() == []
    with Assistant(assistant.settings) as later:
        assert open_first(later, answer) == before | {"note": NO_LONGER}


def test_an_article_whose_file_was_moved_is_shown_with_where_it_lies_now(
    assistant: Assistant, articles: Callable[..., Path]
) -> None:
    answer = ask(assistant)
    (articles() / "bridge.md").rename(articles() / "moved.md")
    assistant.index([articles()], prune=True)
    drawn = open_first(assistant, answer)
    assert drawn["note"] is None
    assert drawn["file"].endswith("moved.md")


def test_what_stands_under_another_id_by_now_is_shown_as_unchanged(
    assistant: Assistant, fill: Fill
) -> None:
    answer = ask(assistant)
    fill(bridge=REWRITTEN)
    fill(copy=BRIDGE)
    drawn = open_first(assistant, answer)
    assert drawn["note"] is None
    assert marked(drawn) == [CITED]


def test_what_was_frozen_under_another_id_is_marked_all_the_same(
    assistant: Assistant, fill: Fill
) -> None:
    answer = ask(assistant)
    fill(bridge=REWRITTEN)
    change(assistant, "UPDATE frozen SET article = 'other'")
    drawn = open_first(assistant, answer)
    assert marked(drawn) == [CITED]


def test_a_passage_of_an_article_that_was_cited_is_shown_as_it_was(
    assistant: Assistant, fill: Fill
) -> None:
    answer = ask(assistant)
    passage = answer.hits[0].passage
    fill(bridge=REWRITTEN)
    drawn = open_place(assistant, answer, (passage.article, passage.start, passage.end), 1)
    assert drawn is not None
    assert (drawn["n"], drawn["note"]) == (0, CHANGED_SINCE)
    assert "".join(marked(drawn, 0)) == passage.text


def test_what_was_never_frozen_is_shown_as_well_as_can_be(assistant: Assistant, fill: Fill) -> None:
    answer = ask(assistant, freeze=False)
    before = open_first(assistant, answer)
    assistant.remove(answer.citations[0].article)
    assert open_first(assistant, answer) == before | {
        "note": "This is the article as it was when this was answered."
        " It is no longer in the library."
    }
    assistant.restore(answer.citations[0].article)
    fill(bridge=CORRECTED)
    drawn = open_first(assistant, answer)
    assert (drawn["note"], marked(drawn)) == (CHANGED, [CITED])
    fill(bridge=REWRITTEN)
    assert open_first(assistant, answer)["note"] == GONE


def test_an_answer_from_before_sources_were_frozen_is_shown_as_it_used_to_be(
    assistant: Assistant, fill: Fill
) -> None:
    answer = ask(assistant)
    answer = replace(answer, citations=(replace(answer.citations[0], hash=""),))
    fill(bridge=CORRECTED)
    assert open_first(assistant, answer)["note"] == CHANGED
    assistant.remove(answer.citations[0].article)
    drawn = open_first(assistant, answer)
    assert (drawn["note"], read(drawn)) == (REMOVED, CITED)


def test_a_damaged_copy_is_not_shown_as_what_was_cited(assistant: Assistant, fill: Fill) -> None:
    answer = ask(assistant)
    fill(bridge=CORRECTED)
    change(assistant, "UPDATE frozen SET text = replace(text, 'Monday', 'Friday')")
    assert open_first(assistant, answer)["note"] == CHANGED


def test_a_library_that_cannot_be_read_is_explained_beside_what_was_cited(
    assistant: Assistant, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ask(assistant)
    fill(bridge=CORRECTED)

    def fail(_: str) -> FrozenArticle:
        raise LibraryError("The library is damaged.", "Index again.")

    monkeypatch.setattr(assistant.library.frozen, "find", fail)
    drawn = open_first(assistant, answer)
    assert drawn["note"] == "The library is damaged. Index again."
    assert read(drawn) == CITED


def test_a_place_that_the_answer_does_not_have_is_not_opened(assistant: Assistant) -> None:
    answer = ask(assistant)
    assert open_place(assistant, answer, (answer.citations[0].article, 1, 2), 1) is None


def test_the_day_of_citing_is_the_one_where_it_is_read() -> None:
    late = datetime(2022, 3, 13, 23, 30, tzinfo=timezone(timedelta(hours=-11)))
    article = FrozenArticle("/a.md", "T", "Text.", frozen=late)
    here = late.astimezone().date()
    assert f"on {here.day} March 2022" in (describe_frozen(article, "gone") or "")
    assert describe_frozen(article, "unchanged") is None
