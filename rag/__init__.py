"""Dateline: answers about a collection of news articles, every citation checked against the text.

Importing this package touches no network, key or disk; the names below load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.errors import DatelineError
    from rag.settings import Settings, load_settings
    from rag.types import Answer, Article, Citation, Filters, Hit, Passage, Sentence

__version__ = "0.1.0"

_HOMES = {
    "Answer": "rag.types",
    "Article": "rag.types",
    "Assistant": "rag.assistant",
    "Citation": "rag.types",
    "DatelineError": "rag.errors",
    "Filters": "rag.types",
    "Hit": "rag.types",
    "Passage": "rag.types",
    "Sentence": "rag.types",
    "Settings": "rag.settings",
    "load_settings": "rag.settings",
}

__all__ = [
    "Answer",
    "Article",
    "Assistant",
    "Citation",
    "DatelineError",
    "Filters",
    "Hit",
    "Passage",
    "Sentence",
    "Settings",
    "__version__",
    "load_settings",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
