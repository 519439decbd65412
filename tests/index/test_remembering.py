from __future__ import annotations

import threading

import numpy as np
from conftest import FakeEmbedder

from rag.index.embedders import Embedder
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
