"""Streams end: by their own end, by a clock, by a limit, or because nobody listens any more."""

from __future__ import annotations

import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from fake_servers import LlamaCpp, LlamaCppPython, LMStudio, ModelServer, Ollama
from loopback import (
    DONE,
    SILENCE,
    STREAM,
    Forever,
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
    write_usage,
)

from rag.errors import ModelBusy, ModelError, ModelUnreachable, PromptTooLong
from rag.llm import http
from rag.llm import stream as streaming
from rag.llm.halt import Halt
from rag.llm.patience import MAX_PAUSE, TRIES, Patience
from rag.llm.server import Kind, ServedModel, Server
from rag.llm.stream import Stream
from rag.settings import Settings

USUAL = Settings()
QUICK = Settings(connect_timeout=2.0, first_timeout=0.3, token_timeout=0.3, answer_timeout=30.0)
#: For servers that answer, on a machine that has much else to do.
PATIENT = replace(QUICK, first_timeout=10.0, token_timeout=10.0)


def open_stream(
    server: Loopback, kind: Kind = "openai", settings: Settings = USUAL, **how: object
) -> Stream:
    model = ServedModel(Server(server.url, "sk-canary-77"), "tiny-1", kind)
    return Stream(model, settings, "Be brief.", "Who?", **how)  # type: ignore[arg-type]


@pytest.fixture
def fakes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def script(fakes: ExitStack, *replies: Reply) -> Scripted:
    fake = Scripted(*replies)
    fakes.enter_context(serving(fake))
    return fake


def lines(*rows: object) -> Reply:
    return Reply(200, [json.dumps(row).encode() + b"\n" for row in rows], {})


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_whole_answer_is_read_with_what_is_told_of_it(fakes: ExitStack, kind: Kind) -> None:
    fake: ModelServer = LlamaCpp() if kind == "openai" else Ollama()
    fakes.enter_context(serving(fake))
    fake.thoughts, fake.says = ["Hm."], ["One ", "two."]
    read = open_stream(fake, kind)
    assert list(filter(None, read)) == ["One ", "two."]
    assert (read.finish, read.thought, read.failure) == ("stop", True, None)
    assert (read.read, read.written, read.answered_by) == (6, 5, "tiny-1")
    assert read.first is not None


def test_ollama_is_told_how_much_to_read_and_to_drop_nothing(fakes: ExitStack) -> None:
    fake = Ollama()
    fakes.enter_context(serving(fake))
    list(open_stream(fake, "ollama", window=3000, room=700))
    [asked] = fake.asked
    assert asked.path == "/api/chat"
    assert (asked.json["truncate"], asked.json["stream"]) == (False, True)
    assert asked.json["options"] == {"num_ctx": 3000, "num_predict": 700, "temperature": 0}


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """The first use of LangChain takes longer than the clocks of these tests."""
    nobody = ServedModel(Server("http://127.0.0.1:9/v1"), "m")
    with pytest.raises(ModelUnreachable):
        list(Stream(nobody, Settings(), "", ""))


NEVER_ENDING = {
    "comments": stream(Forever(b": still here\n\n", 0.01)),
    "comments after a token": stream("One. ", Forever(b": still here\n\n", 0.01)),
    "empty chunks": stream(Forever(write_chunk(""), 0.01)),
    "empty chunks after a token": stream("One. ", Forever(write_chunk(""), 0.01)),
    "chunks without choices": stream(Forever(write_event({"choices": []}), 0.01)),
    "a line that does not end": Reply(200, [Forever(b"data: x" * 9, 0.01)], STREAM),
    "nothing": SILENCE,
    "headers and nothing": stream(Wait()),
    "headers without end": Reply(None, [b"HTTP/1.1 200 OK\r\n", Forever(b"X-A: b\r\n", 0.01)]),
}


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize("what", NEVER_ENDING)
def test_what_never_says_anything_is_given_up_by_the_clock(
    fakes: ExitStack, what: str, kind: Kind
) -> None:
    reply = NEVER_ENDING[what]
    if kind == "ollama":
        empty = json.dumps({"message": {"content": ""}, "done": False}).encode() + b"\n"
        one = json.dumps({"message": {"content": "One. "}, "done": False}).encode() + b"\n"
        steps = [one] if "after" in what else []
        reply = reply if reply.status is None else Reply(200, [*steps, Forever(empty, 0.01)])
    fake = script(fakes, reply)
    # What comes first has its time on a busy machine, too.
    first = 10.0 if "after" in what else QUICK.first_timeout
    read = open_stream(fake, kind, replace(QUICK, first_timeout=first))
    begun = time.monotonic()
    if "after" in what:
        assert "".join(read) == "One. "
        assert read.failure is not None
        assert "fell silent for 0.3 seconds" in read.failure.problem
        assert "DATELINE_TOKEN_TIMEOUT" in read.failure.hint
    else:
        with pytest.raises(ModelError) as caught:
            list(read)
        assert "in 0.3 seconds" in caught.value.problem
        assert "DATELINE_FIRST_TIMEOUT" in caught.value.hint
        assert isinstance(caught.value, ModelUnreachable)
    assert time.monotonic() - begun < 10
    fake.wait_for(lambda: fake.gone)
    assert len(fake.asked) == 1


def test_one_character_after_another_ends_with_the_time_for_an_answer(fakes: ExitStack) -> None:
    fake = script(fakes, stream(Forever(write_chunk("a"), 0.01)))
    # Long enough for the first character on a busy machine.
    read = open_stream(fake, settings=Settings(answer_timeout=4.0))
    assert set("".join(read)) == {"a"}
    assert read.failure is not None
    assert "had not ended its answer after 4 seconds" in read.failure.problem
    fake.wait_for(lambda: fake.gone)


def test_reasoning_keeps_the_clock_from_ending_a_reply(fakes: ExitStack) -> None:
    # Longer than the clock in all, and far shorter each.
    thoughts = [write_chunk(reasoning="hm"), Wait(0.5)] * 5
    settings = replace(QUICK, first_timeout=2.0, token_timeout=2.0)
    read = open_stream(script(fakes, stream(*thoughts, "One.")), settings=settings)
    assert "".join(read) == "One."
    assert read.thought


def test_a_model_that_goes_on_is_cut_at_a_limit(
    fakes: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = script(fakes, stream(Forever(write_chunk("word " * 20))))
    read = open_stream(fake, limit=5_000)
    assert len("".join(read)) == 5_000
    assert read.finish == "length"
    fake.wait_for(lambda: fake.gone)
    monkeypatch.setattr(streaming, "MAX_PIECES", 50)
    fake = script(fakes, stream(Forever(write_chunk("a"))))
    read = open_stream(fake)
    assert len("".join(read)) == 50
    assert read.finish == "length"


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_what_has_no_end_takes_no_memory_without_end(
    fakes: ExitStack, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setattr(http, "MAX_BYTES", 4_000_000)
    fake = script(fakes, Reply(200, [Forever(b"x" * 65_536)], STREAM))
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match="more than 4 MB"):
            list(open_stream(fake, kind))
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    fake.wait_for(lambda: fake.gone)
    assert fake.sent < 40_000_000


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_bomb_is_not_unpacked(fakes: ExitStack, kind: Kind) -> None:
    packed = {"Content-Encoding": "gzip", **STREAM}
    fake = script(fakes, Reply(200, [b"\x1f\x8b" + b"\0" * 1000], packed))
    with pytest.raises(ModelError, match="packed"):
        list(open_stream(fake, kind))


NO_ANSWERS = {
    "a page": say(b"<html>Sign in</html>", content_type="text/html; charset=utf-8"),
    "broken JSON": stream(b'data: {"choices": [\n\n'),
    "deep JSON": stream(b"data: " + b"[" * 200_000 + b"\n\n"),
    "a list": stream(write_event([1, 2])),
    "a word": stream(write_event("hello")),
    "choices of numbers": stream(write_event({"choices": [1]})),
    "choices in a word": stream(write_event({"choices": "none"})),
    "a delta that is a list": stream(write_event({"choices": [{"index": 0, "delta": [1]}]})),
    "bytes": Reply(200, [bytes(range(128, 256)) * 50], STREAM),
    "no HTTP": Reply(None, [b"SSH-2.0-OpenSSH_9.6\r\n"]),
    "a whole completion": say({"choices": [{"message": {"content": "One."}}]}),
}


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize("what", NO_ANSWERS)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")
def test_what_is_no_answer_is_an_error_in_words(fakes: ExitStack, what: str, kind: Kind) -> None:
    reply = NO_ANSWERS[what]
    if kind == "ollama" and reply.headers == STREAM:
        body = b"".join(step for step in reply.steps if isinstance(step, bytes))
        reply = Reply(200, [body.removeprefix(b"data: ")])
    fake = script(fakes, reply)
    read = open_stream(fake, kind, PATIENT)
    try:
        assert list(filter(None, read)) == []
    except ModelError as error:
        assert "Error" not in error.problem
        assert "quotes" in error.hint
    assert len(fake.asked) == 1


@pytest.mark.parametrize("said", ["29", [1], -1, 2.5, True, {"a": 1}])
def test_numbers_and_names_that_are_none_do_no_harm(fakes: ExitStack, said: object) -> None:
    row = {"model": said, "message": {"content": "One."}, "done": True, "done_reason": said}
    fake = script(fakes, lines({**row, "prompt_eval_count": said, "eval_count": said}))
    read = open_stream(fake, "ollama")
    assert "".join(read) == "One."
    assert (read.read, read.written, read.failure) == (None, None, None)
    assert read.answered_by in (None, "29")


@pytest.mark.parametrize(
    ("server", "kind"), [(Ollama, "ollama"), (LlamaCpp, "llamacpp"), (LMStudio, "lmstudio")]
)
def test_an_error_in_the_middle_keeps_what_came_before(
    fakes: ExitStack, server: type[ModelServer], kind: Kind
) -> None:
    fake = server()
    fakes.enter_context(serving(fake))
    fake.breaks = "the slot was lost"
    read = open_stream(fake, kind)
    assert "".join(read) == "The treaty is of 1961 [2]."
    assert read.failure is not None
    assert "“the slot was lost”" in read.failure.problem
    assert len(fake.asked) == 1


@pytest.mark.parametrize("end", [Reset(), b""])
def test_a_cut_keeps_what_came_and_nothing_is_asked_twice(fakes: ExitStack, end: object) -> None:
    fake = script(fakes, stream("One. ", "Two", end))  # type: ignore[arg-type]
    read = open_stream(fake)
    assert "".join(read) == "One. Two"
    assert read.finish is None
    assert (read.failure is not None) == (end == Reset())
    assert len(fake.asked) == 1


@pytest.mark.parametrize("end", [Wait(), Reset(), Forever(b": x\n\n", 0.01)])
def test_an_answer_that_has_ended_is_whole_whatever_the_connection_does(
    fakes: ExitStack, monkeypatch: pytest.MonkeyPatch, end: Wait | Reset | Forever
) -> None:
    monkeypatch.setattr(streaming, "ENDING", 0.3)
    fake = script(fakes, stream("One.", write_chunk(finish="stop"), write_usage(9), DONE, end))
    read = open_stream(fake)
    begun = time.monotonic()
    assert "".join(read) == "One."
    assert time.monotonic() - begun < 5
    assert (read.finish, read.failure, read.read) == ("stop", None, 9)


def test_an_answer_of_a_server_that_ends_each_piece_is_read_on(fakes: ExitStack) -> None:
    pieces = [write_chunk(text, finish="stop") for text in ("One. ", "Two.")]
    assert "".join(open_stream(script(fakes, stream(*pieces)))) == "One. Two."


def test_another_question_to_llama_cpp_python_ends_its_answer_and_that_shows(
    fakes: ExitStack,
) -> None:
    fake = LlamaCppPython()
    fakes.enter_context(serving(fake))
    fake.says, fake.pause = ["One. ", "Two. ", "Three."], 0.1
    read = open_stream(fake)
    pieces = []
    for piece in filter(None, read):
        pieces.append(piece)
        if len(pieces) == 1:
            with socket.create_connection(("127.0.0.1", fake.port)) as other:
                other.sendall(b"GET /v1/models HTTP/1.1\r\n\r\n")
                other.recv(1)
    assert pieces == ["One. "]
    assert read.finish is None


# Rows 11 and 12: who waits for a server is let go at once.


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize(
    "phase", ["not read", "before headers", "after headers", "between tokens", "busy"]
)
def test_stop_closes_the_request_within_a_second(fakes: ExitStack, phase: str, kind: Kind) -> None:
    one = {"message": {"content": "One. "}, "done": False}
    token = json.dumps(one).encode() + b"\n" if kind == "ollama" else write_chunk("One. ")
    replies = {
        "not read": SILENCE,
        "before headers": SILENCE,
        "after headers": Reply(200, [Wait()], STREAM),
        "between tokens": Reply(200, [token, Wait()], STREAM),
        "busy": say({"error": "busy"}, 503, retry_after="20"),
    }
    fake = script(fakes, replies[phase])
    fake.deaf = phase == "not read"
    halt = Halt()
    pulled: list[float] = []

    def stop() -> None:
        fake.wait_for(lambda: fake.accepted if fake.deaf else fake.asked)
        time.sleep(0.2)
        pulled.append(time.monotonic())
        halt.pull()

    threading.Thread(target=stop, daemon=True).start()
    read = open_stream(fake, kind, halt=halt)
    if phase == "between tokens":
        assert "".join(read) == "One. "
        assert read.failure is not None
        assert read.failure.problem == "The answer was stopped."
    else:
        with pytest.raises(ModelError, match="was stopped"):
            list(read)
    assert time.monotonic() - pulled[0] < 10
    if phase != "busy":
        fake.wait_for(lambda: fake.gone)
        assert fake.gone[0] - pulled[0] < 10
    assert len(fake.requests) == (phase != "not read")


def test_a_stream_that_nobody_reads_any_more_is_closed(fakes: ExitStack) -> None:
    fake = script(fakes, stream("One. ", Wait()))
    reading = iter(open_stream(fake))
    assert next(filter(None, reading)) == "One. "
    closed = time.monotonic()
    reading.close()  # type: ignore[attr-defined]
    assert time.monotonic() - closed < 10
    fake.wait_for(lambda: fake.gone)


def test_what_was_stopped_before_it_began_sends_nothing(fakes: ExitStack) -> None:
    fake, halt = script(fakes, answer("One.")), Halt()
    halt.pull()
    with pytest.raises(ModelError, match="was stopped"):
        list(open_stream(fake, halt=halt))
    assert fake.accepted == 0


def test_stop_and_the_clock_do_not_wait_for_a_look_up_of_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        looked_up.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    halt = Halt()
    threading.Timer(0.2, halt.pull).start()
    model = ServedModel(Server("http://models.example/v1"), "m")
    for settings, said in ((Settings(), "stopped"), (Settings(connect_timeout=0.3), "in time")):
        begun = time.monotonic()
        with pytest.raises(ModelError, match=said):
            list(Stream(model, settings, "a", "b", halt=halt))
        assert time.monotonic() - begun < 20
        halt = Halt()
    looked_up.set()


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_connection_that_does_not_come_about_has_a_clock_of_its_own(
    fakes: ExitStack, kind: Kind
) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        for _ in range(3):
            one = fakes.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(address)
        model = ServedModel(Server(f"http://127.0.0.1:{address[1]}/v1"), "m", kind)
        begun = time.monotonic()
        with pytest.raises(ModelUnreachable, match="nobody answers in time"):
            list(Stream(model, Settings(connect_timeout=0.3), "a", "b"))
        assert time.monotonic() - begun < 20


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_busy_server_is_asked_three_times_in_all(
    fakes: ExitStack, status: int, kind: Kind
) -> None:
    fake = script(fakes, say({"error": "busy"}, status, retry_after="0"))
    with pytest.raises(ModelBusy, match=f"status {status}") as caught:
        list(open_stream(fake, kind))
    assert len(fake.asked) == TRIES == 3
    assert "ask again" in caught.value.hint


def in_a_second() -> str:
    # A date has no parts of a second: it lies from one to two seconds ahead.
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


@pytest.mark.parametrize(
    ("header", "least"),
    [
        ({"retry_after": "1"}, 1.0),
        ({"retry_after_ms": "700"}, 0.7),
        ({"retry_after": "in_a_second"}, 0.9),
        ({}, 1.0),
        ({"retry_after": "soon"}, 1.0),
    ],
)
def test_the_delay_that_is_asked_for_is_kept(
    fakes: ExitStack, header: dict[str, str], least: float
) -> None:
    header = {k: in_a_second() if v == "in_a_second" else v for k, v in header.items()}
    fake = script(fakes, say({"error": "busy"}, 429, **header), answer("One."))
    assert "".join(open_stream(fake)) == "One."
    first, second = fake.asked
    assert least <= second.at - first.at < 10


@pytest.mark.parametrize("asked", ["3600", "9" * 400, "Wed, 21 Oct 2999 07:28:00 GMT"])
def test_a_server_that_asks_for_an_hour_is_told_of_at_once(fakes: ExitStack, asked: str) -> None:
    fake = script(fakes, say({"error": "busy"}, 429, retry_after=asked))
    begun = time.monotonic()
    with pytest.raises(ModelBusy) as caught:
        list(open_stream(fake))
    assert time.monotonic() - begun < 5 < MAX_PAUSE
    assert len(fake.asked) == 1
    wait = "Wait for 3,600 seconds" if asked == "3600" else "Wait a moment"
    assert wait in caught.value.hint


def test_streams_of_one_question_share_their_patience(fakes: ExitStack) -> None:
    busy = say({"error": "busy"}, 503, retry_after="0.2")
    fake = script(fakes, busy, busy, answer("One."), busy, answer("Two."))
    patience = Patience()
    assert "".join(open_stream(fake, patience=patience)) == "One."
    with pytest.raises(ModelBusy):
        list(open_stream(fake, patience=patience))
    assert len(fake.asked) == 4
    patience.renew()
    assert "".join(open_stream(fake, patience=patience)) == "Two."


def test_nothing_is_tried_again_after_the_first_token(fakes: ExitStack) -> None:
    busy = write_event({"error": {"code": 503, "message": "busy"}})
    fake = script(fakes, stream("One. ", busy), answer("Two."))
    read = open_stream(fake)
    assert "".join(read) == "One. "
    assert read.failure is not None
    assert len(fake.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 500, 502])
def test_other_errors_are_not_tried_again(fakes: ExitStack, status: int) -> None:
    fake = script(fakes, say({"error": "no"}, status))
    with pytest.raises(ModelError):
        list(open_stream(fake))
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "window"),
    [
        (say({"error": "the input length exceeds the context length"}, 400), "ollama", None),
        (
            say({"error": '{"error":{"code":400,"message":"request (2622 tokens) exceeds the'
                 ' available context size (512 tokens), try increasing it","n_ctx":512}}'}, 400),
            "ollama", 512,
        ),
        (say({"error": {"type": "exceed_context_size_error", "n_ctx": 8192}}), "llamacpp", 8192),
        (
            say({"error": {"message": "The maximum context length is 16384 tokens."}}, 400),
            "vllm", 16384,
        ),
        (
            stream(b"event: error\n", write_event({"error": "greater than the context length"
                   " (n_keep: 13055>= n_ctx: 4096)"})),
            "lmstudio", 4096,
        ),
    ],
)  # fmt: skip
def test_a_prompt_that_is_too_long_is_told_from_other_errors(
    fakes: ExitStack, reply: Reply, kind: Kind, window: int | None
) -> None:
    with pytest.raises(PromptTooLong) as caught:
        list(open_stream(script(fakes, reply), kind))
    assert caught.value.window == window
    assert "DATELINE_WINDOW" in caught.value.hint


@pytest.mark.parametrize("variable", ["OPENAI_CUSTOM_HEADERS", "OPENAI_ORG_ID", "OPENAI_PROXY"])
def test_what_the_environment_holds_for_openai_is_sent_to_no_server_of_ones_own(
    fakes: ExitStack, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "X-Secret: canary-77")
    fake = script(fakes, answer("One."))
    model = ServedModel(Server(fake.url), "tiny-1")
    assert "".join(Stream(model, Settings(), "a", "b")) == "One."
    [asked] = fake.asked
    assert "canary-77" not in str(asked.headers)
    assert asked.key is None
