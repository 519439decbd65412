"""Addresses: which are of this machine, where the words go, what is refused and why."""

from __future__ import annotations

import pytest

from rag.errors import UsageError
from rag.llm.server import (
    ServedModel,
    Server,
    begin_with,
    check_address,
    check_key,
    explain_missing,
    read_address,
)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.0.1", "[::1]", "localhost", "LOCALHOST", "127.0.0.1:9000"]
)
def test_these_are_of_this_machine(host: str) -> None:
    assert Server(f"http://{host}/v1").is_local


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example",
        "0x7f000001",
        "2130706433",
        "127.1",
        "0.0.0.0",
        "192.168.1.5",
        "[::]",
        "[fe80::1]",
        "１２７.0.0.1",
        "127.0.0.1@evil.example",
        "user:pass@evil.example",
        "127.0.0.1:80@evil.example",
        "models.example#@127.0.0.1",
        "models.example?@127.0.0.1",
    ],
)
def test_whatever_might_lead_elsewhere_is_elsewhere(host: str) -> None:
    assert not Server(f"http://{host}/v1").is_local


def test_a_line_says_where_the_words_go() -> None:
    here, there = Server("http://127.0.0.1:11434/v1"), Server("https://models.example/v1")
    assert ServedModel(here, "m").where.endswith("go to 127.0.0.1:11434, on this machine.")
    assert ServedModel(there, "m").where.endswith("are sent to models.example.")
    cloud = ServedModel(here, "m", "ollama", passes_to="ollama.com")
    assert "on this machine, which sends them on to ollama.com." in cloud.where
    assert [ServedModel(here, "m").is_local, cloud.is_local] == [True, False]
    assert not ServedModel(there, "m").is_local


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("localhost:9000", "http://localhost:9000/v1"),
        (" http://127.0.0.1:9000 ", "http://127.0.0.1:9000/v1"),
        ("http://127.0.0.1:9000/v1/", "http://127.0.0.1:9000/v1"),
        ("https://models.example/openai/v2", "https://models.example/openai/v2"),
        ("[::1]:9000", "http://[::1]:9000/v1"),
    ],
)
def test_an_address_is_read_as_people_write_it(typed: str, address: str) -> None:
    assert read_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("ftp://127.0.0.1/v1", "is no address"),
        ("http://", "is no address"),
        ("http://[::1/v1", "is no address"),
        ("http://a:99999", "is no address"),
        ("http://a b/v1", "is no address"),
        ("http://user:canary-77@127.0.0.1:9000/v1", "A password"),
        ("http://canary-77@127.0.0.1:9000/v1", "A password"),
        ("http://127.0.0.1:9000/v1?key=canary-77", "has a"),
        ("http://127.0.0.1:9000/v1#canary-77", "has a"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(typed: str, problem: str) -> None:
    for read in (read_address, check_address):
        with pytest.raises(UsageError, match=problem) as caught:
            read(typed)
        assert "canary-77" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "key"),
    [(None, None), ("", None), (" ", None), (" sk-1\n", "sk-1"), ("'sk-1'", "sk-1")],
)
def test_a_key_is_freed_of_what_was_copied_with_it(given: str | None, key: str | None) -> None:
    assert check_key(given) == key


@pytest.mark.parametrize(
    "given", ["sk canary-77", "sk-canary-77é", "sk-\ncanary-77", "canary-77\0"]
)
def test_what_can_be_no_key_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(UsageError, match="OPENAI_API_KEY") as caught:
        check_key(given)
    assert "canary-77" not in str(caught.value)


def test_neither_a_server_nor_a_model_shows_its_key() -> None:
    server = Server("http://127.0.0.1:1/v1", "sk-canary-77")
    assert "canary" not in repr(server) + repr(ServedModel(server, "m"))


def test_a_missing_model_is_told_with_those_that_are_there() -> None:
    model = ServedModel(Server("http://127.0.0.1:9000/v1"), "gpt", "vllm")
    many = [f"m{n}" for n in range(12)]
    error = explain_missing(model, many)
    assert error.problem == "vLLM at 127.0.0.1:9000 has no model “gpt”."
    assert "“m0”" in error.hint
    assert "“m7” and 4 more" in error.hint
    assert "has no model." in explain_missing(model, ()).problem


def test_names_keep_their_own_letters_at_the_beginning_of_a_sentence() -> None:
    assert begin_with("vLLM at a:1") == "vLLM at a:1"
    assert begin_with("the model server at a:1") == "The model server at a:1"
