"""What the tests share: a temporary home, an environment without keys, a small fake embedder."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from rag.index.embedders import Vectors
from rag.index.indexing import index_files
from rag.index.library import Library
from rag.index.scale import SAME
from rag.index.store import Store
from rag.types import Article, Draft, Hit, Passage

# What drives a browser is loaded for all, and started for those alone that ask for it.
pytest_plugins = ["browser_fixtures", "page_fixtures"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that wait longest, for a browser, go first: at the end both processes have work."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


# The same examples in every run: a red test is the change's doing. DATELINE_FUZZ=1 looks further.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("fuzz", max_examples=2000, deadline=None)
settings.load_profile("fuzz" if os.environ.get("DATELINE_FUZZ") else "fixed")


class FakeEmbedder:
    """Words hashed into a vector: texts that share words are close, and nothing is loaded."""

    def __init__(self, name: str = "fake-1", dimension: int = 64, max_tokens: int = 60) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.words = None
        self.scale = SAME
        self.embedded = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(re.findall(r"\w+|[^\w\s]", text)) + 2 for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return self.embed(texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in vector] for vector in self.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no server, no home of the one who runs the tests."""
    for variable in (
        *[name for name in os.environ if name.endswith("_API_KEY")],
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
        "OPENAI_MODEL",
        "DATELINE_HOME",
        "DATELINE_ENGINE",
        "DATELINE_MODEL",
        "DATELINE_BASE_URL",
        "DATELINE_EMBEDDER_DIR",
        "DATELINE_WINDOW",
        "DATELINE_CONFIDENCE",
        "DATELINE_EMBEDDER",
        "DATELINE_LOCAL_ONLY",
        "OLLAMA_HOST",
    ):
        monkeypatch.delenv(variable, raising=False)
    # What serves models on the developer's own machine is none of the tests' business.
    monkeypatch.setenv("DATELINE_SERVERS", "none")


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    """An empty library."""
    opened = Library.open(home)
    yield opened
    opened.close()


@pytest.fixture
def store(home: Path, embedder: FakeEmbedder) -> Iterator[Store]:
    opened = Store(Library.open(home), embedder)
    yield opened
    opened.close()


@pytest.fixture
def articles(tmp_path: Path) -> Callable[..., Path]:
    """Writes articles into a folder: `articles(name=text, …)`; returns the folder."""
    folder = tmp_path / "articles"

    def write(**texts: str) -> Path:
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def fill(store: Store, articles: Callable[..., Path]) -> Callable[..., Store]:
    """Indexes articles into the store: `fill(name=text, …)`."""

    def index(**texts: str) -> Store:
        index_files(store, [articles(**texts)])
        return store

    return index


def write_md(body: str, **matter: str | None) -> str:
    """An article file with front matter."""
    lines = [f"{key}: {value}" for key, value in matter.items() if value is not None]
    return "\n".join(["---", *lines, "---", "", body, ""])


def make_draft(text: str = "The mayor opened the bridge.", **changes: object) -> Draft:
    given: dict[str, object] = {"file": "a.txt", "title": "A title", "text": text} | changes
    return Draft(**given)  # type: ignore[arg-type]


def make_hit(
    text: str,
    *,
    title: str = "A title",
    outlet: str | None = "Example Wire",
    published: date | None = date(2022, 3, 13),
    article: str = "aaaaaaaaaaaa",
    before: str = "",
    score: float = 0.8,
) -> Hit:
    """A hit on a passage that begins after `before` in its article."""
    whole = Article(
        file=f"{article}.md",
        title=title,
        text=before + text,
        outlet=outlet,
        published=published,
        id=article,
        passages=1,
    )
    start = len(before)
    return Hit(
        Passage(1, article, start, start + len(text), text), whole, score, bm25=3.0, cosine=0.5
    )
