from __future__ import annotations

from contextlib import closing

import pytest
from fake_assistant import BROKEN, QUOTED, WRITTEN, FakeAssistant

from rag.types import Filters
from rag.ui.chat import QUOTES, Chat, Exchange, answer


@pytest.fixture
def exchange() -> Exchange:
    return Chat().ask("When did the ferry return?", Filters(outlets=("A",)), "openai:test-model")


def test_an_answer_grows_and_is_done(exchange: Exchange):
    counts = []
    for _ in answer(exchange, FakeAssistant()):
        assert exchange.state == "asking"
        assert exchange.answer is not None
        counts.append(len(exchange.answer.sentences))
    assert counts == [1, 2, 3, 4]
    assert exchange.state == "done"


def test_each_change_has_a_later_version(exchange: Exchange):
    versions = [exchange.version]
    versions += [exchange.version for _ in answer(exchange, FakeAssistant())]
    versions.append(exchange.version)
    exchange.retry(QUOTES)
    versions.append(exchange.version)
    assert versions == sorted(set(versions))


def test_the_question_travels_with_its_filters_and_engine(exchange: Exchange):
    assistant = FakeAssistant()
    list(answer(exchange, assistant))
    assert assistant.asked == [
        ("When did the ferry return?", Filters(outlets=("A",)), "openai:test-model")
    ]


def test_a_failure_at_the_start_keeps_the_question(exchange: Exchange):
    list(answer(exchange, FakeAssistant(answers={"openai:test-model": BROKEN})))
    assert (exchange.state, exchange.problem, exchange.answer) == ("failed", BROKEN, None)
    assert exchange.question == "When did the ferry return?"
    assert exchange.can_be_quoted


def test_a_failure_on_the_way_keeps_what_had_arrived(exchange: Exchange):
    list(answer(exchange, FakeAssistant(breaks_at=2)))
    assert exchange.state == "failed"
    assert exchange.answer is not None
    assert exchange.answer.sentences == WRITTEN.sentences[:1]


def test_an_interruption_keeps_what_had_arrived_and_says_so(exchange: Exchange):
    with closing(answer(exchange, FakeAssistant())) as steps:
        next(steps)
    assert exchange.state == "stopped"
    assert exchange.answer is not None


def test_an_attempt_that_was_given_up_writes_nothing_into_the_next(exchange: Exchange):
    first = answer(exchange, FakeAssistant())
    next(first)
    exchange.interrupt()
    assert exchange.state == "stopped"
    exchange.retry(QUOTES)
    list(answer(exchange, FakeAssistant()))
    whole = exchange.answer
    assert list(first) == []
    assert (exchange.state, exchange.answer) == ("done", whole)


def test_only_a_running_attempt_can_be_interrupted(exchange: Exchange):
    exchange.interrupt()
    assert exchange.state == "waiting"
    list(answer(exchange, FakeAssistant()))
    exchange.interrupt()
    assert exchange.state == "done"


def test_an_error_of_the_program_itself_is_not_hidden(exchange: Exchange):
    with pytest.raises(KeyError):
        list(answer(exchange, FakeAssistant(answers={})))
    assert exchange.state == "stopped"


def test_a_failed_question_can_be_answered_by_quotes(exchange: Exchange):
    assistant = FakeAssistant(answers={"openai:test-model": BROKEN, "quotes": QUOTED})
    list(answer(exchange, assistant))
    exchange.retry(QUOTES)
    assert (exchange.state, exchange.problem) == ("waiting", None)
    list(answer(exchange, assistant))
    assert exchange.state == "done"
    assert not exchange.can_be_quoted


def test_a_failure_of_quotes_offers_no_quotes():
    exchange = Exchange(" ", Filters(), QUOTES)
    list(answer(exchange, FakeAssistant()))
    assert exchange.state == "failed"
    assert not exchange.can_be_quoted


def test_a_follow_up_is_given_the_answers_before_it() -> None:
    chat, assistant = Chat(), FakeAssistant()
    first = chat.ask("When did the ferry return?", Filters(), QUOTES)
    list(answer(first, assistant, chat.before(first)))
    assert assistant.earlier == []
    second = chat.ask("And who said so?", Filters(), QUOTES)
    list(answer(second, assistant, chat.before(second)))
    assert assistant.earlier == ["When did the ferry return?"]


def test_an_answer_that_was_never_finished_is_not_leant_on() -> None:
    chat, assistant = Chat(), FakeAssistant(answers={QUOTES: BROKEN})
    failed = chat.ask("When did the ferry return?", Filters(), QUOTES)
    list(answer(failed, assistant))
    second = chat.ask("And who said so?", Filters(), QUOTES)
    assert chat.before(second) == []
