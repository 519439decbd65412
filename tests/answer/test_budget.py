"""What fits a model's window, how it is counted, and what a refusal by the server changes."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FakeEmbedder
from fake_servers import VLLM, LlamaCpp, ModelServer
from loopback import Forever, Reply, Wait, say, serving

from rag.answer import budget
from rag.answer.budget import Budget, is_cut_short, plan_budget
from rag.errors import ModelError
from rag.llm.counting import Counting
from rag.llm.halt import Halt
from rag.llm.server import Kind, ServedModel, Server
from rag.llm.window import find_window
from rag.settings import Settings


@pytest.fixture
def llamacpp() -> Iterator[LlamaCpp]:
    fake = LlamaCpp()
    with serving(fake):
        yield fake


def make_model(fake: ModelServer, kind: Kind = "llamacpp", window: int = 8192) -> ServedModel:
    return ServedModel(Server(fake.url), "tiny-1", kind, window)


def make_budget(window: int = 4000) -> Budget:
    return Budget(window, False, len, "by letters", False)


@pytest.mark.parametrize(
    ("kind", "window", "limit", "used"),
    [
        ("ollama", 131072, None, (8192, True)),
        ("ollama", 131072, 20000, (20000, True)),
        ("ollama", 2048, 20000, (2048, True)),
        ("ollama", None, None, (8192, True)),
        ("llamacpp", 4096, None, (4096, True)),
        ("llamacpp", 4096, 2000, (2000, True)),
        ("openai", None, None, (8192, False)),
        ("openai", None, 2000, (2000, False)),
    ],
)
def test_how_much_of_a_window_is_used(
    kind: Kind, window: int | None, limit: int | None, used: tuple[int, bool]
) -> None:
    model = ServedModel(Server("http://127.0.0.1:1/v1"), "m", kind, window)
    assert find_window(model, limit) == used


@pytest.mark.parametrize("server", [LlamaCpp, VLLM])
def test_a_server_that_counts_is_asked_and_no_other(server: type[ModelServer]) -> None:
    fake = server()
    kind: Kind = "llamacpp" if server is LlamaCpp else "vllm"
    with serving(fake):
        made = plan_budget(make_model(fake, kind), Settings(), None)
        assert made.exact
        assert made.count("one two three.") == 5
        asked = len(fake.requests)
        other = plan_budget(make_model(fake, "lmstudio"), Settings(), FakeEmbedder())
        assert not other.exact
        assert "estimated" in other.how
    assert len(fake.requests) == asked


@pytest.mark.parametrize(
    "said", [say({}, 500), say([1]), say({"count": "9"}), say({"tokens": 9}), say(b"<html>")]
)
def test_a_count_that_cannot_be_read_gives_way_to_an_estimate(
    llamacpp: LlamaCpp, said: Reply
) -> None:
    llamacpp.instead["/tokenize"] = said
    assert not plan_budget(make_model(llamacpp), Settings(), FakeEmbedder()).exact


def test_counting_has_a_clock_and_is_stopped_at_once(llamacpp: LlamaCpp) -> None:
    llamacpp.instead["/tokenize"] = Reply(200, [b"{", Forever(b" ", 0.01)])
    begun = time.monotonic()
    assert Counting(make_model(llamacpp), 0.3, Halt()).count("One.") is None
    assert time.monotonic() - begun < 3
    llamacpp.instead["/tokenize"] = Reply(200, [Wait()])
    halt = Halt()
    threading.Timer(0.2, halt.pull).start()
    begun = time.monotonic()
    with pytest.raises(ModelError, match="was stopped"):
        Counting(make_model(llamacpp), 20, halt).count("One.")
    assert time.monotonic() - begun < 2
    llamacpp.wait_for(lambda: len(llamacpp.gone) == 2)


def test_a_smaller_window_takes_the_place_of_the_one_that_was_guessed() -> None:
    smaller = make_budget().shrink(2048)
    assert (smaller.window, smaller.told, smaller.caution) == (2048, True, 1.0)


@pytest.mark.parametrize("told", [None, 4000, 9000])
def test_a_window_that_is_no_news_makes_the_count_more_cautious(told: int | None) -> None:
    usual = make_budget()
    assert usual.fits(3000)
    wary = usual.shrink(told)
    assert wary.window == usual.window
    assert not wary.fits(3000)
    assert wary.fits(1500)
    assert wary.room(1500) < usual.room(1500)


def test_the_answer_has_its_part_of_a_small_window() -> None:
    assert make_budget(2048).reserve == 512
    assert make_budget(2048).fits(2048 - 512 - 32)
    assert not make_budget(2048).fits(2048 - 512 - 31)
    assert make_budget(100_000).reserve == 800


@pytest.mark.parametrize(
    ("read", "exact", "cut"),
    [(2050, True, True), (2050, False, True), (7500, True, True), (7900, True, False)],
)
def test_tokens_that_were_not_read_are_noticed(read: int, exact: bool, cut: bool) -> None:
    prompt = "word " * 6000
    assert is_cut_short(read, prompt, 8000, exact=exact) == cut


def test_a_vocabulary_that_is_not_as_it_should_be_is_not_fetched_for_a_model_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    fetched = []
    monkeypatch.setattr(budget, "_load_encoding", lambda: fetched.append(1))
    name = hashlib.sha1(budget.VOCABULARY.encode(), usedforsecurity=False).hexdigest()
    (tmp_path / name).write_bytes(b"damaged")
    here = ServedModel(Server("http://127.0.0.1:1/v1"), "m")
    assert not plan_budget(here, Settings(), None).exact
    assert fetched == []
    plan_budget(ServedModel(Server("http://models.example/v1"), "m"), Settings(), None)
    assert fetched == [1]
