"""An embedder that a model server runs: the vectors, their name, and whatever a server sends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from conftest import FakeEmbedder
from fake_embeddings import MODEL, FakeEmbeddings, serve_embeddings, squash
from numpy.typing import NDArray

from rag.errors import EmbedderError
from rag.index.embedders import Embedder
from rag.index.gauge_table import PAIRS
from rag.index.minilm import MiniLM
from rag.index.remembering import Remembering
from rag.index.scale import NEAR, SAME, STRANGE, Scale, find_scale, measure
from rag.index.served import BATCH, Known, Served, find_prefixes
from rag.llm.server import ServedModel, Server
from rag.settings import Settings

SETTINGS = Settings(connect_timeout=1, first_timeout=3)
TEXTS = [f"The ferry {n} sailed to Skell in May." for n in range(3 * BATCH + 1)]


@pytest.fixture(params=[True, False], ids=["ollama", "openai"])
def fake(request: pytest.FixtureRequest) -> Iterator[FakeEmbeddings]:
    with serve_embeddings(ollama=request.param) as server:
        yield server


def find_model(fake: FakeEmbeddings, **how: Any) -> ServedModel:
    given: dict[str, Any] = {"kind": "ollama" if fake.ollama else "openai"}
    given |= {"identity": "sha256:abc"} if fake.ollama else {}
    return ServedModel(Server(fake.url, how.pop("api_key", None)), MODEL, **given | how)


def open_served(fake: FakeEmbeddings, settings: Settings = SETTINGS, **how: Any) -> Served:
    return Served(find_model(fake, **how), settings, FakeEmbedder().count_tokens)


def test_vectors_come_in_order_at_length_one_whatever_the_batches(fake: FakeEmbeddings) -> None:
    fake.make = lambda texts: FakeEmbedder().embed(texts) * 7
    served = open_served(fake)
    assert isinstance(served, Embedder)
    fake.forget()
    made = served.embed(TEXTS)
    assert (made.dtype, served.dimension, served.max_tokens) == (np.float32, 64, 256)
    np.testing.assert_allclose(made, FakeEmbedder().embed(TEXTS), atol=1e-6)
    assert fake.texts == TEXTS
    assert max(len(request["input"]) for request in fake.requests) == BATCH
    assert served.embed([]).shape == (0, 64)
    assert served.embed_query(TEXTS[0]) == served.embed_documents(TEXTS[:1])[0]


def test_each_protocol_is_spoken_as_it_is_meant(fake: FakeEmbeddings) -> None:
    served = open_served(fake, api_key="sk-canary")
    served.embed(["a ferry"])
    assert fake.requests[-1]["model"] == MODEL
    assert fake.requests[-1].get("truncate") is (False if fake.ollama else None)
    assert set(fake.posted) == {"/api/embed" if fake.ollama else "/v1/embeddings"}
    assert set(fake.keys) == {"Bearer sk-canary"}


def test_the_name_changes_with_all_that_vectors_depend_on() -> None:
    def wide(texts: Sequence[str]) -> NDArray[Any]:
        return FakeEmbedder(dimension=32).embed(texts)

    with serve_embeddings() as fake, serve_embeddings() as other:
        name = open_served(fake).name
        assert open_served(other).name == name
        assert open_served(fake, identity="def").name != name
        placed = open_served(fake, identity="").name
        assert placed not in (name, open_served(other, identity="").name)
        fake.make = wide
        assert open_served(fake).name != name
        assert open_served(fake).dimension == 32


def test_a_known_embedder_is_opened_without_asking(fake: FakeEmbeddings) -> None:
    first = open_served(fake)
    fake.forget()
    known = Known(first.name, str(first.scale))
    again = Served(find_model(fake), SETTINGS, first.count_tokens, known)
    assert (again.name, again.dimension, again.scale) == (first.name, 64, first.scale)
    assert not fake.requests
    for wrong in (Known(first.name, "no numbers"), Known("minilm/int8-1", None), Known()):
        assert Served(find_model(fake), SETTINGS, first.count_tokens, wrong).name == first.name
        assert fake.requests
        fake.forget()


def test_a_text_longer_than_the_model_reads_is_embedded_in_parts(fake: FakeEmbeddings) -> None:
    served = open_served(fake)
    fake.limit = 120
    long = " ".join(f"word{n}" for n in range(60)) + " zebra"
    made = served.embed(["short", long])
    assert made[1] @ served.embed(["zebra"])[0] > 0.05
    assert np.linalg.norm(made[1]) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(made[0], FakeEmbedder().embed(["short"])[0], atol=1e-6)
    fake.limit = 3
    with pytest.raises(EmbedderError, match="too long"):
        served.embed([long])


def write(fake: FakeEmbeddings, rows: object) -> str:
    if fake.ollama:
        return json.dumps({"embeddings": rows})
    assert isinstance(rows, list)
    return json.dumps({"data": [{"embedding": row} for row in rows]})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "0 vectors for 1"),
        ([[1.0] * 64] * 2, "2 vectors for 1"),
        ([[1.0] * 63], "63 numbers in place of 64"),
        ([[]], "0 numbers in place of 64"),
        ([[float("nan")] * 64], "NaN"),
        ([[float("inf")] * 64], "NaN"),
        ([[0.0] * 64], "empty"),
        ([["x"] * 64], "no answer"),
        ([None], "no answer"),
    ],
)
def test_what_is_no_vector_is_refused_in_words(
    fake: FakeEmbeddings, rows: list[Any], said: str
) -> None:
    served = open_served(fake)
    fake.reply = write(fake, rows)
    with pytest.raises(EmbedderError, match=said) as caught:
        served.embed(["a ferry"])
    assert "--embedder minilm" in caught.value.hint
    assert "quotes engine" not in str(caught.value)


@pytest.mark.parametrize(
    "reply", ["", "[]", "{}", "<html>", '{"data": 7, "embeddings": 7}', "null"]
)
def test_what_is_no_list_is_refused_in_words(fake: FakeEmbeddings, reply: str) -> None:
    served = open_served(fake)
    fake.reply = reply
    with pytest.raises(EmbedderError, match=r"127\.0\.0\.1|no list"):
        served.embed_questions(["a ferry"])


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "wants a key"), (404, "does not know"), (500, "status 500"), (503, "busy")],
)
def test_a_refusal_is_told_with_what_to_do(fake: FakeEmbeddings, status: int, said: str) -> None:
    served = open_served(fake)
    fake.status, fake.reply = status, '{"error": "no"}'
    with pytest.raises(EmbedderError, match=said):
        served.embed_questions(["a ferry"])
    assert isinstance(served.failure, EmbedderError)
    fake.status, fake.reply = 200, None
    served.embed_questions(["a ferry"])
    assert served.failure is None


def test_a_key_is_in_no_words(fake: FakeEmbeddings) -> None:
    served = open_served(fake, api_key="sk-canary-1234567")
    fake.status, fake.reply = 400, json.dumps({"error": "bad key sk-canary-1234567"})
    with pytest.raises(EmbedderError) as caught:
        served.embed(["a ferry"])
    assert "canary" not in str(caught.value) + repr(served.model)


def test_a_server_that_hangs_is_given_up_by_the_clock(fake: FakeEmbeddings) -> None:
    # Opening asks for a vector, which has its time on a busy machine, too.
    served = open_served(fake, Settings(first_timeout=2))
    fake.delay = 6
    with pytest.raises(EmbedderError, match=r"in time: no vectors came in 2 seconds"):
        served.embed_questions(["a ferry"])


def test_a_server_that_has_gone_is_told_of(fake: FakeEmbeddings) -> None:
    served = open_served(fake)
    fake.lives = 0
    with pytest.raises(EmbedderError, match="broke off"):
        served.embed(["a ferry"])


def test_nobody_at_the_address_is_told_at_once() -> None:
    nobody = ServedModel(Server("http://127.0.0.1:9/v1"), MODEL)
    with pytest.raises(EmbedderError, match="cannot be reached"):
        Served(nobody, SETTINGS, FakeEmbedder().count_tokens)


def test_half_a_character_and_an_empty_text_are_embedded(fake: FakeEmbeddings) -> None:
    assert open_served(fake).embed(["a \ud800 ferry", ""]).shape == (2, 64)


def test_threads_share_it(fake: FakeEmbeddings) -> None:
    served = Remembering(open_served(fake))
    right, wrong = FakeEmbedder().embed(TEXTS), []

    def work(seed: int) -> None:
        order = np.random.default_rng(seed).permutation(len(TEXTS))[:20]
        made = served.embed([TEXTS[n] for n in order])
        wrong.extend(
            n for n, row in zip(order, made, strict=True) if (abs(row - right[n]) > 1e-6).any()
        )

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_models_get_the_words_that_they_were_trained_with() -> None:
    assert find_prefixes("nomic-embed-text:v1.5") == ("search_query: ", "search_document: ")
    assert find_prefixes(MODEL) == ("", "")
    with serve_embeddings() as fake:
        model = ServedModel(Server(fake.url), "nomic-embed-text", "ollama")
        served = Remembering(Served(model, SETTINGS, FakeEmbedder().count_tokens))
        fake.forget()
        served.embed(["a ferry"])
        served.embed_questions(["a ferry"])
        assert fake.texts == ["search_document: a ferry", "search_query: a ferry"]


def test_vectors_that_tell_nothing_apart_are_no_embedder(fake: FakeEmbeddings) -> None:
    fake.make = lambda texts: np.ones((len(texts), 8))
    with pytest.raises(EmbedderError, match="do not tell"):
        open_served(fake)


def test_minilms_cosines_are_their_own_scale() -> None:
    minilm = MiniLM.open(Settings())
    questions, passages = (minilm.embed(list(texts)) for texts in zip(*PAIRS, strict=True))
    assert measure(questions, passages) == pytest.approx((NEAR, STRANGE), abs=2e-3)
    scale = find_scale(questions, passages)
    assert scale is not None
    assert (scale.factor, scale.offset) == pytest.approx((1, 0), abs=5e-3)
    assert minilm.scale == SAME


@pytest.mark.parametrize("share", [0.3, 0.8, 1.5, 3.0])
def test_a_scale_takes_back_what_pushed_all_cosines_together(share: float) -> None:
    minilm = MiniLM.open(Settings())
    questions, passages = ([*texts] for texts in zip(*PAIRS, strict=True))
    own = minilm.embed(questions) @ minilm.embed(passages).T
    push = squash(minilm.embed, share)
    pushed = push(questions) @ push(passages).T
    assert pushed.min() > own.min() + share**2 / (1 + share**2) / 2
    scale = find_scale(push(questions), push(passages))
    assert scale is not None
    laid = scale.lay(pushed)
    assert np.corrcoef(laid.ravel(), own.ravel())[0, 1] > 0.98
    assert abs(laid - own).mean() < 0.05


def test_a_scale_is_read_as_it_was_written() -> None:
    scale = Scale(1 / 3, -0.1)
    assert Scale.read(str(scale)) == scale
    for wrong in ("", "1", "a b", "1 2 3"):
        with pytest.raises(ValueError, match=r"."):
            Scale.read(wrong)
