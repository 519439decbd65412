"""The command and another embedder: what it asks, what it refuses, what it says in doctor."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import ROOT, dateline, read
from conftest import write_md
from fake_embeddings import MODEL, FakeEmbeddings, serve_embeddings

NAME = f"ollama:{MODEL}"
BRIDGE = write_md("The mayor opened the new bridge.", title="Bridge opens")
REBUILD = ("index", "--rebuild", "--embedder", NAME)


@pytest.fixture
def fake() -> Iterator[FakeEmbeddings]:
    with serve_embeddings() as server:
        yield server


@pytest.fixture
def env(fake: FakeEmbeddings) -> dict[str, str]:
    return {"DATELINE_SERVERS": fake.url}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "bridge.md").write_text(BRIDGE)
    home = tmp_path / "home"
    assert read("index", tmp_path / "bridge.md", home=home)["passages"] == 1
    return home


def find(home: Path, env: dict[str, str]) -> dict[str, str]:
    listed = read("doctor", home=home, env=env)
    return {f["what"]: f"{f['state']} {f['found']}" for f in listed}


def test_without_a_terminal_it_takes_a_yes(
    library: Path, fake: FakeEmbeddings, env: dict[str, str]
) -> None:
    done = dateline(*REBUILD, home=library, env=env)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "--yes" in done.stderr
    assert "The one article (1 passage) is embedded again by ollama:tiny-embed." in done.stderr
    assert "goes to 127.0.0.1" in done.stderr
    assert "The mayor opened the new bridge." not in fake.texts
    assert "Searched by words" not in dateline("ask", "Who opened it?", home=library).stdout
    report = read(*REBUILD, "--yes", home=library, env=env)
    assert (report["articles"], report["passages"]) == (1, 1)
    assert "The mayor opened the new bridge." in fake.texts
    fake.forget()
    answer = read("ask", "Who opened the new bridge?", home=library, env=env)
    assert fake.texts == ["Who opened the new bridge?"]
    assert not any("words alone" in note for note in answer["notes"])
    assert dateline("index", "--rebuild", home=library, env=env).returncode == 0


@pytest.mark.parametrize(("said", "swapped"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_it_asks(
    library: Path, fake: FakeEmbeddings, env: dict[str, str], said: str, swapped: bool
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{said}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "rag", *REBUILD, "--home", str(library)],
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert "Go on? [y/N]" in done.stderr
    assert (done.returncode == 0) == swapped
    assert ("Nothing was changed" in done.stderr) != swapped
    assert ("The mayor opened the new bridge." in fake.texts) == swapped


def test_doctor_names_the_embedder_and_whether_it_answers(
    library: Path, fake: FakeEmbeddings, env: dict[str, str]
) -> None:
    assert find(library, env)["embedder"].startswith("ok all-MiniLM-L6-v2")
    read(*REBUILD, "--yes", home=library, env=env)
    found = find(library, env)
    assert found["embedder"].startswith("ok ollama:tiny-embed, 64 dimensions")
    assert found["sentences"].startswith("ok all-MiniLM-L6-v2")
    fake.lives = 0
    found = find(library, env)
    assert found["embedder"].startswith("warn Ollama at 127.0.0.1")
    assert "Searching by words alone." in found["embedder"]
    assert found["indexes"].startswith("ok")
    done = dateline("doctor", "--embedder", "minilm", home=library, env=env)
    assert "--rebuild --embedder minilm" in done.stdout


def test_a_flag_for_another_embedder_is_one_line_with_the_command(
    library: Path, env: dict[str, str]
) -> None:
    for command in (("ask", "Who opened it?"), ("search", "bridge"), ("index", ROOT / "corpus")):
        done = dateline(*command, "--embedder", NAME, home=library, env=env)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
        assert f"`dateline index --rebuild --embedder {NAME}`" in done.stderr
    done = dateline("ask", "Who?", "--embedder", "oracle", home=library, env=env)
    assert "There is no embedder “oracle”. Use minilm" in done.stderr


def test_this_machine_only_is_told_before_anything_is_sent(library: Path) -> None:
    env = {"DATELINE_LOCAL_ONLY": "1", "OPENAI_API_KEY": "sk-canary"}
    done = dateline("index", "--rebuild", "--yes", "--embedder", "openai:x", home=library, env=env)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "This machine only" in done.stderr
    assert "sk-canary" not in done.stderr
