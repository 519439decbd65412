"""What stands at an address is told by its answers: the software, the models, what they read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from fake_servers import VLLM, LlamaCpp, LlamaCppPython, LMStudio, Model, ModelServer, Ollama
from loopback import SILENCE, Forever, Loopback, Reply, Scripted, Wait, say, serving

from rag.errors import ModelBusy
from rag.llm import http, probing
from rag.llm.http import TooMuch
from rag.llm.probing import LOCAL_PATIENCE, Listing, NobodyThere, NothingListed, probe
from rag.llm.server import Server

Start = Callable[[Loopback], Loopback]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(server: Loopback) -> Loopback:
            stack.enter_context(serving(server))
            return server

        yield begin


def look(server: Loopback, key: str | None = None, only: str | None = None) -> Listing:
    [listing] = probe([Server(server.url, key)], only=only)
    return listing


TWO = [Model("tiny-1", 4096), Model("tiny-2", 8192)]


@pytest.mark.parametrize(
    ("server", "kind", "windows"),
    [
        (Ollama, "ollama", [4096, 8192]),
        (LlamaCpp, "llamacpp", [4096, 8192]),
        (VLLM, "vllm", [4096, 8192]),
        (LMStudio, "lmstudio", [4096, 8192]),
        (LlamaCppPython, "openai", [None, None]),
    ],
)
def test_each_software_is_told_with_its_models_and_their_windows(
    start: Start, server: type[ModelServer], kind: str, windows: list[int | None]
) -> None:
    listing = look(start(server(*TWO)))
    assert (listing.kind, listing.problem) == (kind, None)
    assert [model.name for model in listing.models] == ["tiny-1", "tiny-2"]
    assert [model.window for model in listing.models] == windows
    assert {model.kind for model in listing.models} == {kind}


def test_an_older_llama_cpp_tells_its_window_where_it_tells_its_settings(start: Start) -> None:
    fake = LlamaCpp(Model(window=2048))
    fake.tells_window = False
    assert look(start(fake)).models[0].window == 2048


def test_models_that_only_embed_are_not_listed(start: Start) -> None:
    for server in (Ollama(Model("e", embeds=True), Model()), LMStudio(Model("e", embeds=True))):
        names = [model.name for model in look(start(server)).models]
        assert "e" not in names


def test_ollama_without_a_model_is_ollama_all_the_same(start: Start) -> None:
    fake = Ollama()
    fake.models = []
    listing = look(start(fake))
    assert (listing.kind, listing.models, listing.problem) == ("ollama", (), None)


def test_a_model_of_ollamas_own_says_where_it_sends_the_words(start: Start) -> None:
    fake = Ollama(Model("big:cloud", remote="ollama.com"), Model("small"))
    cloud, small = look(start(fake)).models
    assert (cloud.passes_to, cloud.is_local) == ("ollama.com", False)
    assert small.is_local
    for path in ("/api/tags", "/api/show"):
        fake.instead[path] = say({}, 500)
    cloud, small = look(fake).models
    assert [cloud.is_local, small.is_local] == [False, True]


def test_another_model_of_the_same_name_has_another_identity(start: Start) -> None:
    fake = Ollama(Model(digest="sha256:1"))
    before = look(start(fake)).models[0].identity
    fake.models = [Model(digest="sha256:2")]
    assert before != look(fake).models[0].identity


def test_details_are_asked_of_the_wanted_model_alone(start: Start) -> None:
    fake = Ollama(*(Model(f"m{n}") for n in range(9)))
    look(start(fake), only="m3")
    assert [one.json for one in fake.requests if one.path == "/api/show"] == [{"model": "m3"}]


@pytest.mark.parametrize("server", [VLLM, LlamaCpp, LlamaCppPython])
def test_a_key_that_is_missing_or_wrong_is_told(start: Start, server: type[ModelServer]) -> None:
    fake = start(server(key="sk-right-77"))
    problem = look(fake).problem
    assert problem is not None
    assert "wants a key, and there is none for it" in problem.problem
    assert "OPENAI_API_KEY" in problem.hint
    problem = look(fake, "sk-wrong-66").problem
    assert problem is not None
    assert "does not accept the key" in problem.problem
    assert look(fake, "sk-right-77").problem is None


@pytest.mark.parametrize("server", [VLLM, LlamaCpp, Ollama])
def test_a_key_where_none_is_needed_does_no_harm(start: Start, server: type[ModelServer]) -> None:
    assert look(start(server()), "sk-canary-77").problem is None


def test_a_server_that_is_loading_is_there_and_busy(start: Start) -> None:
    fake = LlamaCpp()
    fake.loading = True
    listing = look(start(fake))
    assert isinstance(listing.problem, ModelBusy)
    assert "still loading its model" in listing.problem.problem
    assert listing.is_there


@pytest.mark.parametrize(
    "listed",
    [
        say(b"<html>Sign in</html>"),
        say(b"[" * 100_000),
        say(b'{"data": [{"id": '),
        say([1, 2]),
        say({"hello": "world"}),
        say({}, 404),
        say(b"", 401),
        say(b"<html>Forbidden</html>", 403),
        say(b"", 307, location="http://127.0.0.1:9/v1/models"),
    ],
)
def test_what_is_no_model_server_is_told_as_that(start: Start, listed: Reply) -> None:
    fake = Scripted()
    fake.listing = listed
    listing = look(start(fake))
    assert isinstance(listing.problem, NothingListed)
    assert "There is no model server at" in listing.problem.problem
    assert "usually ends in /v1" in listing.problem.hint
    assert not listing.is_there


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (say(b"", 401), "does not accept the key"),
        (say(b"", 503), "is busy"),
        (say(b"", 307), "sends elsewhere"),
    ],
)
def test_a_server_that_a_key_is_set_for_is_taken_at_its_word(
    start: Start, listed: Reply, said: str
) -> None:
    fake = Scripted()
    fake.listing = listed
    problem = look(start(fake), "sk-canary-77").problem
    assert problem is not None
    assert said in problem.problem


@pytest.mark.parametrize(
    "rows",
    [
        [{"id": 7}, {"id": ""}, {"id": "x" * 301}, "no row", None, {"id": "fine"}],
        [{"id": "fine", "max_model_len": "many", "owned_by": ["vllm"], "meta": 3}],
        [{"id": "fine", "owned_by": "llamacpp", "meta": {"n_ctx": -1}}],
        [{"id": "fine", "owned_by": "vllm", "max_model_len": True}],
    ],
)
def test_rows_that_make_no_sense_are_left_out(start: Start, rows: list[object]) -> None:
    fake = Scripted()
    fake.listing = say({"data": rows})
    listing = look(start(fake))
    assert [(model.name, model.window) for model in listing.models] == [("fine", None)]


def test_of_thousands_of_models_some_are_listed(start: Start) -> None:
    listing = look(start(Scripted(models=[f"m{n}" for n in range(3000)])))
    assert len(listing.models) == probing.MAX_MODELS


def test_nobody_at_an_address_is_told_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    begun = time.monotonic()
    [listing] = probe([Server(url)])
    assert time.monotonic() - begun < 5
    assert isinstance(listing.problem, NobodyThere)
    assert listing.problem.problem.endswith("cannot be reached: nobody answers.")


@pytest.mark.parametrize(
    "listed",
    [SILENCE, Reply(200, [b"{", Forever(b" ", 0.01)]), Reply(None, [Forever(b"x", 0.01)])],
)
def test_who_does_not_come_to_an_end_is_left_after_a_while(start: Start, listed: Reply) -> None:
    fake = Scripted()
    fake.listing = listed
    begun = time.monotonic()
    problem = look(start(fake)).problem
    assert time.monotonic() - begun < 10 * LOCAL_PATIENCE
    assert problem is not None
    assert "does not say within 1.5 seconds" in problem.problem
    fake.wait_for(lambda: fake.gone)


def test_a_list_without_end_is_not_read_to_its_end(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BYTES", 2_000_000)
    fake = Scripted()
    fake.listing = Reply(200, [b'{"data": [', Forever(b" " * 100_000)])
    problem = look(start(fake)).problem
    assert problem is not None
    assert "more than 2 MB" in problem.problem
    fake.wait_for(lambda: fake.gone)
    assert fake.sent < 20_000_000


def test_what_is_packed_is_not_unpacked(start: Start) -> None:
    fake = Scripted()
    fake.listing = say(b"\x1f\x8b" + b"\0" * 100, content_encoding="gzip")
    problem = look(start(fake)).problem
    assert problem is not None
    assert "packed" in problem.problem
    assert issubclass(TooMuch, Exception)


def test_a_look_up_of_a_name_that_hangs_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        looked_up.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(probing, "REMOTE_PATIENCE", 0.3)
    begun = time.monotonic()
    [listing] = probe([Server("http://models.example/v1")])
    assert time.monotonic() - begun < 20
    assert listing.problem is not None
    looked_up.set()


def test_all_servers_are_asked_at_once(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "LOCAL_PATIENCE", 30.0)
    monkeypatch.setattr(probing, "REMOTE_PATIENCE", 30.0)
    slow = []
    for _ in range(4):
        fake = Scripted()
        fake.listing = Reply(200, [Wait(2.0), b'{"data": []}'])
        slow.append(start(fake))
    begun = time.monotonic()
    listings = probe([Server(fake.url) for fake in slow])
    assert [listing.problem for listing in listings] == [None] * 4
    assert time.monotonic() - begun < 4 * 2.0


def test_https_where_none_is_spoken_and_a_name_that_is_unknown_are_told(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = start(Scripted())
    [listing] = probe([Server(fake.url.replace("http:", "https:"))])
    assert "does not speak HTTPS" in str(listing.problem)

    def fail(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    [listing] = probe([Server("http://models.example/v1")])
    assert "no machine of that name" in str(listing.problem)
