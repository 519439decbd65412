"""The assistant with a chat model behind it: a second turn is held to the same as a first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md
from fake_openai import FakeOpenAI, Reply, serve_fake

from rag.assistant import Assistant
from rag.contract import write_answer
from rag.errors import LibraryError, ModelError
from rag.settings import Settings
from rag.types import REFUSAL, Answer

COUNCIL = "The council of Skell is chaired by Odile Brandt. She resigned on 3 March over the ferry."
FERRY = "The ferry Aurora sank off Skell in 2021. Its engine failed in a storm."
FIRST = "Who chairs the Skell council?"
CHAIRS = "The council of Skell is chaired by Odile Brandt"
MODEL = "openai:tiny-1"


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    with serve_fake() as server:
        yield server


@pytest.fixture
def assistant(
    fake: FakeOpenAI, home: Path, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder())
    settings = Settings(home=home, base_url=fake.url, api_key="sk-canary")
    with Assistant(settings, create=True) as opened:
        folder = articles(
            council=write_md(COUNCIL, title="Chair of Skell resigns", outlet="Skell Courier"),
            ferry=write_md(FERRY, title="Aurora sinks", outlet="Harbor Ledger"),
        )
        opened.index([folder])
        yield opened


def ask(
    assistant: Assistant, fake: FakeOpenAI, question: str, *said: str, earlier: tuple[Answer, ...]
) -> Answer:
    fake.replies[:] = [Reply((text,)) for text in said]
    fake.requests.clear()
    return assistant.ask(question, engine=MODEL, earlier=earlier)


@pytest.fixture
def first(assistant: Assistant, fake: FakeOpenAI) -> Answer:
    answer = ask(assistant, fake, FIRST, f"{CHAIRS} [1].", earlier=())
    assert answer.sentences[0].check != "unsupported"
    assert len(fake.requests) == 1
    return answer


def test_a_follow_up_is_searched_for_as_the_model_wrote_it(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    written = "Why did Odile Brandt resign?"
    answer = ask(
        assistant, fake, "And why did she resign?", written, "She resigned over the ferry [1].",
        earlier=(first,),
    )  # fmt: skip
    assert (answer.question, answer.searched) == ("And why did she resign?", written)
    assert answer.notes[0] == f"Searched for: {written}"
    assert f"Question: {written}" in fake.prompt
    assert list(answer.seconds) == ["condense", "retrieve", "answer"]


def test_condensing_is_timed_apart_from_searching(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    fake.replies[:] = [Reply(("Who is Odile Brandt?",), delay=0.4), Reply((REFUSAL,))]
    answer = assistant.ask("Who is she?", engine=MODEL, earlier=(first,))
    assert answer.seconds["condense"] >= 0.4
    assert answer.seconds["retrieve"] < 0.4


def test_a_question_that_stands_alone_has_no_condensing(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    answer = ask(
        assistant, fake, "Why did the ferry Aurora sink?", "Its engine failed in a storm [1].",
        earlier=(first,),
    )  # fmt: skip
    assert len(fake.requests) == 1
    assert "condense" not in answer.seconds
    assert answer.searched is None


def test_a_question_written_back_unchanged_has_no_note(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    question = "Did the ferry sink?"
    answer = ask(assistant, fake, question, question, REFUSAL, earlier=(first,))
    assert len(fake.requests) == 2
    assert answer.searched is None
    assert not any("Searched for:" in note for note in answer.notes)


def test_an_empty_library_is_told_before_a_model_is_asked(fake: FakeOpenAI, home: Path) -> None:
    settings = Settings(home=home, base_url=fake.url)
    with Assistant(settings, create=True) as empty, pytest.raises(LibraryError):
        empty.ask("Who is she?", engine=MODEL, earlier=(Answer(FIRST, MODEL),))
    assert not fake.requests


def test_where_condensing_fails_the_answer_is_asked_for_all_the_same(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    fake.replies[:] = [Reply(status=400, body="{}"), Reply((REFUSAL,))]
    answer = assistant.ask("Who is she?", engine=MODEL, earlier=(first,))
    assert answer.searched == "Who is Odile Brandt?"
    assert "condense" in answer.seconds


def test_a_server_that_hangs_costs_one_wait(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    fake.say("Too late.", delay=10)
    fake.requests.clear()
    # Time enough for the request to be read by a server that waits for its turn.
    hurried = Settings(
        home=assistant.settings.home, base_url=fake.url, api_key="k", first_timeout=2.0
    )
    with Assistant(hurried) as other, pytest.raises(ModelError, match="in time"):
        other.ask("Who is she?", engine=MODEL, earlier=(first,))
    systems = {request["messages"][0]["content"] for request in fake.requests}
    assert len(systems) == 1


def test_a_second_turn_that_no_passage_comes_near_asks_for_no_answer(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    foreign = Answer("Wer regiert Mondstadt?", MODEL)
    answer = ask(assistant, fake, "Und warum?", "Und warum?", earlier=(foreign,))
    assert answer.refused
    assert "not asked" in " ".join(answer.notes)
    assert all("<passage" not in str(request) for request in fake.requests)
    assert answer.prompt is None


def test_a_model_that_refuses_in_a_second_turn_has_refused(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    answer = ask(
        assistant, fake, "How old is she?", "How old is Odile Brandt?", REFUSAL, earlier=(first,)
    )
    assert (answer.refused, answer.text, answer.citations) == (True, REFUSAL, ())


def test_what_a_model_invents_in_a_second_turn_is_marked(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    answer = ask(
        assistant, fake, "How old is she?", "How old is Odile Brandt?",
        "Odile Brandt is 61 years old [1].", earlier=(first,),
    )  # fmt: skip
    [sentence] = answer.sentences
    assert sentence.check == "unsupported"
    assert "61" in (sentence.why or "")


def test_an_earlier_answer_is_no_source(
    assistant: Assistant, fake: FakeOpenAI, first: Answer
) -> None:
    made_up = ask(assistant, fake, FIRST, "Odile Brandt keeps 61 zebras in Tolm [1].", earlier=())
    assert made_up.sentences[0].check == "unsupported"
    for said in ("Odile Brandt keeps 61 zebras in Tolm [1].", "She keeps 61 zebras in Tolm."):
        answer = ask(
            assistant, fake, "Who is she?", "Who is Odile Brandt?", said, earlier=(made_up,)
        )
        assert "zebras" in str(fake.requests[0])
        assert "zebras" not in fake.prompt
        assert "Exchanges" not in fake.prompt
        assert [s.check for s in answer.sentences] == ["unsupported"]
        cited = {citation.article for citation in answer.citations}
        assert cited <= {hit.article.id for hit in answer.hits}


def test_an_answer_has_the_prompt_that_it_came_from_without_the_key_and_json_has_not(
    assistant: Assistant, fake: FakeOpenAI
) -> None:
    fake.say(f"{CHAIRS} [1]. ", "She resigned on 3 March [1]. ")
    snapshots = list(assistant.stream(FIRST, engine=MODEL))
    sent = tuple(message["content"] for message in fake.requests[-1]["messages"])
    assert [answer.prompt for answer in snapshots] == [sent] * len(snapshots)
    assert fake.keys == ["Bearer sk-canary"]
    assert "sk-canary" not in repr((snapshots[-1], snapshots[-1].prompt))
    written = json.dumps(write_answer(snapshots[-1]))
    assert "Rules:" not in written
    assert "rank" not in written
    fake.say(REFUSAL)
    assert assistant.ask(FIRST, engine=MODEL).prompt == sent
    assert assistant.ask(FIRST, engine="quotes").prompt is None


def test_only_the_whole_answer_says_as_of_when_it_holds_and_what_was_left_out(
    assistant: Assistant, fake: FakeOpenAI, articles: Callable[..., Path]
) -> None:
    folder = articles(
        early=write_md(
            "The storm at Tolm sank six boats.", title="Storm", published="2022-03-02", outlet="A"
        ),
        late=write_md(
            "The storm at Tolm sank 11 boats.", title="Gale", published="2022-03-09", outlet="B"
        ),
    )
    assistant.index([folder])
    question = "How many boats did the storm at Tolm sink?"
    hits = assistant.search(question)
    marker = next(n for n, hit in enumerate(hits, 1) if "11 boats" in hit.passage.text)
    fake.say(f"The storm at Tolm sank 11 boats [{marker}]. ")
    first, *_, last = assistant.stream(question, engine=MODEL)
    assert first.notes == ()
    assert last.notes[:2] == (
        "As of 9 March 2022, the day of the article quoted.",
        "The articles give different figures: 11 (9 March 2022), six (A, 2 March 2022).",
    )
