"""An embedder that a model server runs: Ollama's, or whatever speaks OpenAI's protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from rag.errors import EmbedderError, ModelError, PromptTooLong
from rag.index.embedders import Vectors
from rag.index.gauge_table import PAIRS
from rag.index.scale import Scale, find_scale
from rag.index.words import WordVectors
from rag.llm.embedding import Patience, Rows, ask_vectors
from rag.llm.server import GO_BACK, QUOTES_INSTEAD, ServedModel
from rag.settings import Settings
from rag.text import storable

#: What a passage may hold, in MiniLM's tokens: no model in use reads less.
MAX_TOKENS = 256
#: Raised when the same model's vectors would come out otherwise.
FORMAT = 1
#: Texts of one request. More of them make it no faster, and longer to wait for.
BATCH = 16
#: A server that is busy is asked so often for passages; for a question once.
TRIES = 4
#: How long a question waits for its vectors, in seconds: most models are loaded by then.
QUESTION_PATIENCE = 10.0
#: A server that has just failed is not asked for the next question's vectors, in seconds.
DOWN_HOLDS = 20.0
#: Texts below this many characters are not parted any more.
LEAST_TEXT = 40

#: What some models want before a question and before a passage, by a part of the model's name: so
#: they were trained, and neither Ollama nor OpenAI's protocol puts it there.
RETRIEVE = "Represent this sentence for searching relevant passages: "
PREFIXES: tuple[tuple[str, str, str], ...] = (
    ("nomic-embed-text", "search_query: ", "search_document: "),
    ("embeddinggemma", "task: search result | query: ", "title: none | text: "),
    ("mxbai-embed", RETRIEVE, ""),
    ("snowflake-arctic-embed", RETRIEVE, ""),
    ("bge-small-en", RETRIEVE, ""),
    ("bge-base-en", RETRIEVE, ""),
    ("bge-large", RETRIEVE, ""),
)

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a library remembers of the embedder that it was embedded with."""

    name: str | None = None
    scale: str | None = None


class Served(Embeddings):
    """An Embedder. Safe to use from several threads at once.

    No text is cut: one that is longer than the model reads is embedded in parts, whose mean stands
    for it. Everything raises EmbedderError where the server fails, or sends no proper vectors.
    """

    def __init__(
        self,
        model: ServedModel,
        settings: Settings,
        count: CountTokens,
        known: Known | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """Asks for the vectors of a few texts, if the embedder is not the one that is `known`.

        `check` is called before anything is sent, and raises where that is not allowed any more.
        """
        self._check = check
        self.model = model
        self.max_tokens = MAX_TOKENS
        self.words: WordVectors | None = None
        self._settings = settings
        self._count = count
        self._failed: tuple[float, EmbedderError] | None = None
        self.dimension, self.scale = _recall(model, known) or self._gauge()
        self.name = write_name(model, self.dimension)

    @property
    def failure(self) -> EmbedderError | None:
        """What the server has failed with just now; None where it did not, or some time ago."""
        if self._failed is None or time.monotonic() - self._failed[0] > DOWN_HOLDS:
            return None
        return self._failed[1]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._count(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension), in the order of `texts`."""
        patience = Patience(
            self._settings.connect_timeout, self._settings.first_timeout, tries=TRIES
        )
        _, before = find_prefixes(self.model.name)
        return self._embed([before + text for text in texts], patience)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """The same for questions: the server is not waited for long."""
        reply = min(QUESTION_PATIENCE, self._settings.first_timeout)
        patience = Patience(min(self._settings.connect_timeout, reply), reply)
        before, _ = find_prefixes(self.model.name)
        return self._embed([before + text for text in texts], patience)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vectors: list[list[float]] = self.embed_questions([text]).tolist()
        return vectors[0]

    def _embed(self, texts: Sequence[str], patience: Patience, width: int | None = None) -> Vectors:
        width = width or self.dimension
        made = [np.empty((0, width), np.float32)]
        try:
            for first in range(0, len(texts), BATCH):
                # Half a character cannot be sent, and nothing at all is refused by some.
                some = [storable(text) or " " for text in texts[first : first + BATCH]]
                made.append(self._ask(some, patience, width))
        except ModelError as error:
            failed = _explain(error)
            self._failed = time.monotonic(), failed
            raise failed from error
        self._failed = None
        return np.concatenate(made)

    def _ask(self, texts: Sequence[str], patience: Patience, width: int) -> Vectors:
        self._check()
        try:
            rows = ask_vectors(self.model, texts, patience)
        except PromptTooLong:
            if len(texts) == 1:
                return self._ask_in_parts(texts[0], patience, width)
            apart = [self._ask([text], patience, width) for text in texts]
            return np.concatenate(apart)
        return read_vectors(rows, len(texts), width, self.model)

    def _ask_in_parts(self, text: str, patience: Patience, width: int) -> Vectors:
        middle = text.rfind(" ", 0, len(text) // 2 + 1) + 1 or len(text) // 2
        if len(text) < LEAST_TEXT:
            raise ModelError(f"{_begin(self.model)} finds {len(text)} characters too long to read.")
        parts = [self._ask([part], patience, width) for part in (text[:middle], text[middle:])]
        return normalise(np.mean(np.concatenate(parts), axis=0, keepdims=True), self.model)

    def _gauge(self) -> tuple[int, Scale]:
        ask, told = find_prefixes(self.model.name)
        texts = [ask + question for question, _ in PAIRS]
        texts += [told + passage for _, passage in PAIRS]
        patience = Patience(self._settings.connect_timeout, self._settings.first_timeout)
        try:
            width = len(ask_vectors(self.model, texts[:1], patience)[0])
        except (ModelError, IndexError) as error:
            raise _explain(error, self.model) from error
        vectors = self._embed(texts, patience, width)
        scale = find_scale(vectors[: len(PAIRS)], vectors[len(PAIRS) :])
        if scale is None:
            raise EmbedderError(
                f"{_begin(self.model)} gives vectors by “{self.model.name}” that do not tell what"
                " answers a question from what does not.",
                f"Choose a model that is made to embed. {GO_BACK}",
            )
        return width, scale


def write_name(model: ServedModel, dimension: int) -> str:
    """What tells vectors that can be compared: the model, what is behind its name, and the width.

    A model is known by its content where the server tells (Ollama's digest), else by its place.
    """
    return f"{_write_stem(model)}/{dimension}-{FORMAT}"


def _write_stem(model: ServedModel) -> str:
    if not model.identity:
        return f"openai:{model.name}@{model.server.address}"
    return f"{model.kind}:{model.name}@{model.identity.removeprefix('sha256:')[:16]}"


def _recall(model: ServedModel, known: Known | None) -> tuple[int, Scale] | None:
    """Width and scale of an embedder that a library was embedded with; None where it is another."""
    if known is None or known.name is None or known.scale is None:
        return None
    stem, _, rest = known.name.rpartition("/")
    width, _, version = rest.partition("-")
    if stem != _write_stem(model) or version != str(FORMAT) or not width.isdecimal():
        return None
    try:
        return int(width), Scale.read(known.scale)
    except ValueError:
        return None


def find_prefixes(model: str) -> tuple[str, str]:
    """What the model wants before a question, and before a passage."""
    name = model.casefold()
    found = (pair for part, *pair in PREFIXES if part in name)
    ask, told = next(found, ("", ""))
    return ask, told


def read_vectors(rows: Rows, count: int, width: int, model: ServedModel) -> Vectors:
    """What a server sent as unit vectors, shape (count, width). Raises ModelError where it is not.

    The texts are `count`.
    """
    if len(rows) != count:
        raise ModelError(f"{_begin(model)} sent {len(rows)} vectors for {count} texts.")
    widths = {len(row) for row in rows}
    if widths - {width} or not width:
        other = max(widths - {width}, default=0)
        raise ModelError(
            f"{_begin(model)} sent vectors of {other} numbers in place of {width}.",
            "Another model may have taken the name: embed every article again.",
        )
    return normalise(np.array(rows, np.float64), model)


def normalise(vectors: NDArray[np.floating], model: ServedModel) -> Vectors:
    """The vectors at length 1. Raises ModelError where one has none, or holds what is no number."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ModelError(f"{_begin(model)} sent a vector that is empty or holds no numbers (NaN).")
    return np.asarray(vectors / lengths, np.float32)


def _explain(error: Exception, model: ServedModel | None = None) -> EmbedderError:
    if not isinstance(error, ModelError):
        assert model is not None  # noqa: S101 (for the type checker)
        error = ModelError(f"{_begin(model)} sent no vector.")
    hint = error.hint.replace(QUOTES_INSTEAD, "").strip()
    return EmbedderError(error.problem, f"{hint} {GO_BACK}")


def _begin(model: ServedModel) -> str:
    return model.at[:1].upper() + model.at[1:]
