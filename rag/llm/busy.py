"""Which servers are in the middle of an answer to this process.

llama-cpp-python, for one, ends the answer that it is giving when anything else is asked of it, be
it only the list of its models: such a server is left alone meanwhile.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()
_ANSWERING: Counter[str] = Counter()


@contextmanager
def answering(base_url: str) -> Iterator[None]:
    """The server is answering until the block ends."""
    with _LOCK:
        _ANSWERING[base_url] += 1
    try:
        yield
    finally:
        with _LOCK:
            _ANSWERING[base_url] -= 1


def is_answering(base_url: str) -> bool:
    return _ANSWERING[base_url] > 0
