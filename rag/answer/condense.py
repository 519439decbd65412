"""A follow-up written as a question that stands alone: by a model, and held to what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answer.faithful import Given, is_faithful, tidy
from rag.answer.followup import complete, is_bare, needs_model
from rag.answer.matching import fold
from rag.answer.prompts import load_prompt
from rag.answer.reading import MARKER, drop_thoughts
from rag.errors import ModelBusy, ModelError, ModelUnreachable, one_line
from rag.llm.stream import Stream
from rag.types import Answer

CONDENSE = "condense.v1"
#: How far back a follow-up may lean.
EXCHANGES = 3
#: What the model reads of each exchange, in characters.
QUESTION_TEXT, ANSWER_TEXT = 300, 600
#: A model that says more than this has not written a question.
MAX_CHARACTERS = 2_000
#: The same with its reasoning before it.
MAX_RECEIVED = 20_000

#: Opens a model's reply to a system and a user message, of so many characters at most.
Ask = Callable[[str, str, int], Stream]


def condense(ask: Ask, typed: str, earlier: Sequence[Answer]) -> str:
    """The question to search for: the model's where it is faithful, else what the rules make of it.

    The model is asked only where the question may lean on those before it. Where it fails (a status
    that tells of an error, nothing said, cut off), the rules do. Raises ModelUnreachable where no
    connection comes about or the server does not answer in time, ModelBusy where it stays busy: the
    answer would have to wait for the same again.
    """
    if not needs_model(typed, earlier):
        return complete(typed, earlier)
    given = gather(typed, earlier)
    system, user = write_prompt(given)
    stream = ask(system, user, MAX_RECEIVED)
    try:
        written = tidy(_read(stream))
    except (ModelUnreachable, ModelBusy):
        raise
    except ModelError:
        if stream.halt.is_pulled:
            # Nobody waits for what would be searched for.
            raise
        return complete(typed, earlier)
    if fold(written, str.isalnum)[0] == fold(typed, str.isalnum)[0] and not is_bare(typed):
        return typed
    # A question that was cut may have lost what it turned on.
    whole = stream.finish != "length" and stream.failure is None
    used = whole and len(written) <= MAX_CHARACTERS and is_faithful(written, given, system)
    return written if used else complete(typed, earlier)


def gather(typed: str, earlier: Sequence[Answer]) -> Given:
    """What the model is given, and held to: the last exchanges without markers, and trimmed."""
    last = earlier[-EXCHANGES:]
    return Given(
        typed,
        tuple(_trim(answer.searched or answer.question, QUESTION_TEXT) for answer in last),
        tuple(
            _trim(" ".join(sentence.text for sentence in answer.sentences), ANSWER_TEXT)
            for answer in last
        ),
    )


def write_prompt(given: Given) -> tuple[str, str]:
    """System and user message of the condensing prompt."""
    exchanges = "\n\n".join(
        _write_exchange(question, answer)
        for question, answer in zip(given.questions, given.answers, strict=True)
    )
    prompt = load_prompt(CONDENSE)
    return prompt.fill(exchanges=exchanges, question=_defuse(one_line(given.typed)))


def _write_exchange(question: str, answer: str) -> str:
    """An exchange between delimiters that its own text cannot close."""
    said = f"question: {_defuse(question)}\nanswer: {_defuse(answer) or '(none was found)'}"
    return f"<exchange>\n{said}\n</exchange>"


def _defuse(text: str) -> str:
    return re.sub(r"<(?=\s*/?\s*(?:exchange|latest))", "‹", text, flags=re.IGNORECASE)


def _trim(text: str, limit: int) -> str:
    # Of one line, so that an answer cannot begin a line with “question:”.
    line = one_line(MARKER.sub(" ", text))
    if len(line) <= limit:
        return line
    # Half a word, or half a number, would be another one.
    return line[:limit].rsplit(" ", 1)[0].rstrip() + " …"


def _read(stream: Stream) -> str:
    """All that the model says outside of its reasoning."""
    text = ""
    for piece in drop_thoughts(stream):
        text = "" if piece is None else text + piece
    return text
