"""Passages embedded per second: Chroma's way against this program's.

Chroma's default embedder runs the same model in fp32 and pads every text to 256 tokens, in batches
of 32. It is rebuilt here from the same weights, on the same graph and runtime, because its own
fetches a file first; what is compared is thus the precision, the padding and the batches.

    python -m bench.embedding corpus.json.gz      a gzipped JSON list of objects with a "body"
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from rag.index.embedders import Vectors
from rag.index.encoder import MAX_TOKENS
from rag.index.graph import ensure_graph
from rag.index.minilm import MiniLM
from rag.index.weights import find_weights
from rag.settings import Settings, load_settings

#: English news runs to four tokens for three words: these make passages of about 200 tokens.
PASSAGE_WORDS = 150
CHROMA_BATCH = 32

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class ChromaWay:
    """What chromadb's ONNXMiniLM_L6_V2 does, in its order and with its settings."""

    tokenizer: Tokenizer
    session: Any

    @classmethod
    def open(cls, settings: Settings) -> ChromaWay:
        weights = find_weights(settings.embedder_dir)
        tokenizer = Tokenizer.from_file(str(weights.tokenizer))
        tokenizer.enable_truncation(max_length=MAX_TOKENS)
        tokenizer.enable_padding(pad_id=0, pad_token="[PAD]", length=MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        graph = ensure_graph(weights, settings.cache, "fp32")
        providers = ["CPUExecutionProvider"]
        return cls(tokenizer, onnxruntime.InferenceSession(graph, options, providers=providers))

    def embed(self, texts: Sequence[str]) -> Vectors:
        batches = range(0, len(texts), CHROMA_BATCH)
        return np.concatenate([self._run(texts[i : i + CHROMA_BATCH]) for i in batches])

    def _run(self, texts: Sequence[str]) -> Vectors:
        encoded = [self.tokenizer.encode(text) for text in texts]
        ids = np.array([e.ids for e in encoded], np.int64)
        mask = np.array([e.attention_mask for e in encoded], np.int64)
        vectors: Vectors = self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def main() -> None:
    args = parse_arguments()
    settings = load_settings()
    passages = take_passages(args.corpus, args.passages)
    chroma, ours = ChromaWay.open(settings), MiniLM.open(settings)
    print(f"{len(passages)} passages, {np.mean(ours.count_tokens(passages)):.0f} tokens on average")
    speeds = measure([chroma.embed, ours.embed], passages, args.rounds)
    print(f"Chroma's way (fp32, padded to 256)   {speeds[0]:6.1f} passages per second")
    print(f"{ours.name:<36} {speeds[1]:6.1f} passages per second")
    print(f"ratio                                {speeds[1] / speeds[0]:6.2f}")
    cosines = (chroma.embed(passages[:64]) * ours.embed(passages[:64])).sum(axis=1)
    print(
        f"cosine between the two, 64 passages: least {cosines.min():.4f}, mean {cosines.mean():.4f}"
    )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path, help='a gzipped JSON list of objects with a "body"')
    parser.add_argument("--passages", type=int, default=400, help="how many to embed (400)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each way runs (5)")
    return parser.parse_args()


def take_passages(corpus: Path, count: int) -> list[str]:
    """`count` runs of 150 words, spread evenly over the articles' bodies."""
    with gzip.open(corpus, "rt", encoding="utf-8") as file:
        bodies = [article["body"].split() for article in json.load(file)]
    starts = [
        (words, at)
        for words in bodies
        for at in range(0, len(words) - PASSAGE_WORDS + 1, PASSAGE_WORDS)
    ]
    if not starts:
        raise SystemExit(f"{corpus} holds no body of {PASSAGE_WORDS} words.")
    chosen = np.linspace(0, len(starts) - 1, min(count, len(starts)), dtype=int)
    return [
        " ".join(words[at : at + PASSAGE_WORDS]) for words, at in map(starts.__getitem__, chosen)
    ]


def measure(ways: Sequence[Embed], passages: Sequence[str], rounds: int) -> list[float]:
    """Passages per second of each way, the median of rounds in which they take turns."""
    seconds: list[list[float]] = [[] for _ in ways]
    for embed in ways:
        embed(passages[:CHROMA_BATCH])
    for _ in range(rounds):
        for embed, times in zip(ways, seconds, strict=True):
            start = time.perf_counter()
            embed(passages)
            times.append(time.perf_counter() - start)
    return [len(passages) / median(times) for times in seconds]


if __name__ == "__main__":
    main()
