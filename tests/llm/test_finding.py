"""Where models are looked for, which server gets the key, and each model by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fake_servers import VLLM, LlamaCpp, Model, Ollama
from loopback import Scripted, say, serving

from rag.errors import ModelError, NotLocal, UsageError
from rag.llm.busy import answering
from rag.llm.finding import Finder, find_first, find_ollama
from rag.llm.naming import read_engine
from rag.llm.probing import Listing, NobodyThere
from rag.llm.server import OPENAI, ServedModel, Server
from rag.settings import Settings

KEY = "sk-canary-77"


@pytest.fixture
def ollama() -> Iterator[Ollama]:
    fake = Ollama(Model("llama3:latest"), Model("qwen3:4b"))
    with serving(fake):
        yield fake


def find(settings: Settings, name: str, **how: object) -> ServedModel:
    return Finder(settings, **how).find(read_engine(name))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (None, None),
        (" ", None),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000/v1"),
        (":11435", "http://127.0.0.1:11435/v1"),
        ("'192.168.1.5'", "http://192.168.1.5:11434/v1"),
        ("ollama.lan:1234", "http://ollama.lan:1234/v1"),
        ("http://ollama.lan", "http://ollama.lan:80/v1"),
        ("https://ollama.lan", "https://ollama.lan:443/v1"),
        ("HTTPS://ollama.lan/llm/", "https://ollama.lan:443/llm/v1"),
        ("[::]", "http://[::1]:11434/v1"),
        ("[::1]:11435", "http://[::1]:11435/v1"),
        ("::1", "http://[::1]:11434/v1"),
        ("user:canary-77@ollama.lan:1234", "http://ollama.lan:1234/v1"),
    ],
)
def test_ollamas_own_variable_is_read_in_all_its_forms(
    said: str | None, address: str | None
) -> None:
    assert find_ollama(said) == address


def test_a_wrong_one_is_told_without_repeating_it() -> None:
    with pytest.raises(UsageError, match="OLLAMA_HOST") as caught:
        find_ollama("http://user:canary-77@ollama.lan:nowhere")
    assert "canary-77" not in str(caught.value)


def test_each_address_is_looked_at_once_and_the_settings_one_has_the_key() -> None:
    settings = Settings(
        base_url="http://localhost:8000/v1",
        api_key=KEY,
        servers=("http://127.0.0.1:8000/v1", "http://127.0.0.1:11434/v1"),
        ollama_host="0.0.0.0",
    )
    servers = Finder(settings, lambda: ["http://127.0.0.1:9000/v1"]).servers()
    assert [server.base_url for server in servers] == [
        "http://localhost:8000/v1", "http://127.0.0.1:11434/v1", "http://127.0.0.1:9000/v1"
    ]  # fmt: skip
    assert [server.api_key for server in servers] == [KEY, None, None]


@pytest.mark.parametrize("base_url", [None, OPENAI, f"{OPENAI}/"])
def test_openai_is_not_asked_what_it_has(base_url: str | None) -> None:
    finder = Finder(Settings(base_url=base_url, api_key=KEY, servers=()))
    assert finder.servers() == []
    model = finder.find(read_engine("openai:gpt"))
    assert (model.server.base_url, model.server.api_key) == (OPENAI, KEY)
    assert finder.find(read_engine(f"{OPENAI}#gpt")).server.api_key == KEY


def test_openai_without_a_key_is_told_and_other_servers_are_found_all_the_same(
    ollama: Ollama,
) -> None:
    settings = Settings(base_url=OPENAI, servers=(ollama.url,))
    with pytest.raises(UsageError, match="neither a key for OpenAI"):
        find(settings, "openai:gpt")
    assert find(settings, "ollama:qwen3:4b").name == "qwen3:4b"
    assert find(settings, f"{ollama.url}#qwen3:4b").name == "qwen3:4b"


def test_a_key_with_a_character_that_none_has_is_told(ollama: Ollama) -> None:
    settings = Settings(base_url=ollama.url, api_key="sk canary", servers=())
    with pytest.raises(UsageError, match="OPENAI_API_KEY"):
        find(settings, "openai:qwen3:4b")
    spaced = replace(settings, api_key=f" {KEY}\n")
    assert find(spaced, "openai:qwen3:4b").server.api_key == KEY


def test_the_key_goes_to_its_own_server_and_to_no_other(ollama: Ollama) -> None:
    named, typed = VLLM(key=KEY), LlamaCpp()
    with serving(named, typed):
        settings = Settings(base_url=named.url, api_key=KEY, servers=(ollama.url,))
        finder = Finder(settings, lambda: [typed.url])
        finder.look(finder.servers())
        for name in ("openai:tiny-1", "ollama:qwen3:4b", f"{typed.url}#tiny-1"):
            finder.find(read_engine(name))
    assert {request.key for request in named.requests} == {f"Bearer {KEY}"}
    for other in (ollama, typed):
        assert {request.key for request in other.requests} == {None}
        assert KEY not in str(other.requests)


@pytest.mark.parametrize("name", ["ollama:llama3", "ollama:llama3:latest", "ollama"])
def test_ollamas_latest_need_not_be_said(ollama: Ollama, name: str) -> None:
    assert find(Settings(servers=(ollama.url,)), name).name == "llama3:latest"


def test_a_model_that_the_server_does_not_have_is_told_with_those_it_has(ollama: Ollama) -> None:
    for name in ("ollama:gpt", f"{ollama.url}#gpt"):
        with pytest.raises(ModelError, match="has no model “gpt”") as caught:
            find(Settings(servers=(ollama.url,)), name)
        assert "It has “llama3:latest”, “qwen3:4b”." in caught.value.hint


def test_a_server_that_changes_its_model_between_two_questions_is_told() -> None:
    fake = LlamaCpp(Model("one"))
    with serving(fake):
        finder = Finder(Settings(servers=(fake.url,)))
        assert finder.find(read_engine("llamacpp:one")).name == "one"
        fake.models = [Model("two")]
        with pytest.raises(ModelError, match="has no model “one”") as caught:
            finder.find(read_engine("llamacpp:one"))
        assert "“two”" in caught.value.hint


def test_of_two_servers_of_a_kind_the_one_that_has_the_model_answers(ollama: Ollama) -> None:
    other = Ollama(Model("only-here"))
    with serving(other):
        settings = Settings(servers=(ollama.url, other.url))
        assert find(settings, "ollama:only-here").server.base_url == other.url
        assert find(settings, "ollama:qwen3:4b").server.base_url == ollama.url


def test_software_that_nobody_answers_for_is_told_with_where_it_was_looked_for(
    ollama: Ollama,
) -> None:
    with pytest.raises(ModelError, match="No vLLM answers at 127") as caught:
        find(Settings(servers=(ollama.url,)), "vllm:m")
    assert "DATELINE_SERVERS" in caught.value.hint


def test_an_address_without_a_model_server_is_told() -> None:
    fake = Scripted()
    fake.listing = say(b"<html>Hello</html>")
    with serving(fake), pytest.raises(ModelError, match="There is no model server at"):
        find(Settings(servers=()), f"{fake.url}#m")


@pytest.mark.parametrize("name", ["https://models.example/v1#m", "openai:gpt", "openai:"])
def test_this_machine_only_sends_nothing_elsewhere(name: str) -> None:
    settings = Settings(api_key=KEY, servers=("http://models.example/v1",))
    with pytest.raises(NotLocal, match="“This machine only” is on"):
        find(settings, name, is_local_only=lambda: True)


def test_this_machine_only_refuses_a_model_that_ollama_has_elsewhere() -> None:
    fake = Ollama(Model("big:cloud", remote="ollama.com"))
    with serving(fake):
        for name in ("ollama:big:cloud", "ollama", f"{fake.url}#big:cloud"):
            with pytest.raises(NotLocal, match="would go to ollama"):
                find(Settings(servers=(fake.url,)), name, is_local_only=lambda: True)
    assert not fake.asked


def test_a_server_in_the_middle_of_an_answer_is_left_alone(ollama: Ollama) -> None:
    finder = Finder(Settings(servers=(ollama.url,)))
    [before] = finder.look(finder.servers())
    asked = len(ollama.requests)
    with answering(ollama.url):
        assert finder.look(finder.servers()) == [before]
    assert len(ollama.requests) == asked
    finder.look(finder.servers())
    assert len(ollama.requests) > asked


@pytest.mark.parametrize("here", ["down", "slow"])
def test_a_name_by_kind_never_moves_to_another_machine(
    monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    own, far = Server("http://127.0.0.1:11434/v1"), Server("http://10.0.0.9:11434/v1")
    problem = NobodyThere("Nobody.") if here == "down" else ModelError("It is slow.")
    asked: list[Server] = []

    def probe(servers: list[Server], *, only: str | None = None) -> list[Listing]:
        asked.extend(servers)
        there = Listing(far, "ollama", (ServedModel(far, "m", "ollama"),))
        return [there if server == far else Listing(own, problem=problem) for server in servers]

    monkeypatch.setattr("rag.llm.finding.probe", probe)
    settings = Settings(servers=(own.base_url, far.base_url))
    with pytest.raises(ModelError, match="No Ollama" if here == "down" else "slow"):
        find(settings, "ollama:m")
    assert asked == [own]
    assert find(settings, f"{far.base_url}#m").server == far


def test_of_models_none_is_named_of_the_first_that_stays_here_is_meant() -> None:
    server = Server("http://127.0.0.1:11434/v1")
    cloud = ServedModel(server, "a-cloud", "ollama", passes_to="ollama.com")
    assert find_first([cloud, ServedModel(server, "b")]).name == "b"
    assert find_first([cloud]) is cloud
