"""The assistant with its reader and without: answers, scores, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md
from fake_openai import serve_fake
from fake_reader import FakeReader

from rag.assistant import PASSAGES, Assistant
from rag.errors import EmbedderError
from rag.index.minilm import MiniLM
from rag.reader.shipped import read_shipped
from rag.retrieve.hybrid import retrieve
from rag.settings import Settings
from rag.types import Hit

QUESTION = "How many people had the ferry aboard?"
#: What stands in one passage alone.
OWN = r"(?:buoy|rudder)\d+"
#: What is read counts ten times as much as what was found.
WHOLLY = {"score": 1.0, "read": 10.0}


@pytest.fixture
def assistant(
    home: Path, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    """Articles on one ferry, one of them in many passages; each has words of its own."""
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder())
    monkeypatch.setattr(Assistant, "reader", FakeReader({"rudder7": 9.0}))
    long = " ".join(f"The ferry had rudder{n} and mast{n} aboard for people." for n in range(90))
    texts = {
        f"ferry{n}": write_md(
            f"The ferry was seen near buoy{n}. {'It had people aboard. ' * (n % 4)}",
            title=f"Seen {n}",
        )
        for n in range(30)
    }
    texts["long"] = write_md(long, title="A ferry and its people aboard")
    with Assistant(Settings(home=home), create=True) as opened:
        opened.index([articles(**texts)])
        yield opened


@pytest.fixture
def readerless(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr(Assistant, "reader", None)
    return assistant


def scores(hits: list[Hit]) -> list[float]:
    return [hit.score for hit in hits]


@pytest.mark.parametrize("k", [1, PASSAGES, PASSAGES + 1, 40, 200])
def test_scores_fall_however_many_passages_are_asked_for(assistant: Assistant, k: int) -> None:
    found = assistant.search(QUESTION, k=k)
    assert len(found) == len({hit.passage.id for hit in found})
    assert len(found) == len(retrieve(assistant.store, QUESTION, k)) > min(k, 35) - 1
    assert scores(found) == sorted(scores(found), reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores(found))


def test_what_is_read_is_the_same_however_many_passages_are_asked_for(assistant: Assistant) -> None:
    assert assistant.search(QUESTION, k=40)[:PASSAGES] == assistant.search(QUESTION)


def point_at_the_last(assistant: Assistant) -> tuple[int, float, FakeReader]:
    """The last passage found, its score unread, and a reader that points at a word of its own."""
    hits = assistant.search(QUESTION)
    last = next(hit for hit in reversed(hits) if re.search(OWN, hit.passage.text))
    return last.passage.id, last.score, FakeReader({re.search(OWN, last.passage.text)[0]: 12.0})


def test_a_passage_that_the_reader_points_at_rises(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assistant, "reader", FakeReader({}))
    last, before, reader = point_at_the_last(assistant)
    monkeypatch.setattr(Assistant, "reader", reader)
    found = {hit.passage.id: hit.score for hit in assistant.search(QUESTION)}
    assert found[last] > before
    assert scores(assistant.search(QUESTION)) == sorted(found.values(), reverse=True)


@pytest.mark.parametrize("k", [1, 3])
def test_few_passages_are_the_first_of_the_ten_that_are_read(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, k: int
) -> None:
    # However much what is read may count, the last is the best then.
    monkeypatch.setattr("rag.answer.study.read_weights", {"hit_read": WHOLLY}.__getitem__)
    monkeypatch.setattr(Assistant, "reader", FakeReader({}))
    last, _, reader = point_at_the_last(assistant)
    assert last not in [hit.passage.id for hit in assistant.search(QUESTION, k=k)]
    monkeypatch.setattr(Assistant, "reader", reader)
    found = assistant.search(QUESTION, k=k)
    assert found == assistant.search(QUESTION, k=PASSAGES)[:k]
    assert (len(found), found[0].passage.id) == (k, last)


@pytest.mark.parametrize("k", [1, 3, PASSAGES, 40])
def test_a_search_without_a_reader_is_as_it_was_found(readerless: Assistant, k: int) -> None:
    found = retrieve(readerless.store, QUESTION, max(k, PASSAGES))
    assert readerless.search(QUESTION, k=k) == found[:k]


def test_a_model_is_given_the_passages_in_the_readers_order(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assistant, "reader", FakeReader({}))
    _, _, reader = point_at_the_last(assistant)
    monkeypatch.setattr(Assistant, "reader", reader)
    with serve_fake() as fake:
        settings = Settings(home=assistant.settings.home, base_url=fake.url, api_key="k")
        with Assistant(settings) as asked:
            fake.say("The ferry had people aboard [1].")
            answer = asked.ask(QUESTION, engine="openai:tiny-1")
            expected = asked.search(QUESTION)
    assert [hit.passage.id for hit in answer.hits] == [hit.passage.id for hit in expected]
    assert scores(list(answer.hits)) == pytest.approx(scores(expected))
    shown = [fake.prompt.find(hit.passage.text[:60]) for hit in expected[:3]]
    assert -1 not in shown
    assert answer.sentences
    assert answer.short is None


# The reader's own weights and the embedder's.

FERRY = write_md("The ferry Aurora sank off Skell with 41 people aboard.", title="Aurora sinks")


@pytest.fixture
def plain(home: Path, articles: Callable[..., Path]) -> Iterator[Assistant]:
    with Assistant(Settings(home=home), create=True) as opened:
        opened.index([articles(ferry=FERRY)])
        yield opened


def find_notes(assistant: Assistant, word: str) -> list[str]:
    return [note for note in assistant.ask("What sank off Skell?").notes if word in note]


def test_an_assistant_has_the_reader_that_travels_along(plain: Assistant) -> None:
    plain.warm()
    assert plain.reader is not None
    assert plain.reader.name == read_shipped().sha256[:16]
    assert find_notes(plain, "reader") == []


def test_without_the_reader_it_answers_and_says_so(
    plain: Assistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = tmp_path / "reader.safetensors"
    monkeypatch.setattr("rag.reader.reader.read_shipped", lambda: read_shipped(gone))
    answer = plain.ask("What sank off Skell?")
    assert answer.citations[0].quote.startswith("The ferry Aurora sank")
    assert answer.short is None
    assert plain.reader is None
    [note] = [note for note in answer.notes if "reader" in note]
    assert note.startswith(f"Answered without the reader: {gone} cannot be read")
    assert "docs/reader.md" in note
    assert [hit.article.title for hit in plain.search("ferry")] == ["Aurora sinks"]


def test_without_an_embedder_the_reader_is_not_looked_for(
    plain: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(settings: Settings) -> MiniLM:
        raise EmbedderError("No weights.", "Install them.")

    with Assistant(plain.settings) as other:
        monkeypatch.setattr(MiniLM, "open", fail)
        assert other.reader is None
        answer = other.ask("What sank off Skell?")
        assert answer.citations
        assert [note for note in answer.notes if "words alone" in note]
        assert not [note for note in answer.notes if "reader" in note]
