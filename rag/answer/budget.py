"""Keeping a prompt within the model's window, and noticing where it was not read to its end."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import tiktoken

from rag.index.embedders import Embedder
from rag.llm.counting import Counting
from rag.llm.halt import Halt
from rag.llm.server import ServedModel
from rag.llm.window import find_window
from rag.settings import Settings
from rag.types import Hit

ENCODING = "o200k_base"
#: Where tiktoken fetches that vocabulary, which is also what its cache is keyed by.
VOCABULARY = f"https://openaipublic.blob.core.windows.net/encodings/{ENCODING}.tiktoken"
VOCABULARY_HASH = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
#: tiktoken sets no time-out of its own when it downloads, in seconds.
DOWNLOAD_TIMEOUT = 5.0
#: Tokens kept free for the answer; of a small window, a quarter.
ANSWER_TOKENS = 800
#: What a chat template puts around two messages, in tokens.
TEMPLATE_TOKENS = 32
#: Another model's tokenizer may need this much more than ours says.
MARGIN = 1.3
#: Characters a token where no tokenizer is at hand; English has about 4.
CHARACTERS = 3.0
#: A server's count of its own tokens may miss what stands at the seams of the messages.
READ_ENOUGH = 0.95

#: How much more cautious a refused prompt makes.
SHRINKING = 5 / 3

Counter = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Budget:
    """What a model reads, in tokens, and how a prompt's tokens are counted.

    `told` is whether the server says how much it reads; `exact` whether the count is by the model's
    own tokenizer, `how` which one it is, in words. Otherwise it is an estimate, rather too high;
    `caution` is what it is multiplied by where it has turned out to be too low.
    """

    window: int
    told: bool
    count: Counter
    how: str
    exact: bool
    caution: float = 1.0

    @property
    def reserve(self) -> int:
        """Tokens kept free for the answer."""
        return min(ANSWER_TOKENS, self.window // 4)

    def fits(self, tokens: int) -> bool:
        return self.caution * tokens + TEMPLATE_TOKENS + self.reserve <= self.window

    def room(self, tokens: int) -> int:
        """What a prompt of so many tokens leaves for the answer."""
        return max(self.reserve, self.window - round(self.caution * tokens) - TEMPLATE_TOKENS)

    def shrink(self, window: int | None) -> Budget:
        """The same after a prompt has been refused as too long by a server that reads `window`.

        Where that is no news, or is not told, it is the count that was too low.
        """
        if window and window < self.window:
            return replace(self, window=window, told=True)
        return replace(self, caution=self.caution * SHRINKING)


def plan_budget(
    model: ServedModel, settings: Settings, embedder: Embedder | None, halt: Halt | None = None
) -> Budget:
    """The budget for a model: what its server says it reads, at most what the settings allow."""
    window, told = find_window(model, settings.window)
    counting = Counting(model, settings.connect_timeout, halt or Halt())
    count, how, exact = choose_counter(counting, embedder)
    return Budget(window, told, count, how, exact)


def choose_counter(counting: Counting, embedder: Embedder | None) -> tuple[Counter, str, bool]:
    """How a prompt's tokens are counted: the count, its name, and whether it is the model's own.

    By the server where it counts for others, by tiktoken for OpenAI's models. Otherwise by tiktoken
    where its vocabulary is at hand, or the embedder's tokenizer, with a margin. The vocabulary is
    fetched only where the model is elsewhere anyway.
    """
    model = counting.model
    if counting.count("A test."):
        return _ask_server(counting, embedder), "by the model's own tokenizer", True
    encoding = _load_encoding() if _is_cached() or not model.is_local else None
    if encoding is not None and model.server.is_openai:
        return lambda text: len(encoding.encode(text, disallowed_special=())), "by tiktoken", True
    return _estimate(encoding, embedder), f"estimated, with a margin of {MARGIN - 1:.0%}", False


def _ask_server(counting: Counting, embedder: Embedder | None) -> Counter:
    estimate = _estimate(None, embedder)
    return lambda text: counting.count(text) or estimate(text)


def _estimate(encoding: tiktoken.Encoding | None, embedder: Embedder | None) -> Counter:
    if encoding is not None:
        return lambda text: round(MARGIN * len(encoding.encode(text, disallowed_special=())))
    if embedder is not None:
        return lambda text: round(MARGIN * embedder.count_tokens([text])[0])
    return lambda text: round(MARGIN * len(text) / CHARACTERS)


def fit(
    hits: Sequence[Hit], write: Callable[[Sequence[Hit]], str], budget: Budget
) -> tuple[list[Hit], int]:
    """The first hits whose prompt, as `write` makes it, fits the budget; and its tokens."""
    kept = list(hits)
    tokens = budget.count(write(kept))
    while kept and not budget.fits(tokens):
        kept.pop()
        tokens = budget.count(write(kept))
    return kept, tokens


def is_cut_short(read: int, prompt: str, tokens: int, *, exact: bool) -> bool:
    """Whether a server that says it read so many tokens cannot have read the whole prompt.

    `tokens` is the prompt's count. One that is only estimated proves nothing: but no tokenizer of a
    chat model makes one token of two words.
    """
    words = len(re.findall(r"\w+", prompt))
    return read < (READ_ENOUGH * tokens if exact else words)


def _is_cached() -> bool:
    folder = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    cache = Path(folder) if folder else Path(tempfile.gettempdir()) / "data-gym-cache"
    key = hashlib.sha1(VOCABULARY.encode(), usedforsecurity=False).hexdigest()
    try:
        kept = hashlib.sha256((cache / key).read_bytes()).hexdigest()
    except OSError:
        return False
    # tiktoken would fetch a file anew that is not as it should be.
    return kept == VOCABULARY_HASH


def _load_encoding() -> tiktoken.Encoding | None:
    loaded: list[tiktoken.Encoding] = []

    def load() -> None:
        try:
            loaded.append(tiktoken.get_encoding(ENCODING))
        except (OSError, ValueError):
            # Offline, or a proxy's page in place of the file: the embedder's tokenizer counts.
            return

    loader = threading.Thread(target=load, daemon=True)
    loader.start()
    loader.join(DOWNLOAD_TIMEOUT)
    return loaded[0] if loaded else None
