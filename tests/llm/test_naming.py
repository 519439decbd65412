"""What engines are called, and back."""

from __future__ import annotations

import pytest

from rag.errors import UsageError
from rag.llm.naming import Wanted, read_engine, write_engine
from rag.llm.server import ServedModel, Server


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("ollama:llama3:8b", Wanted("ollama", None, "llama3:8b")),
        (" llama.cpp:tiny ", Wanted("llamacpp", None, "tiny")),
        ("LM-Studio:qwen/qwen3", Wanted("lmstudio", None, "qwen/qwen3")),
        ("vLLM", Wanted("vllm")),
        ("openai:", Wanted("openai")),
        ("http://127.0.0.1:9000/v1#a#b", Wanted(None, "http://127.0.0.1:9000/v1", "a#b")),
        ("HTTP://localhost:9000", Wanted(None, "HTTP://localhost:9000/v1")),
    ],
)
def test_a_name_is_taken_apart(name: str, wanted: Wanted) -> None:
    assert read_engine(name) == wanted


@pytest.mark.parametrize("name", ["oracle", "oracle:m", "", "ftp://a/v1#m", "llama:m"])
def test_what_names_no_engine_is_told_with_what_does(name: str) -> None:
    with pytest.raises(UsageError, match="There is no engine") as caught:
        read_engine(name)
    assert "ollama:MODEL" in caught.value.hint


@pytest.mark.parametrize("by_address", [True, False])
def test_a_written_name_finds_the_same_model_again(by_address: bool) -> None:
    model = ServedModel(Server("http://127.0.0.1:9000/v1"), "org/m:8b#x", "ollama")
    wanted = read_engine(write_engine(model, by_address=by_address))
    assert wanted.model == "org/m:8b#x"
    assert (wanted.address is not None) == by_address
