"""Keeping a prompt within the model's window."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import tiktoken

from rag.index.embedders import Embedder
from rag.types import Hit

ENCODING = "o200k_base"
#: Where tiktoken fetches that vocabulary, which is also what its cache is keyed by.
VOCABULARY = f"https://openaipublic.blob.core.windows.net/encodings/{ENCODING}.tiktoken"
#: tiktoken sets no time-out of its own when it downloads, in seconds.
DOWNLOAD_TIMEOUT = 5.0
#: Tokens kept free for the answer.
ANSWER_TOKENS = 800
#: Another model's tokenizer may need this much more than ours says.
MARGIN = 1.3
#: Characters a token where no tokenizer is at hand; English has about 4.
CHARACTERS = 3.0

Counter = Callable[[str], int]


def choose_counter(embedder: Embedder | None, *, remote: bool) -> tuple[Counter, bool]:
    """How to count a prompt's tokens, and whether the count is the model's own (tiktoken's).

    tiktoken's vocabulary is loaded where it is cached; fetched only where the engine is remote
    anyway. Otherwise the embedder's tokenizer counts, with a margin.
    """
    encoding = _load_encoding() if _is_cached() or remote else None
    if encoding is not None:
        return lambda text: len(encoding.encode(text, disallowed_special=())), True
    if embedder is not None:
        return lambda text: round(MARGIN * embedder.count_tokens([text])[0]), False
    return lambda text: round(MARGIN * len(text) / CHARACTERS), False


def fit(
    hits: Sequence[Hit], write: Callable[[Sequence[Hit]], str], count: Counter, window: int
) -> list[Hit]:
    """The first hits whose prompt, as `write` makes it, leaves room for the answer in `window`."""
    kept = list(hits)
    while kept and count(write(kept)) + ANSWER_TOKENS > window:
        kept.pop()
    return kept


def _is_cached() -> bool:
    folder = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    cache = Path(folder) if folder else Path(tempfile.gettempdir()) / "data-gym-cache"
    key = hashlib.sha1(VOCABULARY.encode(), usedforsecurity=False).hexdigest()
    return (cache / key).exists()


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
