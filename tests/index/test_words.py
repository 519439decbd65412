"""Word vectors, and the cache that they lie in: built once, rebuilt where torn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEmbedder

from rag.errors import EmbedderError
from rag.index import cached
from rag.index.cached import ensure_cached
from rag.index.embedders import Vectors
from rag.index.words import WordVectors, ensure_words

VOCABULARY = ["ferry", "boat", "mayor", "##ing", "a", "[CLS]", "2022", "élan"]
#: “ferry” and “boat” lie close; “mayor” and “élan” lie elsewhere.
NEAR = {"ferry": (9, 1, 0), "boat": (8, 2, 0), "mayor": (0, 0, 9), "élan": (0, 9, 1)}


class Counted:
    """An embedder of single words that counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.words: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        self.words = list(texts)
        return np.array([NEAR[text] for text in texts], np.float32)


@pytest.fixture
def made(tmp_path: Path) -> WordVectors:
    return ensure_words(tmp_path / "words.npz", VOCABULARY, Counted())


def test_only_words_of_letters_alone_are_embedded(tmp_path: Path) -> None:
    embed = Counted()
    words = ensure_words(tmp_path / "words.npz", VOCABULARY, embed)
    assert sorted(embed.words) == sorted(NEAR)
    assert all(word in words for word in NEAR)
    assert not any(word in words for word in ("##ing", "a", "[CLS]", "2022", "Ferry", ""))


def test_words_that_are_near_compare_higher(made: WordVectors) -> None:
    [[same, near, far]] = made.compare(["ferry"], ["ferry", "boat", "mayor"])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert far < 0.5 < near < 1.0


def test_comparing_gives_a_row_for_each_of_the_first_words(made: WordVectors) -> None:
    found = made.compare(["ferry", "mayor"], ["boat", "élan", "mayor"])
    assert found.shape == (2, 3)
    assert found.dtype == np.float32
    assert np.allclose(found, made.compare(["boat", "élan", "mayor"], ["ferry", "mayor"]).T)


def test_an_unknown_word_is_near_nothing_not_even_itself(made: WordVectors) -> None:
    assert made.compare(["zeppelin", "ferry"], ["zeppelin", "élan"])[:, 0].tolist() == [0, 0]
    assert made.compare(["zeppelin"], ["ferry", "élan", "mayor"]).tolist() == [[0, 0, 0]]


def test_no_words_compare_to_nothing(made: WordVectors) -> None:
    assert made.compare([], ["ferry"]).shape == (0, 1)
    assert made.compare(["ferry"], []).shape == (1, 0)


def test_what_all_words_share_counts_for_nothing(tmp_path: Path) -> None:
    def embed(texts: Sequence[str]) -> Vectors:
        return FakeEmbedder().embed(texts) + 5

    words = ensure_words(tmp_path / "words.npz", ["ferry", "mayor", "quay", "crane"], embed)
    assert words.compare(["ferry"], ["mayor"])[0, 0] < 0.1


def test_words_are_embedded_once_and_read_back_the_same(tmp_path: Path) -> None:
    embed, path = Counted(), tmp_path / "deep" / "words.npz"
    first = ensure_words(path, VOCABULARY, embed)
    second = ensure_words(path, VOCABULARY, embed)
    assert embed.calls == 1
    pair = (["ferry", "élan"], ["boat", "mayor"])
    assert np.array_equal(first.compare(*pair), second.compare(*pair))


def test_a_torn_file_of_words_is_made_again(tmp_path: Path) -> None:
    embed, path = Counted(), tmp_path / "words.npz"
    ensure_words(path, VOCABULARY, embed)
    path.write_bytes(path.read_bytes()[:-1])
    assert "ferry" in ensure_words(path, VOCABULARY, embed)
    assert embed.calls == 2


def never() -> bytes:
    raise AssertionError("built although it is there")


def test_an_intact_file_is_not_built_again(tmp_path: Path) -> None:
    path = ensure_cached(tmp_path / "model.bin", lambda: b"whole")
    assert ensure_cached(path, never) == path == tmp_path / "model.bin"
    assert path.read_bytes() == b"whole"


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"who"),
        lambda path: path.unlink(),
        lambda path: path.with_suffix(".sha256").unlink(),
        lambda path: path.with_suffix(".sha256").write_text("0" * 64),
        lambda path: path.with_suffix(".sha256").write_bytes(b"\xff"),
    ],
    ids=["short", "gone", "hash gone", "hash wrong", "hash torn"],
)
def test_a_damaged_file_is_built_again(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    path = ensure_cached(tmp_path / "model.bin", lambda: b"whole")
    damage(path)
    assert ensure_cached(path, lambda: b"anew").read_bytes() == b"anew"
    assert ensure_cached(path, never).read_bytes() == b"anew"


def test_nothing_but_the_file_and_its_hash_is_left(tmp_path: Path) -> None:
    ensure_cached(tmp_path / "model.bin", lambda: b"whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.bin", "model.sha256"]


def test_two_files_of_one_folder_are_both_kept(tmp_path: Path) -> None:
    for name in ("model.bin", "words.bin"):
        ensure_cached(tmp_path / name, name.encode)
    for name in ("model.bin", "words.bin"):
        assert ensure_cached(tmp_path / name, never).read_bytes() == name.encode()


def test_a_folder_that_cannot_be_written_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    wanted = tmp_path / "taken" / "model.bin"
    with caplog.at_level(logging.WARNING):
        path = ensure_cached(wanted, lambda: b"whole")
    assert path != wanted
    assert path.read_bytes() == b"whole"
    assert "DATELINE_CACHE" in caplog.text
    assert str(tmp_path / "taken") in caplog.text


def test_where_nothing_can_be_written_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cached, "_replace", fail)
    with pytest.raises(EmbedderError, match="No space left on device") as caught:
        ensure_cached(tmp_path / "model.bin", lambda: b"whole")
    assert "DATELINE_CACHE" in caught.value.hint
