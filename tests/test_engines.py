"""What can answer here, which is chosen, and what this machine alone allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import FakeEmbedder
from fake_servers import LlamaCpp, LlamaCppPython, Model, Ollama
from loopback import Scripted, say, serving

from rag.engines import EngineInfo, Engines, find_info
from rag.errors import LibraryError, NotLocal, UsageError
from rag.index.library import Library
from rag.settings import Settings, load_settings

KEY = "sk-canary-77"
ELSEWHERE = "http://models.example/v1"


@pytest.fixture
def fakes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def find(engines: Engines) -> dict[str, EngineInfo]:
    return {info.name: info for info in engines.find()}


def test_what_is_chosen_is_remembered_and_flags_and_the_environment_come_first(
    library: Library,
) -> None:
    engines = Engines(Settings(servers=()), library)
    assert engines.name == "quotes"
    engines.choose("ollama:m")
    assert Engines(Settings(servers=()), library).name == "ollama:m"
    assert Engines(Settings(servers=(), engine="vllm:n"), library).name == "vllm:n"
    named = load_settings({"DATELINE_ENGINE": "openai:o"})
    assert Engines(named, library).name == "openai:o"
    with pytest.raises(UsageError, match="There is no engine"):
        engines.choose("oracle")
    assert engines.name == "ollama:m"


def test_without_a_library_a_choice_holds_and_is_said_not_to_be_kept() -> None:
    engines = Engines(Settings(servers=()))
    with pytest.raises(LibraryError, match="no library"):
        engines.choose("ollama:m")
    assert engines.name == "ollama:m"


def test_two_servers_of_a_kind_with_the_same_model_are_both_there(fakes: ExitStack) -> None:
    one, two = Ollama(Model("m")), Ollama(Model("m"))
    fakes.enter_context(serving(one, two))
    engines = Engines(Settings(servers=(one.url, two.url)))
    assert list(find(engines)) == ["quotes", "ollama:m", f"{two.url}#m"]
    engine = engines.open(f"{two.url}#m", FakeEmbedder())
    assert engine.name == f"{two.url}#m"
    assert str(two.port) in engine.where


def test_an_address_given_by_hand_is_looked_at_until_it_is_taken_away(
    fakes: ExitStack, library: Library
) -> None:
    fake = LlamaCppPython()
    fakes.enter_context(serving(fake))
    engines = Engines(Settings(servers=()), library)
    listing = engines.add_server(f"127.0.0.1:{fake.port}")
    assert [model.name for model in listing.models] == ["tiny-1"]
    assert f"{fake.url}#tiny-1" in find(Engines(Settings(servers=()), library))
    fake.stop()
    gone = find(engines)[fake.url]
    assert "cannot be reached" in (gone.problem or "")
    engines.remove_server(fake.url)
    assert list(find(engines)) == ["quotes"]


def test_an_address_without_a_model_server_is_told_and_not_kept(
    fakes: ExitStack, library: Library
) -> None:
    fake = Scripted()
    fake.listing = say(b"<html>Hello</html>")
    fakes.enter_context(serving(fake))
    engines = Engines(Settings(servers=()), library)
    assert "There is no model server" in str(engines.add_server(fake.url).problem)
    assert engines.chosen().servers == ()
    with pytest.raises(UsageError, match="A password"):
        engines.add_server("http://user:canary-77@127.0.0.1:9000/v1")
    assert list(find(engines)) == ["quotes"]


def test_a_server_that_wants_a_key_is_there_with_what_to_do(fakes: ExitStack) -> None:
    fake = LlamaCpp(key=KEY)
    fakes.enter_context(serving(fake))
    [_, info] = Engines(Settings(servers=(fake.url,))).find()
    assert "wants a key" in (info.problem or "")
    assert "OPENAI_API_KEY" in (info.problem or "")


def test_openai_is_listed_where_there_is_a_key_and_never_asked() -> None:
    engines = Engines(Settings(api_key=KEY, model="gpt", servers=()))
    info = find(engines)["openai:gpt"]
    assert (info.problem, info.is_local, info.server) == (None, False, "OpenAI")
    assert "are sent to api.openai.com" in info.where
    unnamed = find(Engines(Settings(api_key=KEY, servers=())))["openai"]
    assert "DATELINE_MODEL" in (unnamed.problem or "")


@pytest.mark.parametrize("how", ["chosen", "flag", "environment"])
def test_this_machine_only_refuses_whatever_would_leave_it_and_asks_nothing(
    fakes: ExitStack, library: Library, how: str
) -> None:
    fake = Ollama(Model("small"), Model("big:cloud", remote="ollama.com"))
    fakes.enter_context(serving(fake))
    given = {"servers": (fake.url, ELSEWHERE), "api_key": KEY, "model": "gpt"}
    settings = Settings(**given)  # type: ignore[arg-type]
    if how == "flag":
        settings = Settings(**given, local_only=True)  # type: ignore[arg-type]
    if how == "environment":
        env = {"DATELINE_LOCAL_ONLY": "1", "DATELINE_SERVERS": f"{fake.url},{ELSEWHERE}"}
        settings = load_settings({**env, "OPENAI_API_KEY": KEY, "DATELINE_MODEL": "gpt"})
    engines = Engines(settings, library)
    if how == "chosen":
        engines.set_local_only(True)
    assert engines.is_local_only
    assert engines.is_local_fixed == (how != "chosen")
    found = find(engines)
    refused = {name for name, info in found.items() if "This machine only" in (info.problem or "")}
    assert refused == {"openai:gpt", ELSEWHERE, "ollama:big:cloud"}
    assert found["ollama:small"].problem is None
    for name in ("openai:gpt", f"{ELSEWHERE}#m", "ollama:big:cloud", f"{fake.url}#big:cloud"):
        with pytest.raises(NotLocal, match="DATELINE_LOCAL_ONLY"):
            engines.open(name, FakeEmbedder())
    with pytest.raises(NotLocal):
        engines.add_server(ELSEWHERE)
    assert fake.asked == []
    assert {request.key for request in fake.requests} == {None}


def test_what_is_turned_off_again_is_off(library: Library) -> None:
    engines = Engines(Settings(servers=(), api_key=KEY, model="gpt"), library)
    engines.set_local_only(True)
    with pytest.raises(NotLocal):
        engines.find_model("openai:gpt")
    engines.set_local_only(False)
    assert engines.find_model("openai:gpt").name == "gpt"


def test_a_flag_that_allows_it_comes_before_what_the_home_refuses(library: Library) -> None:
    Engines(Settings(servers=()), library).set_local_only(True)
    allowed = Engines(Settings(servers=(), local_only=False), library)
    assert not allowed.is_local_only


def test_looking_at_what_is_there_does_not_break_an_answer(fakes: ExitStack) -> None:
    from rag.llm.stream import Stream

    fake = LlamaCppPython()
    fakes.enter_context(serving(fake))
    fake.says, fake.pause = ["One. ", "Two. ", "Three."], 0.1
    engines = Engines(Settings(servers=(fake.url,)))
    engines.find()
    model = engines.find_model(f"{fake.url}#tiny-1")
    said = []
    for piece in filter(None, Stream(model, Settings(), "Be brief.", "Who?")):
        said.append(piece)
        assert len(engines.find()) == 2
    assert said == ["One. ", "Two. ", "Three."]


def test_pages_and_processes_see_what_others_have_chosen(library: Library, home: Path) -> None:
    other = Library.open(home)
    one, two = Engines(Settings(servers=()), library), Engines(Settings(servers=()), other)
    assert not two.is_local_only
    one.set_local_only(True)
    two.choose("ollama:m")
    assert (one.name, one.is_local_only) == (two.name, two.is_local_only) == ("ollama:m", True)
    other.close()


def test_a_server_is_removed_as_it_was_typed(library: Library, fakes: ExitStack) -> None:
    engines = Engines(Settings(servers=()), library)
    fake = Ollama(Model("m"))
    fakes.enter_context(serving(fake))
    engines.add_server(f"{fake.root}/")
    engines.remove_server(fake.root.removeprefix("http://"))
    assert engines.chosen().servers == ()
    with pytest.raises(UsageError, match="was not added"):
        engines.remove_server(fake.root)


def test_a_name_means_just_its_model_and_a_kind_alone_the_first_that_stays_here() -> None:
    def make(name: str, *, stays: bool = True) -> EngineInfo:
        return EngineInfo(name, "", model=name.partition(":")[2], is_local=stays)

    cloud = make("ollama:gpt-oss:120b-cloud", stays=False)
    infos = [cloud, make("ollama:gpt-oss:20b"), make("ollama:llama3:latest")]
    assert find_info(infos, "ollama:gpt-oss") is None
    assert find_info(infos, "ollama:llama3") is infos[2]
    assert find_info(infos, "ollama") is infos[1]
    assert find_info([cloud], "ollama") is cloud


def test_an_embedder_that_is_served_is_told_wherever_words_are_said_to_go(
    library: Library,
) -> None:
    engines = Engines(Settings(servers=(), embedder=f"{ELSEWHERE}#e"), library)
    [quotes] = engines.find()
    assert f"goes to the embedder {ELSEWHERE}#e" in quotes.where
    assert "nothing leaves" not in quotes.where
    assert not quotes.is_local


def test_a_folder_s_env_file_may_close_a_home_and_not_open_it(
    library: Library, tmp_path: Path
) -> None:
    Engines(Settings(), library).set_local_only(True)
    (tmp_path / ".env").write_text("DATELINE_LOCAL_ONLY=0")
    assert Engines(load_settings({}, tmp_path), library).is_local_only
    assert not Engines(load_settings({"DATELINE_LOCAL_ONLY": "0"}, tmp_path), library).is_local_only
    (tmp_path / ".env").write_text("DATELINE_LOCAL_ONLY=1")
    Engines(Settings(), library).set_local_only(False)
    assert Engines(load_settings({}, tmp_path), library).is_local_only
