"""Row 27: the key reaches its own server, and no error, no log, no page, no file."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import pytest
from conftest import FakeEmbedder, make_hit, write_md
from loopback import (
    Reply,
    Reset,
    Scripted,
    answer,
    say,
    serving,
    stream,
    write_chunk,
    write_event,
)

from rag.engines import Engines
from rag.errors import DatelineError
from rag.llm.probing import probe
from rag.llm.server import Server
from rag.retrieve.question import parse_question
from rag.settings import Settings

ROOT = Path(__file__).parents[2]
KEY = "sk-Canary7Qz84LmWx0Rb2TyUn"
#: Ways in which a server may give back what it was sent.
ECHOES: dict[str, str] = {
    "whole": f"Incorrect API key provided: {KEY}.",
    "in part": f"Incorrect API key provided: {KEY[:14]}************.",
    "the end of it": f"Incorrect API key provided: *****{KEY[-12:]}",
    "upper case": f"BAD KEY {KEY.upper()}",
    "spaced": "Bad key: " + " ".join(KEY),
    "with dashes": "Bad key: " + "-".join(KEY[3:]),
    "as a header": f"Bad header: Authorization: Bearer {KEY}",
}


def pieces(text: str) -> set[str]:
    plain = "".join(c for c in text.casefold() if c.isalnum())
    secret = "".join(c for c in KEY.casefold() if c.isalnum())[2:]
    runs = (secret[n : n + 8] for n in range(len(secret) - 7))
    return {run for run in runs if run in plain}


def every_fault(echo: str) -> dict[str, Reply]:
    told = {"error": {"message": echo, "code": "invalid_api_key", "param": echo}}
    return {
        "401": say(told, 401, www_authenticate=echo, set_cookie=f"k={echo}"),
        "403 as a word": say({"error": echo}, 403),
        "400": say(told, 400, x_request_id=echo),
        "400 as text": say(echo.encode(), 400),
        "404": say({"detail": echo}, 404),
        "429": say(told, 429, retry_after="3600"),
        "500": say({"error": json.dumps(told)}, 500),
        "200 with an error": say(told),
        "too long": say({"error": f"{echo} exceeds the context length"}, 400),
        "redirect": say(told, 307, location=f"http://127.0.0.1:9/?key={echo}"),
        "broken JSON": say(f'{{"error": "{echo}'.encode()),
        "in the stream": stream(write_event(told)),
        "in the middle": stream("The treaty is of 1961 [1]. ", write_event(told)),
        "broken stream": stream(f'data: {{"choices": "{echo}'.encode() + b"\n\n"),
        "odd choices": stream(write_event({"choices": [echo]})),
        "as the model": stream(
            write_chunk("The treaty is of 1961 [1].", "stop", model=echo), b"data: [DONE]\n\n"
        ),
        "as the reason": stream(write_chunk("The treaty is of 1961 [1].", finish=echo)),
        "as the answer": answer(f"The treaty is of 1961 [1]. {echo} [1]."),
        "reset": Reply(None, [f"HTTP/1.1 {echo}".encode(), Reset()]),
        "no HTTP": Reply(None, [echo.encode() + b"\r\n\r\n"]),
    }


FAULTS = list(every_fault(""))


@pytest.fixture
def fakes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def run_through(settings: Settings) -> str:
    """All that can be seen of an answer, or of the error in its place."""
    seen: list[object] = [settings]
    try:
        engines = Engines(settings)
        seen += [engines.find()]
        engine = engines.open("openai:tiny-1", FakeEmbedder())
        seen += [engine]
        hits = [make_hit("The treaty is of 1961.")]
        for answered in engine.answer(parse_question("Which treaty?"), hits, None):  # type: ignore[arg-type]
            seen += [answered, answered.text, answered.prompt]
    except DatelineError as error:
        shown = "".join(traceback.format_exception_only(error))
        seen += [error, repr(error), error.problem, error.hint, shown, error.args]
    return "\n".join(map(str, seen))


@pytest.mark.parametrize(
    ("fault", "echo"),
    [
        *((fault, "whole") for fault in FAULTS),
        *product(("401", "too long", "in the middle", "as the model"), list(ECHOES)[1:]),
    ],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")
def test_a_key_that_a_server_gives_back_is_shown_nowhere(
    fakes: ExitStack, caplog: pytest.LogCaptureFixture, fault: str, echo: str
) -> None:
    caplog.set_level(logging.DEBUG)
    fake = Scripted(every_fault(ECHOES[echo])[fault])
    fakes.enter_context(serving(fake))
    seen = run_through(Settings(base_url=fake.url, api_key=KEY))
    assert fake.asked[-1].key == f"Bearer {KEY}"
    assert pieces(seen) == set()
    assert pieces(caplog.text) == set()


@pytest.mark.parametrize("echo", ["whole", "in part", "spaced"])
@pytest.mark.parametrize("fault", ["401", "400", "429", "500", "redirect", "broken JSON", "reset"])
def test_nor_where_it_is_asked_what_it_has(
    fakes: ExitStack, caplog: pytest.LogCaptureFixture, fault: str, echo: str
) -> None:
    caplog.set_level(logging.DEBUG)
    fake = Scripted(answer("Yes."))
    fakes.enter_context(serving(fake))
    fake.listing = every_fault(ECHOES[echo])[fault]
    [listing] = probe([Server(fake.url, KEY)])
    assert listing.problem is not None
    seen = run_through(Settings(base_url=fake.url, api_key=KEY))
    assert pieces(f"{listing} {listing.problem} {seen} {caplog.text}") == set()


def test_a_model_that_is_named_like_the_key_is_not_listed(fakes: ExitStack) -> None:
    fake = Scripted(answer("Yes."), models=[KEY, "tiny-2"])
    fakes.enter_context(serving(fake))
    seen = run_through(Settings(base_url=fake.url, api_key=KEY))
    assert "tiny-2" in seen
    assert pieces(seen) == set()


@pytest.mark.parametrize("key", [f"{KEY}é", f"{KEY}\nX: y", f"{KEY} {KEY}"])
def test_a_key_that_cannot_be_sent_is_not_shown_either(
    fakes: ExitStack, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    caplog.set_level(logging.DEBUG)
    fake = Scripted(answer("Yes."))
    fakes.enter_context(serving(fake))
    seen = run_through(Settings(base_url=fake.url, api_key=key))
    assert "OPENAI_API_KEY" in seen
    assert pieces(seen + caplog.text) == set()
    assert fake.requests == []


def test_a_name_that_is_unknown_does_not_show_the_key(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def fail(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    seen = run_through(Settings(base_url="https://models.example/v1", api_key=KEY))
    assert "no machine of that name" in seen
    assert pieces(seen + caplog.text) == set()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    text = write_md("The treaty is of 1961. It was signed in Tolm.", title="The treaty")
    (folder / "treaty.md").write_text(text)
    home = tmp_path_factory.mktemp("state") / "home"
    done = dateline(home, {}, "index", str(folder))
    assert done.returncode == 0, done.stderr
    return home


def dateline(
    home: Path, env: dict[str, str], *arguments: str, before: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, `before` run in it first."""
    program = f"{before}\nimport sys\nfrom rag.cli import main\nsys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=home.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        check=False,
    )


@pytest.mark.parametrize("fault", ["401", "in the middle", "no HTTP"])
def test_no_command_prints_or_keeps_the_key(fakes: ExitStack, library: Path, fault: str) -> None:
    fake = Scripted(every_fault(ECHOES["whole"])[fault])
    fakes.enter_context(serving(fake))
    env = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": fake.url, "OPENAI_LOG": "debug"}
    loud = "import logging; logging.basicConfig(level=logging.DEBUG)"
    ask = ("ask", "Which treaty was signed?", "--engine", "openai:tiny-1")
    for arguments in (ask, ("engines",), ("doctor",)):
        done = dateline(library, env, *arguments, before=loud)
        assert pieces(done.stdout + done.stderr) == set()
    assert fake.asked
    for path in library.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


#: Writes down, and refuses, every connection and every look-up of a name.
WATCH = """
import sys, os
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        with open(os.environ["TRIED"], "a") as file:
            print(event, arguments[1] if event == "socket.connect" else arguments[0], file=file)
sys.addaudithook(watch)
"""


def test_row_28_nothing_but_loopback_is_tried(
    fakes: ExitStack, library: Path, tmp_path: Path
) -> None:
    fake = Scripted(answer("The treaty is of 1961 [1].", read=900))
    fakes.enter_context(serving(fake))
    tried = tmp_path / "tried"
    engine = f"{fake.url}#tiny-1"
    env = {"TRIED": str(tried), "DATELINE_SERVERS": f"{fake.url},http://localhost:9/v1"}
    env |= {"TIKTOKEN_CACHE_DIR": str(tmp_path / "none")}
    question = "Which treaty was signed?"
    for arguments in (("ask", question), ("ask", question, "--engine", engine), ("engines",)):
        done = dateline(library, env, *arguments, before=WATCH)
        assert done.returncode == 0, done.stderr
    assert dateline(library, env, "doctor", before=WATCH).returncode == 0
    lines = tried.read_text().splitlines()
    assert len(lines) >= 4
    strangers = [line for line in lines if not ("127.0.0.1" in line or "localhost" in line
                                                or "::1" in line)]  # fmt: skip
    assert strangers == []
    assert len(fake.asked) == 1


def test_the_watch_sees_what_goes_elsewhere(tmp_path: Path, library: Path) -> None:
    tried = tmp_path / "tried"
    env = {"TRIED": str(tried), "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://192.0.2.1/v1"}
    before = f"{WATCH}\nimport rag.llm.probing as p; p.REMOTE_PATIENCE = 0.2"
    dateline(library, env, "engines", before=before)
    assert "192.0.2.1" in tried.read_text()
    tried.unlink()
    dateline(library, {**env, "DATELINE_LOCAL_ONLY": "1"}, "engines", before=before)
    assert not tried.exists() or "192.0.2.1" not in tried.read_text()
