"""The program on a real model server, whose model has random weights: all that it says is noise.

`make test-local-llm` runs this; `make test` does not. The server is llama-cpp-python's. It ends
the answer that it is giving when anything else is asked of it, and to a prompt that is too long it
answers with nothing at all.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from model_server import MODEL, PATIENCE, ROOT, ModelServer, serve, write_models

from rag.assistant import Assistant
from rag.errors import ModelError
from rag.exam.sitting import BUDGET
from rag.settings import Settings
from rag.types import Answer, Filters
from rag.ui.chat import QUOTES, Chat
from rag.ui.desk import Desk

#: One question has few passages, the others as many as a question may have.
SHORT = "Who is Kirby?"
QUESTIONS = [
    SHORT,
    "How many launches did the Treasury count?",
    "What did China say?",
    "Which companies did the Treasury sanction in March 2022?",
]
#: Windows, in tokens: with room for every prompt here; too small for most; with room for a few
#: seconds of words behind the short prompt, and for a minute of them.
WIDE, NARROW, BRIEF, LONG = 16384, 2048, 3072, 8192
#: How an answer says that its server did not end it.
CUT_OFF = "The answer may be incomplete: the server did not end it."
#: The processor's time that is left to a server once nobody listens, in seconds. For what it had
#: still to say it would take ten at least.
LEFT = 2.0


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def noise(
    models: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModelServer]:
    """A server with room for every prompt, of a model that ends its answers."""
    with serve(models[0], WIDE, tmp_path_factory.mktemp("noise") / "log") as server:
        yield server


@pytest.fixture
def endless(models: tuple[Path, Path], tmp_path: Path) -> Iterator[ModelServer]:
    """A server of a model that does not end its answers, for one test to break off."""
    with serve(models[1], LONG, tmp_path / "log") as server:
        yield server


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the samples in it, to be copied."""
    home = tmp_path_factory.mktemp("samples") / "home"
    with Assistant(Settings(home=home, servers=()), create=True) as assistant:
        assert not assistant.index([ROOT / "corpus"]).skipped
    return home


@pytest.fixture
def home(samples: Path, tmp_path: Path) -> Path:
    shutil.copytree(samples, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def assistant(home: Path) -> Iterator[Assistant]:
    with Assistant(Settings(home=home, servers=())) as opened:
        opened.warm()
        yield opened


@pytest.fixture(scope="module")
def answers(noise: ModelServer, samples: Path) -> list[list[Answer]]:
    """The snapshots of the answer to each of the questions."""
    with Assistant(Settings(home=samples, servers=())) as opened:
        return [list(opened.stream(question, engine=noise.engine)) for question in QUESTIONS]


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def is_cut_off(answer: Answer) -> bool:
    return CUT_OFF in answer.notes


def test_a_server_added_by_hand_is_listed_with_where_the_words_go(
    noise: ModelServer, assistant: Assistant
) -> None:
    listing = assistant.engines.add_server(noise.address)
    assert [model.name for model in listing.models] == [MODEL]
    found = {info.name: info for info in assistant.engines.find()}
    assert noise.engine in found
    assert found[noise.engine].problem is None
    assert found[noise.engine].where.endswith(f"go to {noise.address}, on this machine.")


def test_answers_arrive_sentence_by_sentence_and_whole(answers: list[list[Answer]]) -> None:
    counts = [[len(one.sentences) for one in snapshots] for snapshots in answers]
    assert counts == [sorted(one) for one in counts]
    assert [one for one in counts if one[0] < one[-1]]
    for *_, last in answers:
        assert not [note for note in last.notes if "incomplete" in note]


def test_every_sentence_of_noise_is_marked_unsupported_with_the_reason(
    answers: list[list[Answer]],
) -> None:
    sentences = [sentence for *_, last in answers for sentence in last.sentences]
    assert {sentence.check for sentence in sentences} == {"unsupported"}
    assert all(sentence.why for sentence in sentences)
    # That a source is named is not enough, and some of them name one.
    assert [sentence for sentence in sentences if sentence.citations]


def test_no_citation_of_noise_is_invented(answers: list[list[Answer]]) -> None:
    for *_, last in answers:
        articles = {hit.article.id: hit.article for hit in last.hits}
        for one in last.citations:
            assert articles[one.article].text[one.start : one.end] == one.quote
        known = {one.n for one in last.citations}
        assert all(known.issuperset(sentence.citations) for sentence in last.sentences)


def test_quotes_are_offered_in_place_of_noise(noise: ModelServer, assistant: Assistant) -> None:
    desk, chat = Desk(assistant), Chat()
    exchange = desk.ask(chat, QUESTIONS[1], Filters(), noise.engine)
    exchange.wait(PATIENCE)
    assert exchange.answer is not None
    assert [note for note in exchange.answer.notes if note.startswith("Nothing of this is borne")]
    assert exchange.can_be_quoted
    desk.retry(chat, exchange, QUOTES)
    exchange.wait(PATIENCE)
    assert {sentence.check for sentence in exchange.answer.sentences} == {"quoted"}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells it in /proc")
def test_stop_ends_the_generation_at_the_server_and_keeps_what_had_arrived(
    endless: ModelServer, assistant: Assistant
) -> None:
    desk, chat = Desk(assistant), Chat()
    exchange = desk.ask(chat, SHORT, Filters(), endless.engine)
    wait_until(lambda: exchange.answer)
    exchange.stop()
    used = endless.processor_seconds()
    endless.wait_for_rest()
    assert endless.processor_seconds() - used < LEFT
    assert exchange.state == "stopped"
    assert exchange.answer is not None
    arrived = exchange.answer.sentences
    assert arrived

    def kept() -> Answer | None:
        [one] = Desk(assistant).open_chat(chat.id).exchanges
        return one.answer

    wait_until(lambda: (found := kept()) and found.sentences == arrived)


def test_a_prompt_that_is_too_long_is_made_of_fewer_passages_and_the_answer_says_so(
    models: tuple[Path, Path], assistant: Assistant, tmp_path: Path
) -> None:
    with serve(models[0], NARROW, tmp_path / "log") as server:
        answer = assistant.ask(QUESTIONS[1], engine=server.engine)
    assert answer.sentences
    assert [note for note in answer.notes if note.startswith("The model read ")]


def test_a_restart_in_mid_answer_keeps_what_had_arrived_and_repeats_nothing(
    endless: ModelServer, assistant: Assistant
) -> None:
    with closing(assistant.stream(SHORT, engine=endless.engine)) as stream:
        snapshots = [next(stream)]
        endless.kill()
        endless.start()
        snapshots += stream
    for earlier, later in pairwise(snapshots):
        assert later.sentences[: len(earlier.sentences)] == earlier.sentences
    broken = f"The answer is incomplete: The model server at {endless.address} broke off."
    assert broken in snapshots[-1].notes
    assert "/chat/completions" not in endless.read_log()
    with closing(assistant.stream(SHORT, engine=endless.engine)) as stream:
        assert next(stream).sentences


def test_an_answer_that_another_question_ends_is_marked(
    endless: ModelServer, assistant: Assistant
) -> None:
    with (
        closing(assistant.stream(SHORT, engine=endless.engine)) as first,
        closing(assistant.stream(QUESTIONS[2], engine=endless.engine)) as second,
    ):
        assert next(first).sentences
        assert next(second).sentences
        *_, last = first
    assert is_cut_off(last)


def test_an_answer_that_another_program_ends_is_marked(
    endless: ModelServer, assistant: Assistant
) -> None:
    with closing(assistant.stream(SHORT, engine=endless.engine)) as stream:
        assert next(stream).sentences
        endless.list_models()
        *_, last = stream
    assert is_cut_off(last)


def test_looking_for_engines_leaves_an_answer_alone(
    models: tuple[Path, Path], assistant: Assistant, tmp_path: Path
) -> None:
    with serve(models[1], BRIEF, tmp_path / "log") as server:
        assistant.engines.add_server(server.url)
        with closing(assistant.stream(SHORT, engine=server.engine)) as stream:
            assert next(stream).sentences
            assert server.engine in [info.name for info in assistant.engines.find()]
            *_, last = stream
    assert not is_cut_off(last)
    assert "The answer is incomplete: it was cut at the model's limit." in last.notes


def test_the_exam_finds_noise_unsuitable_within_its_time_and_remembers_it(
    noise: ModelServer, assistant: Assistant
) -> None:
    assistant.engines.add_server(noise.url)
    begun = time.monotonic()
    report = assistant.examine(noise.engine)
    assert report.verdict.grade == "unsuitable"
    assert time.monotonic() - begun < BUDGET + PATIENCE
    found = {info.name: info for info in assistant.engines.find()}
    assert found[noise.engine].exam == report
    warned = assistant.ask(SHORT, engine=noise.engine)
    assert [note for note in warned.notes if "this model is unsuitable" in note]


def test_a_wrong_model_name_is_refused_with_the_names_that_there_are(
    noise: ModelServer, assistant: Assistant
) -> None:
    with pytest.raises(ModelError, match=f"no model “huge”.*It has “{MODEL}”"):
        assistant.ask(SHORT, engine=f"{noise.url}#huge")


def test_the_command_answers_by_the_server(noise: ModelServer, home: Path) -> None:
    command = ["ask", QUESTIONS[2], "--json", "--engine", noise.engine]
    done = subprocess.run(
        [sys.executable, "-m", "rag", *command, "--home", str(home)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["engine"] == noise.engine
    assert {sentence["check"] for sentence in answer["sentences"]} == {"unsupported"}
