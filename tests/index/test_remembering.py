from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from conftest import FakeEmbedder

from rag.index import remembering
from rag.index.embedders import Contextual, Embedder, ReadTokens
from rag.index.remembering import MANY, Remembering


def test_vectors_are_those_of_the_embedder_it_asks(embedder: FakeEmbedder):
    texts = ["a ferry", "a council", "a ferry", ""]
    asked = FakeEmbedder().embed(texts)
    memory = Remembering(embedder)
    assert isinstance(memory, Embedder)
    for _ in range(2):
        np.testing.assert_array_equal(memory.embed(texts), asked)
    assert memory.embed([]).shape == (0, embedder.dimension)
    assert memory.embed_query("a ferry") == memory.embed_documents(["a ferry"])[0]


def test_what_is_known_is_not_asked_again(embedder: FakeEmbedder):
    memory = Remembering(embedder)
    memory.embed(["one", "two", "one"])
    assert embedder.embedded == 2
    memory.embed(["two", "three"])
    assert embedder.embedded == 3


def test_what_was_asked_for_longest_ago_is_forgotten_first(embedder: FakeEmbedder):
    memory = Remembering(embedder, capacity=2)
    memory.embed(["one", "two"])
    memory.embed(["one"])
    memory.embed(["three"])
    before = embedder.embedded
    memory.embed(["one", "three"])
    assert embedder.embedded == before
    memory.embed(["two"])
    assert embedder.embedded == before + 1


def test_indexing_pushes_out_nothing(embedder: FakeEmbedder):
    memory = Remembering(embedder, capacity=MANY)
    memory.embed(["one"])
    memory.embed([f"passage {n}" for n in range(MANY + 1)])
    before = embedder.embedded
    memory.embed(["one"])
    assert embedder.embedded == before


def test_threads_share_it(embedder: FakeEmbedder):
    memory = Remembering(embedder, capacity=8)
    texts = [f"text {n}" for n in range(20)]
    right = FakeEmbedder().embed(texts)
    wrong = []

    def work(seed: int) -> None:
        order = np.random.default_rng(seed).integers(0, len(texts), 300)
        wrong.extend(n for n in order if not np.array_equal(memory.embed([texts[n]])[0], right[n]))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


class Reader(FakeEmbedder):
    """An embedder that tells its tokens: one for each word, and notes what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def read_tokens(self, texts: Sequence[str]) -> list[ReadTokens]:
        self.read += texts
        found = []
        for text in texts:
            places = tuple(match.span() for match in re.finditer(r"\w+", text))
            found.append(ReadTokens(places, self.embed([text[a:b] for a, b in places])))
        return found


def test_the_tokens_of_a_text_are_read_once():
    reader = Reader()
    memory = Remembering(reader)
    assert isinstance(memory, Contextual)
    for _ in range(2):
        first, second, third = memory.read_tokens(["a ferry", "a council", "a ferry"])
        assert first is third
        assert second.places == ((0, 1), (2, 9))
        np.testing.assert_array_equal(first.vectors, FakeEmbedder().embed(["a", "ferry"]))
    assert sorted(reader.read) == ["a council", "a ferry"]
    assert memory.read_tokens([]) == []


def test_no_more_texts_are_remembered_by_token_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(remembering, "READ", 2)
    reader = Reader()
    memory = Remembering(reader)
    memory.read_tokens(["one", "two", "three"])
    memory.read_tokens(["two", "three"])
    assert reader.read == ["one", "two", "three"]
    assert [len(one.places) for one in memory.read_tokens(["one", "two"])] == [1, 1]
    assert reader.read[3] == "one"


def test_an_embedder_that_tells_no_tokens_has_none(embedder: FakeEmbedder):
    [read] = Remembering(embedder).read_tokens(["a ferry"])
    assert (read.places, read.vectors.shape) == ((), (0, embedder.dimension))
