"""Going over to another embedder: planned, done whole or not at all, remembered, and survived."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md
from fake_embeddings import MODEL, FakeEmbeddings, serve_embeddings, squash

from rag import swapping
from rag.assistant import Assistant
from rag.errors import EmbedderError, EmbedderMismatch, NotLocal, UsageError
from rag.index import served
from rag.index.minilm import MiniLM
from rag.settings import Settings
from rag.types import Answer, Hit

ROOT = Path(__file__).parents[1]
FERRY = "The ferry Aurora sank off Skell in 2021. Its engine failed in a storm."
COUNCIL = "The council of Skell is chaired by Odile Brandt. She resigned on 3 March."
ASKED = "Why did the ferry Aurora sink?"
NAME = f"ollama:{MODEL}"


@pytest.fixture
def fake() -> Iterator[FakeEmbeddings]:
    with serve_embeddings() as server:
        yield server


@pytest.fixture
def open_home(
    fake: FakeEmbeddings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Assistant]]:
    """Opens the home as another process would, with what flags and the environment say."""
    # The real one's tokens and cosines, at no cost.
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder("minilm-1", max_tokens=256))
    opened: list[Assistant] = []

    def make(**settings: object) -> Assistant:
        given = {"servers": (fake.url,), "connect_timeout": 1.0, "first_timeout": 3.0}
        one = Assistant(Settings(home=home, **(given | settings)), create=True)  # type: ignore[arg-type]
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def assistant(open_home: Callable[..., Assistant], articles: Callable[..., Path]) -> Assistant:
    made = open_home()
    made.index([articles(ferry=write_md(FERRY, title="Aurora sinks"), council=COUNCIL)])
    return made


def embedded(assistant: Assistant) -> str | None:
    return assistant.library.manifest().embedder


def by_words_alone(answer: Answer) -> list[str]:
    assert answer.hits
    assert all(hit.cosine is None for hit in answer.hits)
    return [note for note in answer.notes if note.startswith("Searched by words alone: ")]


def assert_by_meaning(answer: Answer) -> None:
    assert any(hit.cosine for hit in answer.hits)
    assert not any("words alone" in note for note in answer.notes)


def test_a_swap_embeds_every_article_and_is_remembered(
    assistant: Assistant, open_home: Callable[..., Assistant], fake: FakeEmbeddings
) -> None:
    other = open_home()
    assert_by_meaning(other.ask(ASKED))
    plan = assistant.plan_swap(NAME)
    assert (plan.articles, plan.passages, plan.problem, plan.changes) == (2, 2, None, True)
    assert embedded(assistant) == "minilm-1"
    fake.forget()
    seen: list[int] = []
    assert assistant.swap_embedder(NAME, lambda p: seen.append(p.done)) == 2
    assert sorted(fake.texts[-2:]) == sorted([FERRY, COUNCIL])
    assert seen == [1, 2]
    for one in (assistant, other, open_home()):
        fake.forget()
        assert_by_meaning(one.ask(ASKED))
        assert fake.texts == [ASKED]
        assert one.library.choices.read().embedder == NAME
        assert (embedded(one) or "").startswith(f"{NAME}:latest@aaaa")
    assert not assistant.plan_swap(NAME).changes


def test_new_articles_are_embedded_by_the_one_in_use(
    assistant: Assistant, articles: Callable[..., Path], fake: FakeEmbeddings
) -> None:
    assistant.swap_embedder(NAME)
    fake.forget()
    assistant.index([articles(port="The port workers ended their strike.")])
    assert "The port workers ended their strike." in fake.texts
    assert assistant.search("strike of the port workers")[0].cosine


def test_the_way_back_needs_no_server(assistant: Assistant, fake: FakeEmbeddings) -> None:
    assistant.swap_embedder(NAME)
    fake.lives = 0
    assert assistant.swap_embedder("minilm") == 2
    assert embedded(assistant) == "minilm-1"
    assert assistant.library.manifest().scale is None
    assert_by_meaning(assistant.ask(ASKED))


def test_a_server_that_dies_in_mid_rebuild_leaves_all_as_it_was(
    assistant: Assistant,
    open_home: Callable[..., Assistant],
    articles: Callable[..., Path],
    fake: FakeEmbeddings,
) -> None:
    many = {
        f"a{n}": f"Ship {n} reached the port of Skell. It had sailed in May." for n in range(80)
    }
    assistant.index([articles(**many)])
    before = (assistant.library.manifest(), list(assistant.library.rows()), assistant.ask(ASKED))
    assistant.plan_swap(NAME)
    fake.lives = len(fake.requests) + 6
    with pytest.raises(EmbedderError, match="broke off") as caught:
        assistant.swap_embedder(NAME)
    assert "\n" not in str(caught.value)
    for one in (assistant, open_home()):
        assert one.library.manifest() == before[0]
        assert [r.passage for r in one.library.rows()] == [r.passage for r in before[1]]
        answer = one.ask(ASKED)
        assert (answer.text, answer.hits) == (before[2].text, before[2].hits)
        assert one.library.choices.read().embedder == "minilm"
    fake.lives = None
    assert assistant.swap_embedder(NAME) == 82


def test_a_flag_that_names_another_embedder_is_told_of_the_command(
    assistant: Assistant, open_home: Callable[..., Assistant], articles: Callable[..., Path]
) -> None:
    named = open_home(embedder=NAME)
    for work in (lambda: named.ask(ASKED), lambda: named.index([articles(new="A new one.")])):
        with pytest.raises(EmbedderMismatch, match=f"--rebuild --embedder {NAME}"):
            work()
    assert embedded(assistant) == "minilm-1"
    assistant.swap_embedder(NAME)
    assert_by_meaning(named.ask(ASKED))
    with pytest.raises(EmbedderMismatch, match="--embedder minilm"):
        open_home(embedder="minilm").ask(ASKED)


def test_a_first_index_takes_the_named_embedder_and_the_home_keeps_it(
    open_home: Callable[..., Assistant], articles: Callable[..., Path]
) -> None:
    open_home(embedder=NAME).index([articles(ferry=FERRY)])
    later = open_home()
    assert later.library.choices.read().embedder == NAME
    assert_by_meaning(later.ask(ASKED))


def test_a_server_that_is_down_costs_the_meaning_and_not_the_answer(
    assistant: Assistant,
    open_home: Callable[..., Assistant],
    fake: FakeEmbeddings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assistant.swap_embedder(NAME)
    fake.lives = 0
    down = open_home(servers=("http://127.0.0.1:9/v1",))
    for one, said in ((assistant, "broke off"), (down, "No Ollama answers")):
        answer = one.ask(ASKED)
        assert answer.sentences
        [note] = by_words_alone(answer)
        assert said in note
    fake.lives = None
    fake.forget()
    assert by_words_alone(assistant.ask(ASKED)), "it has just failed: it is left alone"
    assert not fake.requests
    monkeypatch.setattr(served, "DOWN_HOLDS", 0.0)
    assert_by_meaning(assistant.ask(ASKED))


def test_a_server_that_was_not_there_is_looked_for_again(
    assistant: Assistant, open_home: Callable[..., Assistant], fake: FakeEmbeddings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assistant.swap_embedder(NAME)
    models, fake.models = fake.models, {}
    later = open_home()
    assert "has no model" in by_words_alone(later.ask(ASKED))[0]
    fake.models = models
    assert by_words_alone(later.ask(ASKED))
    monkeypatch.setattr(swapping, "DOWN_HOLDS", 0.0)
    assert_by_meaning(later.ask(ASKED))


def test_indexing_while_it_is_down_fails_and_keeps_all(
    assistant: Assistant, articles: Callable[..., Path], fake: FakeEmbeddings
) -> None:
    assistant.swap_embedder(NAME)
    before = list(assistant.library.rows())
    models, fake.models = fake.models, {}
    new = articles(new="The mayor opened the bridge.")
    with pytest.raises(EmbedderError, match="has no model"):
        assistant.index([new])
    fake.models, fake.lives = models, 0
    with pytest.raises(EmbedderError, match="broke off"):
        assistant.index([new])
    assert [r.passage for r in assistant.library.rows()] == [r.passage for r in before]
    fake.lives = None
    assert assistant.index([new]).added == 1


def test_a_model_that_took_the_name_is_noticed(
    assistant: Assistant, open_home: Callable[..., Assistant], articles: Callable[..., Path],
    fake: FakeEmbeddings,
) -> None:  # fmt: skip
    assistant.swap_embedder(NAME)
    fake.models = {f"{MODEL}:latest": "bb" * 32}
    with pytest.raises(EmbedderMismatch, match="cannot be compared"):
        open_home().ask(ASKED)
    with pytest.raises(EmbedderMismatch):
        assistant.index([articles(new="The mayor opened the bridge.")])


def test_this_machine_only_sends_nothing_elsewhere(
    assistant: Assistant, open_home: Callable[..., Assistant], fake: FakeEmbeddings
) -> None:
    fake.clouds = {"big-embed:cloud": "https://ollama.example:443"}
    plan = assistant.plan_swap("ollama:big-embed:cloud")
    assert "sends it on to ollama.example" in plan.where
    assert not plan.is_local
    assistant.swap_embedder("ollama:big-embed:cloud")
    chosen = open_home(api_key="sk-canary")
    chosen.engines.set_local_only(True)
    for strict in (open_home(local_only=True, api_key="sk-canary"), chosen):
        fake.forget()
        [note] = by_words_alone(strict.ask(ASKED))
        assert "This machine only" in note
        with pytest.raises(NotLocal):
            strict.index([ROOT / "corpus"])
        for name in ("ollama:big-embed:cloud", "openai:x", "http://models.example/v1#x"):
            assert "This machine only" in (strict.plan_swap(name).problem or "")
            with pytest.raises(NotLocal):
                strict.swap_embedder(name)
        assert not fake.requests


def test_the_embedders_are_listed_with_where_their_words_go(
    assistant: Assistant, open_home: Callable[..., Assistant], fake: FakeEmbeddings
) -> None:
    fake.clouds = {"big-embed:cloud": "https://ollama.example:443"}
    listed = {info.name: info for info in assistant.embedders()}
    assert list(listed) == ["minilm", f"{NAME}:latest", "ollama:big-embed:cloud"]
    assert (listed["minilm"].in_use, listed["minilm"].dimension) == (True, 64)
    assert listed[f"{NAME}:latest"].where.endswith("on this machine.")
    assert not listed["ollama:big-embed:cloud"].is_local
    strict = {i.name: i.problem for i in open_home(local_only=True).embedders()}
    assert [bool(problem) for problem in strict.values()] == [False, False, True]
    assistant.swap_embedder(NAME)
    [used] = [info for info in assistant.embedders() if info.in_use]
    assert (used.name, used.problem) == (f"{NAME}:latest", None)
    fake.models = {}
    [used] = [info for info in assistant.embedders() if info.in_use]
    assert used.name == NAME
    assert "has no model" in (used.problem or "")
    with_key = open_home(api_key="sk-canary", servers=())
    offered = {i.name: i for i in with_key.embedders()}["openai:text-embedding-3-small"]
    assert "sent to api.openai.com" in offered.where


def test_a_server_of_openais_protocol_is_opened_by_its_address(
    home: Path, open_home: Callable[..., Assistant], articles: Callable[..., Path]
) -> None:
    with serve_embeddings(ollama=False) as plain:
        by_address = open_home(servers=(plain.url,))
        [_, info] = by_address.embedders()
        assert info.name == f"{plain.url}#{MODEL}:latest"
        by_address.index([articles(ferry=FERRY)])
        by_address.swap_embedder(info.name)
        assert_by_meaning(by_address.ask(ASKED))
        named = open_home(servers=(), base_url=plain.url, api_key="sk-own")
        assert named.embedders()[1].name == f"openai:{MODEL}:latest"
        named.swap_embedder(f"openai:{MODEL}:latest")
        assert_by_meaning(named.ask(ASKED))
        assert plain.keys[-1] == "Bearer sk-own"


@pytest.mark.parametrize(
    "name", ["oracle", "ollama", "openai:", "http://127.0.0.1:9/v1", "http://"]
)
def test_a_name_that_is_none_is_refused_in_words(
    assistant: Assistant, open_home: Callable[..., Assistant], name: str
) -> None:
    problem = assistant.plan_swap(name).problem or ""
    assert problem
    assert "quotes" not in problem
    with pytest.raises(UsageError):
        open_home(embedder=name).ask(ASKED)


def test_questions_go_on_while_the_embedder_is_swapped(
    assistant: Assistant, open_home: Callable[..., Assistant], articles: Callable[..., Path],
    fake: FakeEmbeddings,
) -> None:  # fmt: skip
    assistant.index([articles(**{f"a{n}": f"Ship {n} reached Skell." for n in range(40)})])
    asking, done, wrong = open_home(), threading.Event(), []

    def ask() -> None:
        while not done.is_set():
            answer = asking.ask(ASKED)
            if not any(hit.article.title == "Aurora sinks" for hit in answer.hits):
                wrong.append(answer)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for name in (NAME, "minilm", NAME):
            assistant.swap_embedder(name)
    finally:
        done.set()
        thread.join()
    assert wrong == []


def show(hits: list[Hit]) -> list[tuple[str, int]]:
    return [(hit.article.id, hit.passage.start) for hit in hits]


def test_minilms_vectors_served_find_what_minilm_finds(tmp_path: Path) -> None:
    questions = [
        "Which department put five North Koreans under sanctions?",
        "How many launches did the Treasury count?",
        "What did the envoy say about the talks?",
        "Who spoke with Liu by telephone?",
    ]
    minilm = MiniLM.open(Settings())
    with serve_embeddings(make=minilm.embed) as fake:
        settings = Settings(home=tmp_path / "home", servers=(fake.url,))
        with Assistant(settings, create=True) as assistant:
            assistant.index([ROOT / "corpus"])
            before = {q: assistant.search(q) for q in questions}
            assistant.swap_embedder(NAME)
            for question, hits in before.items():
                again = assistant.search(question)
                assert show(again) == show(hits)
                for one, other in zip(hits, again, strict=True):
                    assert other.score == pytest.approx(one.score, abs=0.01)
                    assert other.cosine == pytest.approx(one.cosine, abs=0.01)
            fake.make = squash(minilm.embed)
            fake.models = {f"{MODEL}:latest": "bb" * 32}
            assistant.swap_embedder(NAME)
            for question, hits in before.items():
                again = assistant.search(question)
                assert len(set(show(again)) & set(show(hits))) >= 8
                assert again[0].cosine == pytest.approx(hits[0].cosine or 0, abs=0.15)


def test_no_other_embedder_is_gone_over_to_while_the_settings_name_one(
    assistant: Assistant, open_home: Callable[..., Assistant]
) -> None:
    before = embedded(assistant)
    fixed = open_home(embedder="minilm")
    assert "fixed as minilm" in (fixed.plan_swap(NAME).problem or "")
    with pytest.raises(UsageError, match="fixed as minilm"):
        fixed.swap_embedder(NAME)
    assert embedded(assistant) == before
    assert_by_meaning(fixed.ask(ASKED, engine="quotes"))


def test_this_machine_only_ends_an_embedding_that_runs(
    assistant: Assistant, articles: Callable[..., Path], fake: FakeEmbeddings
) -> None:
    fake.clouds = {"big-embed:cloud": "https://ollama.example:443"}
    assistant.index([articles(**{f"a{n}": f"Ship {n} reached Skell in May." for n in range(150)})])
    before = embedded(assistant)
    sent: list[int] = []

    def close(_: object) -> None:
        if not assistant.engines.is_local_only:
            assistant.engines.set_local_only(True)
            sent.append(len(fake.requests))

    with pytest.raises(NotLocal, match="“This machine only” is on"):
        assistant.swap_embedder("ollama:big-embed:cloud", close)
    embedding = [one for one in fake.requests[sent[0] :] if "embed" in str(one)]
    assert len(embedding) <= 1  # the batch that was under way
    assert embedded(assistant) == before
