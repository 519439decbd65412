"""The reader: its weights and their graph, and what it makes of windows of text."""

from __future__ import annotations

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load
from tokenizers import Tokenizer

from rag.errors import EmbedderError
from rag.index.encoder import MAX_TOKENS, TYPES
from rag.index.minilm import open_session
from rag.index.weights import Weights, find_weights, read_model, read_tokenizer
from rag.reader import graph as graph_module
from rag.reader.graph import DOWN, UP, build_reader_graph, ensure_reader_graph, merge
from rag.reader.reader import Reader, Window
from rag.reader.reading import LONGEST, Reading
from rag.reader.shipped import HINT, Shipped, read_shipped
from rag.settings import Settings, load_settings
from rag.types import Span

TEXTS = [
    "The envoy Mina Calder flew to Port Ellery on Monday. Calder telephoned her counterpart Jonas "
    "Weir on March 10.",
    "The ferry Aurora sank off Skell in 2021. Its engine failed in a storm.",
    "More than 90 percent of the country's trade goes through the harbour at Skell.",
    "The council of Skell is chaired by Odile Brandt. She resigned on 3 March over the ferry.",
    "Shares in the chip maker fell 7.3% in early trading in New York.",
    "東京で地震があり、新幹線が止まった。🙂",
    "The talks went on and on. " * 30,
    "OK",
]
WINDOWS = [Window("A title", text) for text in TEXTS]
#: Questions, with the text that answers each and the words that do.
ASKED = {
    "Whom did Calder telephone?": (0, "Jonas Weir"),
    "When did the ferry Aurora sink?": (1, "2021"),
    "What share of the trade goes through Skell?": (2, "90 percent"),
    "Who chairs the council of Skell?": (3, "Odile Brandt"),
    "By how much did the shares fall?": (4, "7.3%"),
}
#: Logits may differ by this where only the batch differs: see tests/index/test_minilm.py. They are
#: a few hundred times as large as what a vector holds.
BATCH_TOLERANCE = 0.3


@pytest.fixture(scope="session")
def settings() -> Settings:
    # The real cache: the graph is built once per machine, as it is for users.
    return load_settings()


@pytest.fixture(scope="session")
def weights(settings: Settings) -> Weights:
    return find_weights(settings.embedder_dir, check=False)


@pytest.fixture(scope="session")
def reader(settings: Settings) -> Reader:
    return Reader.open(settings)


@pytest.fixture(scope="session")
def exact(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The same in fp32."""
    graph = ensure_reader_graph(weights, read_shipped(), tmp_path_factory.mktemp("fp32"), "fp32")
    return Reader(Tokenizer.from_str(read_tokenizer(weights)), open_session(graph), "fp32")


@pytest.fixture
def stub_build(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Building yields a few bytes at once; the list holds what was asked for."""
    built: list[str] = []

    def build(weights: Weights, shipped: Shipped, precision: str) -> bytes:
        built.append(precision)
        return b"graph of " + precision.encode()

    monkeypatch.setattr(graph_module, "build_reader_graph", build)
    return built


def lay(readings: list[Reading]) -> np.ndarray:
    """All logits in one row."""
    return np.concatenate([[*one.start, *one.end, one.answers] for one in readings])


def make_reading(*words: tuple[str, float, float]) -> tuple[Reading, str]:
    """A reading of these words, with the logits of an answer's start and end at each."""
    text = " ".join(word for word, _, _ in words)
    places, at = [], 0
    for word, _, _ in words:
        places.append((at, at + len(word)))
        at += len(word) + 1
    start, end = (np.array([one[n] for one in words], np.float32) for n in (1, 2))
    return Reading(places, start, end, 0.0), text


# The weights.


@pytest.fixture
def copied(tmp_path: Path) -> tuple[Path, Path]:
    """Weights and their record that a test may damage."""
    weights, record = tmp_path / "reader.safetensors", tmp_path / "reader.json"
    weights.write_bytes(b"weights")
    record.write_text(json.dumps({"sha256": hashlib.sha256(b"weights").hexdigest()}))
    return weights, record


def test_the_weights_that_travel_along_are_those_of_their_record() -> None:
    shipped = read_shipped()
    assert hashlib.sha256(shipped.data).hexdigest() == shipped.sha256
    assert any(name.endswith(UP) for name in load(shipped.data))


def test_whole_weights_are_read(copied: tuple[Path, Path]) -> None:
    assert read_shipped(*copied).data == b"weights"


@pytest.mark.parametrize("which", [0, 1])
def test_missing_weights_are_a_line_that_names_the_file_and_what_to_do(
    copied: tuple[Path, Path], which: int
) -> None:
    copied[which].unlink()
    with pytest.raises(EmbedderError) as caught:
        read_shipped(*copied)
    assert str(copied[which]) in caught.value.problem
    assert caught.value.hint == HINT
    assert "\n" not in str(caught.value)


def test_damaged_weights_are_a_line_that_names_the_file_and_what_to_do(
    copied: tuple[Path, Path],
) -> None:
    copied[0].write_bytes(b"weight")
    with pytest.raises(EmbedderError, match="is damaged: its SHA-256 is") as caught:
        read_shipped(*copied)
    assert str(copied[0]) in caught.value.problem
    assert caught.value.hint == HINT


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b"3", b"null", b"{}", b"\xff\xfe{}"])
def test_a_torn_record_is_a_line_that_names_it_and_what_to_do(
    copied: tuple[Path, Path], record: bytes
) -> None:
    copied[1].write_bytes(record)
    with pytest.raises(EmbedderError, match="no record of the reader's training") as caught:
        read_shipped(*copied)
    assert str(copied[1]) in caught.value.problem
    assert caught.value.hint == HINT


def test_a_record_of_something_else_is_no_record_of_these_weights(
    copied: tuple[Path, Path],
) -> None:
    copied[1].write_text('{"sha256": 5}')
    with pytest.raises(EmbedderError, match="is damaged"):
        read_shipped(*copied)


# The updates.


def make_layer() -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    return {"layer.weight": random.normal(size=(3, 4)).astype(np.float32)}


def make_update(wide: int = 4, inner: int = 2, out: int = 3) -> dict[str, np.ndarray]:
    random = np.random.default_rng(4)
    return {
        f"layer{DOWN}": random.normal(size=(wide, inner)).astype(np.float16),
        f"layer{UP}": random.normal(size=(inner, out)).astype(np.float16),
    }


def test_an_update_is_added_to_its_layer() -> None:
    layer, update = make_layer(), make_update()
    merged = merge(layer, update)
    rows = np.random.default_rng(5).normal(size=(6, 4)).astype(np.float32)
    down, up = (update[f"layer{part}"].astype(np.float32) for part in (DOWN, UP))
    expected = rows @ layer["layer.weight"].T + rows @ down @ up
    assert np.allclose(rows @ merged["layer.weight"].T, expected, atol=1e-5)
    assert list(merged) == ["layer.weight"]


def test_merging_leaves_the_embedders_own_weights_as_they_are() -> None:
    layer = make_layer()
    merge(layer, make_update())
    assert np.array_equal(layer["layer.weight"], make_layer()["layer.weight"])


def test_what_is_no_update_takes_the_place_of_what_was_there() -> None:
    merged = merge(make_layer(), {"layer.weight": np.ones((1, 2), np.float16)})
    assert merged["layer.weight"].tolist() == [[1.0, 1.0]]
    assert merged["layer.weight"].dtype == np.float32


@pytest.mark.parametrize(
    "update",
    [
        make_update(wide=5),
        make_update(out=1),
        {f"layer{DOWN}": make_update()[f"layer{DOWN}"]},
        make_update() | {f"layer{UP}": make_update(inner=1)[f"layer{UP}"]},
        {name.replace("layer", "other"): value for name, value in make_update().items()},
    ],
    ids=["too wide", "too narrow", "half of it", "factors apart", "another layer"],
)
def test_an_update_that_fits_no_layer_is_a_line_that_names_it(
    update: dict[str, np.ndarray],
) -> None:
    with pytest.raises(EmbedderError, match=r"update of (layer|other) fits no layer") as caught:
        merge(make_layer(), update)
    assert caught.value.hint == HINT


def test_the_shipped_updates_change_the_layers_that_they_name(weights: Weights) -> None:
    before, updates = load(read_model(weights)), load(read_shipped().data)
    merged = merge(before, updates)
    changed = [name.removesuffix(UP) for name in updates if name.endswith(UP)]
    assert changed
    for layer in changed:
        assert not np.array_equal(merged[f"{layer}.weight"], before[f"{layer}.weight"]), layer
    assert merged["span.weight"].shape == (2, 384)


# The graph.


def test_int8_stays_close_to_fp32(reader: Reader, exact: Reader) -> None:
    for question in ASKED:
        ours, theirs = lay(reader.read(question, WINDOWS)), lay(exact.read(question, WINDOWS))
        assert np.corrcoef(ours, theirs)[0, 1] > 0.98
        assert np.abs(ours - theirs).mean() < 0.1 * theirs.std()


def test_the_graph_tells_a_question_from_its_passage(reader: Reader) -> None:
    session = reader._session
    ids = np.array([[101, 2040, 2003, 2009, 102, 2009, 2003, 1045, 102]])
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    types = np.array([[0] * 5 + [1] * 4])
    [told] = session.run(["span"], inputs | {TYPES: types})
    [untold] = session.run(["span"], inputs | {TYPES: np.zeros_like(types)})
    assert np.abs(told - untold).max() > BATCH_TOLERANCE


def test_a_graph_is_built_once_and_another_readers_is_another(
    weights: Weights, tmp_path: Path, stub_build: list[str]
) -> None:
    shipped = Shipped(b"", "a" * 64)
    first = ensure_reader_graph(weights, shipped, tmp_path)
    assert ensure_reader_graph(weights, shipped, tmp_path) == first
    assert stub_build == ["int8"]
    assert ensure_reader_graph(weights, replace(shipped, sha256="b" * 64), tmp_path) != first
    assert ensure_reader_graph(weights, shipped, tmp_path, "fp32") != first
    assert stub_build == ["int8", "int8", "fp32"]


def test_a_torn_graph_in_the_cache_is_built_again(
    weights: Weights, tmp_path: Path, stub_build: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    graph = ensure_reader_graph(weights, Shipped(b"", "a" * 64), tmp_path)
    whole = graph.read_bytes()
    graph.write_bytes(whole[:4])
    with caplog.at_level(logging.WARNING):
        assert ensure_reader_graph(weights, Shipped(b"", "a" * 64), tmp_path) == graph
    assert graph.read_bytes() == whole
    assert len(stub_build) == 2
    assert not caplog.records


def test_the_same_weights_make_the_same_graph(weights: Weights) -> None:
    shipped = read_shipped()
    one, other = (build_reader_graph(weights, shipped, "int8") for _ in range(2))
    assert one == other


# Reading.


@pytest.mark.parametrize("question", ASKED)
def test_the_words_that_answer_are_found_in_the_window_that_has_them(
    reader: Reader, question: str
) -> None:
    number, words = ASKED[question]
    readings = reader.read(question, WINDOWS)
    found = [one.find() for one in readings]
    odds = [one.odds if one else float("-inf") for one in found]
    assert int(np.argmax(odds)) == number
    assert int(np.argmax([one.answers for one in readings])) == number
    best = found[number]
    assert best is not None
    assert words in best.span.of(TEXTS[number])


def test_readings_are_in_the_order_of_the_windows_whatever_the_batches(reader: Reader) -> None:
    order = np.random.default_rng(7).permutation(len(WINDOWS)).tolist()
    shuffled = reader.read("Who resigned?", [WINDOWS[n] for n in order])
    straight = reader.read("Who resigned?", WINDOWS)
    for n, reading in zip(order, shuffled, strict=True):
        assert reading.offsets == straight[n].offsets
        assert np.abs(lay([reading]) - lay([straight[n]])).max() < BATCH_TOLERANCE


def test_a_window_reads_the_same_alone_and_among_others(reader: Reader) -> None:
    for question in ASKED:
        together = lay(reader.read(question, WINDOWS * 3))
        alone = lay([reader.read(question, [window])[0] for window in WINDOWS] * 3)
        assert np.abs(together - alone).max() < BATCH_TOLERANCE


def test_no_windows_have_no_readings(reader: Reader) -> None:
    assert reader.read("Who?", []) == []


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0\u2003", "\u200b", "\u00ad\ufe0f"])
def test_a_window_without_a_word_holds_no_answer(reader: Reader, text: str) -> None:
    readings = reader.read("Who resigned?", [Window("", text), WINDOWS[3]])
    assert len(readings) == 2
    assert readings[0].find() is None
    assert np.isfinite(readings[0].answers)
    assert readings[1].find() is not None


@pytest.mark.parametrize(
    "text", ["🙂🙂 🙂", "\ud83d", "\udfff broken \ud83d", "\0", "한국어", "é" * 9]
)
def test_strange_characters_are_read_and_keep_their_places(reader: Reader, text: str) -> None:
    for question, title in (("Who resigned?", text), (text, "A title")):
        [reading] = reader.read(question, [Window(title, f"{text} Brandt resigned.")])
        places = [f"{text} Brandt resigned."[start:end] for start, end in reading.offsets]
        assert places[-3:] == ["brandt".title(), "resigned", "."]
        assert np.isfinite(lay([reading])).all()


def test_offsets_are_characters_of_the_windows_own_text(reader: Reader) -> None:
    text = "🙂 Café owners in Zürich: \ud83d “naïve”."
    [reading] = reader.read("Who?", [Window("Another title", text)])
    assert [text[start:end] for start, end in reading.offsets if text[start:end].isalpha()] == [
        "Café", "owners", "in", "Zürich", "naïve"
    ]  # fmt: skip


def test_a_question_that_is_too_long_is_cut(reader: Reader) -> None:
    head = "Who chairs the council of Skell " + "word " * 48
    long, longer = (reader.read(head + end, [WINDOWS[3]]) for end in ("", "zebra " * 5_000))
    assert np.array_equal(lay(long), lay(longer))
    assert len(longer[0].offsets) == len(reader.read("Who?", [WINDOWS[3]])[0].offsets)


def test_a_title_that_is_too_long_is_cut(reader: Reader) -> None:
    head = "The council of Skell " + "word " * 24
    long, longer = (
        reader.read("Who?", [Window(head + end, TEXTS[3])]) for end in ("", "zebra " * 5_000)
    )
    assert np.array_equal(lay(long), lay(longer))


def test_a_window_that_is_too_long_is_read_as_far_as_it_fits(reader: Reader) -> None:
    question, title = "question " * 80, "title " * 80
    [reading] = reader.read(question, [Window(title, "word " * 5_000)])
    assert 100 < len(reading.offsets) < MAX_TOKENS
    found = reading.find(Span(20_000, 25_000))
    assert found is None
    assert reading.find() is not None


def test_what_is_read_fills_the_graph_and_no_more(reader: Reader) -> None:
    rows = []

    class Watched:
        def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> object:
            rows.append(inputs["input_ids"].shape[1])
            return reader._session.run(outputs, inputs)

    watched = Reader(reader._tokenizer, Watched(), "watched")
    watched.read("word " * 99, [Window("word " * 99, "word " * 999), Window("", "word " * 999)])
    assert max(rows) == MAX_TOKENS


def test_four_threads_read_what_one_reads(reader: Reader) -> None:
    questions = list(ASKED) * 4
    expected = [lay(reader.read(question, WINDOWS)) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda question: lay(reader.read(question, WINDOWS)), questions))
    for one, other in zip(read, expected, strict=True):
        assert np.abs(one - other).max() < BATCH_TOLERANCE


def test_tokens_are_counted_without_those_that_open_and_close(reader: Reader) -> None:
    assert reader.count_tokens(["", "hello world", "word " * 700]) == [0, 2, 700]
    assert reader.count_tokens([]) == []


# Finding.


def test_the_likeliest_start_and_end_together_are_the_answer() -> None:
    reading, text = make_reading(("a", 0, 0), ("red", 3, -2), ("boat", 1, 4), ("sank", 0, 0))
    found = reading.find()
    assert found is not None
    assert (found.span.of(text), found.odds) == ("red boat", 7.0)


def test_an_answer_ends_no_earlier_than_it_begins() -> None:
    reading, text = make_reading(("one", 0, 9), ("two", 9, 0))
    found = reading.find()
    assert found is not None
    assert found.span.of(text) in ("one", "two")


def test_an_answer_is_no_longer_than_the_longest() -> None:
    words = [("a", 9.0, 0.0), *[("b", 0.0, 0.0)] * (LONGEST - 1), ("c", 0.0, 9.0)]
    reading, text = make_reading(*words)
    found = reading.find()
    assert found is not None
    assert (len(found.span.of(text).split()) <= LONGEST, found.odds) == (True, 9.0)
    shorter, text = make_reading(words[0], *words[2:])
    found = shorter.find()
    assert found is not None
    assert (found.span.of(text), found.odds) == (text, 18.0)


def test_where_no_token_is_nothing_is_found() -> None:
    reading, text = make_reading(("whole", 5, 5), ("words", 5, 5))
    assert reading.find(Span(1, 4)) is None
    assert reading.find(Span(5, 6)) is None
    assert reading.find(Span(3, 3)) is None
    assert reading.find(Span(len(text), len(text) + 9)) is None


LOGITS = st.floats(-20, 20, width=16)


@given(
    st.lists(st.tuples(st.text("ab", min_size=1, max_size=4), LOGITS, LOGITS), max_size=60),
    st.integers(0, 150),
    st.integers(0, 150),
)
def test_what_is_found_within_a_stretch_lies_in_it_and_is_the_best_there(
    words: list[tuple[str, float, float]], start: int, length: int
) -> None:
    reading, _ = make_reading(*words)
    within = Span(start, start + length)
    inside = [
        n
        for n, (low, high) in enumerate(reading.offsets)
        if within.start <= low and high <= within.end
    ]
    found = reading.find(within)
    if not inside:
        assert found is None
        return
    assert found is not None
    assert within.start <= found.span.start < found.span.end <= within.end
    assert found.odds == max(
        reading.start[i] + reading.end[j] for i in inside for j in inside if i <= j < i + LONGEST
    )


def test_each_sentence_of_a_window_has_an_answer_of_its_own(reader: Reader) -> None:
    text = TEXTS[3]
    cut = text.index(" She")
    [reading] = reader.read("Who chairs the council of Skell?", [WINDOWS[3]])
    first, second = (reading.find(Span(*ends)) for ends in ((0, cut), (cut + 1, len(text))))
    assert first is not None
    assert second is not None
    assert first.span.end <= cut < second.span.start
    assert first.odds > second.odds
