"""Learns the weights of rag/answer/evidence.py from SQuAD 2.0, and shows what they reach.

    python -m bench.evidence DATA/reading/squad_v2.json.gz --home bench/out/squad

Each SQuAD title is one article; questions are asked over all of them, so that the right sentence
has to be found first. Learnt on one half of a seeded sample, shown for the other.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer import evidence
from rag.answer.evidence import Features, weigh
from rag.answer.question import parse_question
from rag.answer.quotes import ENOUGH
from rag.assistant import PASSAGES, Assistant
from rag.index.indexing import CHUNKING, OVERLAP_TOKENS
from rag.index.store import Store
from rag.ingest.chunk import cut_passages
from rag.retrieve.hybrid import search
from rag.settings import load_settings
from rag.types import Draft, Filters

Array = NDArray[np.float64]
NAMES = Features.__slots__


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the places of its answer in its article; none where it has none."""

    text: str
    title: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """The features of every sentence looked at, shape (sentences, features), and which answer."""

    features: Array
    answers: NDArray[np.bool_]
    answerable: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, default=Path("bench/out/squad"))
    parser.add_argument("--questions", type=int, default=1200)
    options = parser.parse_args()
    articles, asked = load(options.data)
    random.Random(1).shuffle(asked)
    with Assistant(load_settings(home=options.home), create=True) as assistant:
        if not assistant.library.count_articles():
            put(articles, assistant.store)
        looked = [look(assistant, one) for one in asked[: options.questions]]
    half = len(looked) // 2
    learnt = learn([one for one in looked[:half] if one.answers.any()])
    print("learnt:", dict(zip((*NAMES, "bias"), learnt.round(2).tolist(), strict=True)))
    used = np.array([*astuple(evidence.WEIGHTS), evidence.BIAS])
    for name, weights in (("learnt", learnt), ("in use", used)):
        print(f"{name}: {report(looked[half:], weights)}")


def load(path: Path) -> tuple[dict[str, str], list[Asked]]:
    """Texts by title, and the questions over them."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        data = json.load(file)
    texts: dict[str, str] = {}
    asked: list[Asked] = []
    for entry in data:
        text = ""
        for paragraph in entry["paragraphs"]:
            for qa in paragraph["qas"]:
                answers = [] if qa["is_impossible"] else qa["answers"]
                places = tuple(len(text) + answer["answer_start"] for answer in answers)
                asked.append(Asked(qa["question"], entry["title"], places))
            text += paragraph["context"].replace("\n", " ") + "\n\n"
        texts[entry["title"]] = text
    return texts, asked


def put(articles: dict[str, str], store: Store) -> None:
    """Stores the texts as they are, so that the places of the answers hold."""
    embedder = store.embedder
    assert embedder is not None
    with store.library.writer() as writer:
        writer.set_manifest(embedder.name, embedder.dimension, CHUNKING)
        for title, text in articles.items():
            spans = cut_passages(text, embedder.count_tokens, embedder.max_tokens, OVERLAP_TOKENS)
            draft = Draft(file=title, title=title.replace("_", " "), text=text)
            writer.put(draft, title, spans, embedder.embed([span.of(text) for span in spans]))
        store.generations.catch_up()


def look(assistant: Assistant, asked: Asked) -> Looked:
    question = parse_question(asked.text)
    with assistant.store.reading() as generation:
        hits = search(assistant.store, generation, question.text, PASSAGES, Filters())
        found = weigh(question, hits, generation, assistant.embedder)
    right = [
        one.hit.article.file == asked.title
        and any(one.span.start <= place < one.span.end for place in asked.places)
        for one in found
    ]
    features = np.array([astuple(one.features) for one in found]).reshape(-1, len(NAMES))
    return Looked(features, np.array(right, dtype=bool), bool(asked.places))


def learn(looked: list[Looked], penalty: float = 1e-4) -> Array:
    """Logistic weights, the bias last, by Newton's method over all sentences."""
    features = np.concatenate([one.features for one in looked])
    answers = np.concatenate([one.answers for one in looked]).astype(float)
    inputs = np.hstack([features, np.ones((len(features), 1))])
    weights = np.zeros(inputs.shape[1])
    for _ in range(30):
        likely = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (likely - answers) / len(answers) + penalty * weights
        bend = (inputs.T * (likely * (1 - likely))) @ inputs / len(answers)
        weights -= np.linalg.solve(bend + penalty * np.eye(len(weights)), slope)
    return weights


def report(looked: list[Looked], weights: Array) -> str:
    best = [one.features @ weights[:-1] + weights[-1] for one in looked]
    answerable = [(s, one) for s, one in zip(best, looked, strict=True) if one.answerable]
    right = np.mean([one.answers[s.argmax()] for s, one in answerable])
    top = np.array([s.max(initial=-99.0) for s in best])
    can = np.array([one.answerable for one in looked])
    higher = np.mean(top[can][:, None] > top[~can][None, :])
    least = np.log(ENOUGH / (1 - ENOUGH))
    return (
        f"right sentence first {right:.3f}; answerable or not, AUROC {higher:.3f};"
        f" refused at {ENOUGH}: answerable {np.mean(top[can] < least):.3f},"
        f" unanswerable {np.mean(top[~can] < least):.3f}"
    )


if __name__ == "__main__":
    main()
