"""Every fault of a model server ends in a whole answer, in a marked one, or in words."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from conftest import FakeEmbedder, make_hit
from fake_servers import VLLM, LlamaCpp, LlamaCppPython, LMStudio, Model, ModelServer, Ollama
from loopback import (
    SILENCE,
    Loopback,
    Reply,
    Reset,
    Scripted,
    Wait,
    answer,
    say,
    serving,
    stream,
    write_chunk,
    write_event,
)

from rag.answer.chat import ChatEngine
from rag.engines import Engines
from rag.errors import ModelBusy, ModelError, ModelUnreachable
from rag.retrieve.question import parse_question
from rag.settings import Settings
from rag.types import REFUSAL, Answer, Hit, Sentence

TREATY = "The two neighbours signed a treaty in 1961. Trade is more than 90 percent of the total."
CALL = "The envoy telephoned his counterpart on March 10. The ministry counted 11 launches."
HITS = [make_hit(CALL), make_hit(TREATY, article="bbbbbbbbbbbb")]
GOOD = "The treaty is of 1961 [2]. "
CHAIR = Answer(
    "Who chairs the Skell council?",
    "openai:tiny-1",
    sentences=(Sentence("The council is chaired by Odile Brandt.", (1,), "checked"),),
)


@pytest.fixture
def fakes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def script(fakes: ExitStack, *replies: Reply, models: tuple[str, ...] = ("tiny-1",)) -> Scripted:
    fake = Scripted(*replies, models=models)
    fakes.enter_context(serving(fake))
    return fake


def open_engine(fake: Loopback, name: str = "openai:tiny-1", **settings: object) -> ChatEngine:
    made = Settings(base_url=fake.url, servers=(fake.url,), **settings)  # type: ignore[arg-type]
    engine = Engines(made).open(name, FakeEmbedder())
    assert isinstance(engine, ChatEngine)
    return engine


def ask(engine: ChatEngine, hits: list[Hit] = HITS) -> Answer:
    *_, last = engine.answer(parse_question("Which treaty was signed?"), hits, None)  # type: ignore[arg-type]
    return last


def texts(answered: Answer) -> list[str]:
    return [sentence.text for sentence in answered.sentences]


def test_row_10_a_server_that_goes_down_after_it_was_found_is_told_within_seconds(
    fakes: ExitStack,
) -> None:
    fake = script(fakes, answer(GOOD))
    engine = open_engine(fake)
    fake.stop()
    begun = time.monotonic()
    with pytest.raises(ModelUnreachable, match="cannot be reached: nobody answers") as caught:
        ask(engine)
    assert time.monotonic() - begun < 5
    assert "Start it" in caught.value.hint


def test_row_11_a_server_that_hangs_is_given_up_as_the_settings_say(fakes: ExitStack) -> None:
    fake = script(fakes, SILENCE)
    with pytest.raises(ModelUnreachable, match=r"nothing came in 0\.3 seconds"):
        ask(open_engine(fake, first_timeout=0.3))
    fake.wait_for(lambda: fake.asked)
    assert len(fake.asked) == 1
    engine = open_engine(fake)
    engine.halt.pull()
    with pytest.raises(ModelError, match="was stopped"):
        ask(engine)
    assert len(fake.asked) == 1


def test_row_11_the_clocks_are_settings_with_sane_defaults() -> None:
    usual = Settings()
    assert (usual.connect_timeout, usual.first_timeout, usual.token_timeout) == (5.0, 60.0, 30.0)


def test_row_12_a_busy_server_is_asked_three_times_in_all_for_a_follow_up_and_its_answer(
    fakes: ExitStack,
) -> None:
    busy = say({"error": "busy"}, 429, retry_after="0.3")
    fake = script(fakes, busy)
    with pytest.raises(ModelBusy):
        open_engine(fake).condense("Who is she?", [CHAIR])
    assert len(fake.asked) == 3
    fake = script(fakes, busy, answer("Who is Odile Brandt?"), busy)
    engine = open_engine(fake)
    assert engine.condense("Who is she?", [CHAIR]) == "Who is Odile Brandt?"
    with pytest.raises(ModelBusy, match="status 429"):
        ask(engine)
    refused = [0, 2, 3]
    assert len(fake.asked) == 4
    for one, following in zip(refused, (1, 3), strict=False):
        assert fake.asked[following].at - fake.asked[one].at >= 0.3


def test_row_12_another_question_has_patience_of_its_own(fakes: ExitStack) -> None:
    busy = say({"error": "busy"}, 503, retry_after="0")
    fake = script(fakes, busy, busy, busy, answer(GOOD))
    engine = open_engine(fake)
    with pytest.raises(ModelBusy):
        ask(engine)
    assert texts(ask(engine)) == ["The treaty is of 1961."]


def test_row_12_nothing_is_asked_again_after_the_first_token(fakes: ExitStack) -> None:
    broken = write_event({"error": {"code": 503, "message": "overloaded"}})
    fake = script(fakes, stream(GOOD, broken), answer("Never asked for [1]."))
    answered = ask(open_engine(fake))
    assert texts(answered) == ["The treaty is of 1961."]
    assert "incomplete" in " ".join(answered.notes)
    assert "overloaded" in " ".join(answered.notes)
    assert len(fake.asked) == 1


@pytest.mark.parametrize("end", [b"", Reset(), Wait()])
def test_row_13_what_came_before_a_cut_is_kept_marked_and_not_repeated(
    fakes: ExitStack, end: bytes | Reset | Wait
) -> None:
    fake = script(fakes, stream(GOOD, "The envoy tele", Wait(0.05), end))
    answered = ask(open_engine(fake, token_timeout=2))
    assert texts(answered)[0] == "The treaty is of 1961."
    assert texts(answered).count("The treaty is of 1961.") == 1
    assert any("incomplete" in note for note in answered.notes)
    assert len(fake.asked) == 1


def test_row_14_an_empty_answer_reasoning_alone_and_a_limit_are_told_apart(
    fakes: ExitStack,
) -> None:
    said = []
    for reply in (
        answer(),
        answer("<think>Hm."),
        stream(write_chunk(reasoning="Hm."), write_chunk(finish="stop")),
        answer(finish="length"),
    ):
        with pytest.raises(ModelError) as caught:
            ask(open_engine(script(fakes, reply)))
        said.append(caught.value.problem)
    assert said[1] == said[2]
    assert len(set(said)) == 3
    cut = ask(open_engine(script(fakes, answer(GOOD, finish="length"))))
    assert "cut at the model's limit" in " ".join(cut.notes)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (say({"error": {"message": "out of memory"}}), "sent an error: “out of memory”"),
        (say({"error": "out of memory"}, 500), "failed with status 500: “out of memory”"),
        (say(b"<html>Sign in</html>", content_type="text/html"), "it is no answer"),
        (say(b'{"choices": ['), "it is no answer"),
        (stream(b"data: {oops\n\n"), "it is no answer"),
        (Reply(200, [b"\xff\xfe\x00garbage"]), "no answer"),
        (say({"error": "x"}, 401), "wants a key, and there is none for it"),
        (say(b"", 307, location="http://127.0.0.1:9/"), "sends elsewhere"),
        (say({"error": {"message": "The model `m` does not exist."}}, 404), "does not exist"),
    ],
)
def test_row_15_what_is_no_answer_is_an_error_in_words(
    fakes: ExitStack, reply: Reply, said: str
) -> None:
    with pytest.raises(ModelError) as caught:
        ask(open_engine(script(fakes, reply)))
    assert said in caught.value.problem
    assert "Ask again" in caught.value.hint or "quotes" in caught.value.hint
    assert "Error" not in str(caught.value)


def many(count: int = 20) -> list[Hit]:
    return [make_hit(CALL * 9, article=f"{n:012d}") for n in range(count)]


@pytest.mark.parametrize("refused", [True, False])
def test_row_16_what_an_old_ollama_drops_is_said_and_a_refusal_of_it_withheld(
    fakes: ExitStack, refused: bool
) -> None:
    fake = Ollama()
    fakes.enter_context(serving(fake))
    fake.version = "0.9.0"
    fake.says = [REFUSAL if refused else "The envoy telephoned on March 10 [1]."]
    engine = open_engine(fake, "ollama:tiny-1")
    # It cuts what it was told to read, as it did where an estimate was too low.
    fake.models = [Model(window=512)]
    if refused:
        with pytest.raises(ModelError, match="passages were dropped"):
            ask(engine, many(8))
    else:
        answered = ask(engine, many(8))
        assert "passages were dropped" in " ".join(answered.notes)
        assert "The server read 258 tokens of" in " ".join(answered.notes)


def test_row_16_a_server_that_tells_nothing_is_said_to(fakes: ExitStack) -> None:
    fake = LlamaCppPython()
    fakes.enter_context(serving(fake))
    assert "does not tell how much" in " ".join(ask(open_engine(fake)).notes)


@pytest.mark.parametrize(
    ("server", "name"),
    [
        (Ollama, "ollama:tiny-1"),
        (LlamaCpp, "llamacpp:tiny-1"),
        (VLLM, "vllm:tiny-1"),
        (LMStudio, "lmstudio:tiny-1"),
    ],
)
@pytest.mark.parametrize("window", [2048, 4096])
def test_row_17_a_small_window_takes_fewer_passages_and_says_how_many(
    fakes: ExitStack, server: type[ModelServer], name: str, window: int
) -> None:
    fake = server(Model(window=window))
    fakes.enter_context(serving(fake))
    fake.says = ["The envoy telephoned on March 10 [1]."]
    answered = ask(open_engine(fake, name), many())
    read = fake.asked[-1].prompt.count("</passage>")
    assert 1 <= read < 20
    assert f"The model read {read} of 20 passages" in " ".join(answered.notes)
    assert f"{window:,} tokens" in " ".join(answered.notes)
    assert not any("dropped" in note for note in answered.notes)


@pytest.mark.parametrize("overflow", ["event", "word"])
def test_row_17_a_prompt_that_the_server_refuses_is_made_shorter(
    fakes: ExitStack, overflow: str
) -> None:
    fake = LMStudio(Model(window=8192))
    fakes.enter_context(serving(fake))
    fake.overflow = overflow
    engine = open_engine(fake, "lmstudio:tiny-1")
    fake.models = [Model(window=1500)]
    fake.says = ["The envoy telephoned on March 10 [1]."]
    answered = ask(engine, many())
    assert len(fake.asked) > 1
    read = fake.asked[-1].prompt.count("</passage>")
    assert f"The model read {read} of 20 passages" in " ".join(answered.notes)


@pytest.mark.parametrize("version", ["0.40.2", "0.12.6"])
def test_row_17_a_count_that_was_too_low_is_not_repeated(
    fakes: ExitStack, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr("rag.answer.budget.MARGIN", 0.4)
    fake = Ollama(Model(window=2048))
    fakes.enter_context(serving(fake))
    fake.version = version
    fake.says = ["The envoy telephoned on March 10 [1]."]
    answered = ask(open_engine(fake, "ollama:tiny-1"), many())
    assert 1 < len(fake.asked) <= 4
    assert {one.json["options"]["num_ctx"] for one in fake.asked} == {2048}
    assert "its server refused a longer prompt" in " ".join(answered.notes)


def test_row_17_a_window_that_is_too_small_for_anything_is_told(fakes: ExitStack) -> None:
    always = say({"error": {"message": "exceeds the context length", "n_ctx": 300}}, 400)
    fake = script(fakes, always)
    with pytest.raises(ModelError, match="Not one passage fits"):
        ask(open_engine(fake))
    fake = script(fakes, say({"error": {"message": "prompt is too long"}}, 400))
    with pytest.raises(ModelError, match=r"longer than what tiny-1 reads|Not one passage"):
        ask(open_engine(fake))
    assert len(fake.asked) <= 4


def test_row_17_an_overflow_that_looks_like_an_empty_answer_points_at_the_window(
    fakes: ExitStack,
) -> None:
    for fake in (LMStudio(Model(window=300)), LlamaCppPython(Model(window=300))):
        fakes.enter_context(serving(fake))
        if isinstance(fake, LMStudio):
            fake.overflow = "silent"
        engine = open_engine(fake, window=8000)
        # As where the server tells no window.
        engine = replace(engine, model=replace(engine.model, window=None))
        with pytest.raises(ModelError, match="empty answer") as caught:
            ask(engine)
        assert "DATELINE_WINDOW" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "cited"),
    [
        (("The treaty is of 1961 [0].",), []),
        (("The treaty is of 1961 [99].",), []),
        (("The treaty is of 1961 【2】.",), ["bbbbbbbbbbbb"]),
        (("The treaty is of 1961 【2†source】.",), ["bbbbbbbbbbbb"]),
        (("The treaty is of 1961 [", "2", "]."), ["bbbbbbbbbbbb"]),
        (("The treaty is of 1961 [1,", "2]."), ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]),
        (("The treaty is of 1961 [1-", "3]."), ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]),
        (("The treaty is of 1961 [2](http://evil.example).",), ["bbbbbbbbbbbb"]),
        (("The treaty is of 1961 [-2].",), []),
        (("The treaty is of 1961 [2.5].",), []),
        (("The treaty is of 1961 [two].",), []),
        (("The treaty is of 1961 [" + "9" * 5000 + "].",), []),
        (("The treaty is of 1961 [2",), []),
    ],
)
def test_row_18_no_marker_gives_a_citation_that_is_not_there(
    fakes: ExitStack, said: tuple[str, ...], cited: list[str]
) -> None:
    answered = ask(open_engine(script(fakes, answer(*said))))
    assert [one.article for one in answered.citations] == cited
    numbers = {n for sentence in answered.sentences for n in sentence.citations}
    assert numbers == {one.n for one in answered.citations}
    assert [s.check != "unsupported" for s in answered.sentences] == [bool(cited)]


THOUGHT = "Perhaps it was Liu in the end [1]."
VARIANTS = [
    f"<think>{THOUGHT}</think>{GOOD}",
    f"<THINK>\n{THOUGHT}\n</THINK>\n\n{GOOD}",
    f"<think>\n\n</think>\n\n{GOOD}",
    f"<think/>{GOOD}",
    f"< think >{THOUGHT}< / think >{GOOD}",
    f'<thinking effort="high and with much care, so that it takes long">{THOUGHT}</thinking>{GOOD}',
    f"<thought>{THOUGHT}</thought>{GOOD}",
    f"<reasoning>{THOUGHT}</reasoning>{GOOD}",
    f"<reflection>{THOUGHT}</reflection>{GOOD}",
    f"<seed:think>{THOUGHT}</seed:think>{GOOD}",
    f"{THOUGHT}</think>{GOOD}",
    f"<think>{THOUGHT}<think>{THOUGHT}</think>{THOUGHT}</think>{GOOD}",
    f"{GOOD}<think>{THOUGHT}",
    f"{GOOD}<think",
    f"<think>{THOUGHT}</think>{GOOD}<think>{THOUGHT}</think>",
    f"&lt;think&gt;{THOUGHT}&lt;/think&gt;{GOOD}",
    f"◁think▷{THOUGHT}◁/think▷{GOOD}",
    f"[THINK]{THOUGHT}[/THINK]{GOOD}",
    f"<|begin_of_thought|>{THOUGHT}<|end_of_thought|>{GOOD}",
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>"
    + GOOD,
]


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("said", VARIANTS)
def test_row_19_reasoning_is_never_shown_as_an_answer(
    fakes: ExitStack, said: str, size: int
) -> None:
    pieces = [said[n : n + size] for n in range(0, len(said), size)]
    assert texts(ask(open_engine(script(fakes, answer(*pieces))))) == ["The treaty is of 1961."]


@pytest.mark.parametrize(
    "said",
    ["The treaty is of 1961 and 3 < 4 & 5 > 2 [2].", "The treaty [THe first] is of 1961 [2]."],
)
def test_row_19_what_only_looks_like_a_tag_stays(fakes: ExitStack, said: str) -> None:
    for pieces in ([said], list(said)):
        [text] = texts(ask(open_engine(script(fakes, answer(*pieces)))))
        assert text == said.replace(" [2]", "")


def test_an_answer_by_another_model_is_said_to_be_and_a_date_in_its_name_is_none(
    fakes: ExitStack,
) -> None:
    fake = LMStudio()
    fakes.enter_context(serving(fake))
    for said, is_other in (
        ("other-2", True),
        ("tiny-10", True),
        ("tiny-1-2025-08-07", False),
        ("/models/tiny-1.gguf", False),
        ("Tiny-1:latest", False),
    ):
        fake.answered_by = said
        notes = " ".join(ask(open_engine(fake, "lmstudio:tiny-1")).notes)
        assert (f"The server answered by “{said}”, not by “tiny-1”." in notes) == is_other


def test_a_server_that_is_gone_for_a_follow_up_is_told_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    with pytest.raises(ModelError, match="cannot be reached"):
        Engines(Settings(base_url=url)).open("openai:tiny-1", None)
