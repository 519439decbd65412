"""How a model's answer ended, in words: whole, cut, by another model, or with nothing said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.llm.failures import scrub
from rag.llm.stream import Stream

#: What a server adds to a model's name.
_ADDED = re.compile(r"\.gguf$|[:-]latest$|[:@-]\d{4}[\d-]*$")
ENLARGE = "Give the model a larger window where it is served, or set DATELINE_WINDOW lower."


@dataclass(frozen=True, slots=True)
class Loss:
    """What of a prompt was not read: in words, `unknown` where the server does not say."""

    words: str | None = None
    unknown: bool = False


def is_mute(stream: Stream) -> bool:
    """Whether a server ended without a word, and without the end that the protocol wants."""
    return not (stream.received or stream.thought or stream.finish or stream.failure)


def describe_silence(stream: Stream) -> tuple[str, str]:
    """What came in place of an answer, and what to do."""
    if stream.finish == "length":
        return (
            "The model reached its limit before it had answered anything.",
            "Ask again, or give it a larger window where it is served.",
        )
    if stream.thought or stream.received:
        return (
            "The model sent its reasoning and no answer.",
            "Ask again; where it is served, its reasoning may be turned off.",
        )
    # Some servers say so where the prompt is too long for them.
    return (
        "The model sent an empty answer.",
        f"Ask again; if it stays so, set DATELINE_WINDOW lower than {stream.window}.",
    )


def describe_end(stream: Stream) -> Iterator[str]:
    if stream.failure is not None:
        yield f"The answer is incomplete: {stream.failure.problem}"
    elif stream.finish == "length":
        yield "The answer is incomplete: it was cut at the model's limit."
    elif stream.finish is None:
        yield "The answer may be incomplete: the server did not end it."
    other = stream.answered_by
    if other and not _is_same_model(other, stream.model.name):
        named = scrub(other, stream.model.server.api_key)[:100] or "another model"
        yield f"The server answered by “{named}”, not by “{stream.model.name}”."


def _is_same_model(said: str, asked: str) -> bool:
    """Whether a server's name for what answered may mean the model that was asked.

    OpenAI adds a date, Ollama “:latest”, llama.cpp the path of the file.
    """
    names = (re.split(r"[/\\]", name.casefold())[-1] for name in (said, asked))
    one, other = (_ADDED.sub("", name) for name in names)
    return one == other


def describe_loss(loss: Loss) -> Iterator[str]:
    if loss.words:
        yield f"{loss.words} The answer may lack what they say. {ENLARGE}"
    elif loss.unknown:
        yield "The server does not tell how much of the passages the model has read."
