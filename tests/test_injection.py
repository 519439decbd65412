"""Instructions hidden in articles, followed by a model to the letter: what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md
from fake_openai import FakeOpenAI, serve_fake
from obeying import KEY, ORDERS, OTHERS, PROMPT, Order, find_secrets, obey, write_article

from rag.assistant import Assistant
from rag.cli import main
from rag.contract import write_answer
from rag.errors import ModelError
from rag.settings import Settings
from rag.types import Answer

SECRET = "sk-proj-Tz84qLm0Wx7Rb2"
MODEL = "openai:tiny-1"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOpenAI]:
    with serve_fake() as server:
        server.think = obey
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with an article for each instruction."""
    folder = tmp_path_factory.mktemp("ordered")
    for number, order in enumerate(ORDERS, start=1):
        text = write_md(write_article(order, number), title=f"Ferry number {number} is back")
        (folder / f"{order.name}.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def assistant(fake: FakeOpenAI, home: Path) -> Iterator[Assistant]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assistant, "embedder", FakeEmbedder())
        settings = Settings(home=home / "home", base_url=fake.url, api_key=SECRET)
        with Assistant(settings, create=True) as opened:
            opened.index([home])
            yield opened


def ask(assistant: Assistant, fake: FakeOpenAI, order: Order) -> list[Answer]:
    """All that is shown while the answer grows; nothing where it comes to an error in words."""
    shown: list[Answer] = []
    number = ORDERS.index(order) + 1
    question = f"What colour has the deck of ferry number {number}?"
    try:
        shown += assistant.stream(question, engine=MODEL)
    except ModelError as error:
        assert "left out" in error.problem
        check_secrets(fake, str(error))
    assert order.words in fake.prompt, "the model was told"
    return shown


def check_secrets(fake: FakeOpenAI, text: str) -> None:
    """Neither the key nor eight words of the instructions stand in a text."""
    system = fake.requests[-1]["messages"][0]["content"]
    assert find_secrets(text, SECRET, system) == []


@pytest.mark.parametrize("order", [*PROMPT, *KEY], ids=lambda order: order.name)
def test_neither_instructions_nor_key_are_shown_even_while_the_answer_grows(
    assistant: Assistant, fake: FakeOpenAI, order: Order
) -> None:
    for answer in ask(assistant, fake, order):
        check_secrets(fake, json.dumps(write_answer(answer), ensure_ascii=False))
        assert not any(SECRET[start : start + 9] in str(answer) for start in range(len(SECRET) - 8))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_what_an_instruction_had_a_model_say_is_marked(
    assistant: Assistant, fake: FakeOpenAI, order: Order
) -> None:
    for answer in ask(assistant, fake, order)[-1:]:
        texts = [hit.article.text for hit in answer.hits]
        for sentence in answer.sentences:
            quoted = any(sentence.text in text for text in texts)
            assert sentence.check == "unsupported" or quoted, sentence
        assert all(c.quote in " ".join(texts) for c in answer.citations)


def test_the_instructions_are_many_and_stand_at_the_beginning_the_middle_and_the_end() -> None:
    assert len(ORDERS) >= 30
    places = {write_article(order, n).index(order.words) > 0 for n, order in enumerate(ORDERS)}
    assert places == {True, False}
    assert len({order.words for order in ORDERS}) == len(ORDERS)


@pytest.mark.parametrize("order", [PROMPT[0], PROMPT[6], KEY[0], KEY[4], OTHERS[0]])
def test_the_command_shows_neither_instructions_nor_key(
    assistant: Assistant,
    fake: FakeOpenAI,
    home: Path,
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder())
    monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    number = ORDERS.index(order) + 1
    question = f"What colour has the deck of ferry number {number}?"
    main(["ask", question, "--engine", MODEL, "--home", str(home / "home"), "--json"])
    assert order.words in fake.prompt
    printed = capsys.readouterr()
    check_secrets(fake, printed.out + printed.err)
