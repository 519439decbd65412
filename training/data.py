"""Questions with their passages, out of every set that the reader learns from.

python -m training.data DATA

squad   SQuAD's JSON, of version 1 or 2: whole, or the list of its articles alone; gzipped or not
qamr    QAMR's questions over single sentences, put back among the sentences of their paragraph
news    our own questions over MultiHop-RAG's articles: training/news-questions.jsonl
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rag.types import Span

NEWS = Path(__file__).with_name("news-questions.jsonl")

#: Titles of SQuAD 2.0's dev set that nothing is learnt from: five to report, two to tune by. Drawn
#: by random.Random(8).sample(sorted(titles), 7) from the 28 titles of squad_v2.json.gz.
REPORTED = frozenset({"Fresno,_California", "Immune_system", "Imperialism", "Ctenophora", "Force"})
TUNING = frozenset({"Southern_California", "Black_Death"})


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the passage that it is asked over.

    `answers` are spans of `text`, one for each annotator; none where the text does not answer.
    `group` is the article that the text is from, `source` the set.
    """

    question: str
    title: str
    text: str
    answers: tuple[Span, ...]
    source: str
    group: str


def read_squad(path: Path) -> Iterator[Example]:
    found = json.loads(_read(path))
    for entry in found["data"] if isinstance(found, dict) else found:
        title = entry["title"]
        for paragraph in entry["paragraphs"]:
            for qa in paragraph["qas"]:
                given = [] if qa.get("is_impossible") else qa["answers"]
                spans = (
                    Span(one["answer_start"], one["answer_start"] + len(one["text"]))
                    for one in given
                )
                yield Example(
                    qa["question"].strip(),
                    title.replace("_", " "),
                    paragraph["context"],
                    tuple(spans),
                    "squad",
                    title,
                )


def read_qamr(questions: Path, sentences: Path) -> Iterator[Example]:
    """One example a question, with an answer for each of the three who gave a run of tokens."""
    paragraphs: dict[str, dict[str, str]] = defaultdict(dict)
    for line in _read(sentences).splitlines():
        name, text = line.split("\t")
        paragraphs[name.rsplit(":", 1)[0]][name] = text
    seen = set()
    for line in _read(questions).splitlines():
        name, _, _, _, _, question, own, *others = line.split("\t")
        runs = [_read_run(own), *(_read_run(one.partition(":")[2]) for one in others)]
        given = [run for run in runs if run is not None]
        if (name, question) in seen or not given:
            continue
        seen.add((name, question))
        around = paragraphs[name.rsplit(":", 1)[0]]
        text = ""
        spans: tuple[Span, ...] = ()
        for other, sentence in sorted(
            around.items(), key=lambda one: int(one[0].rsplit(":", 1)[1])
        ):
            joined, places = join_tokens(sentence.split(" "))
            start = len(text) + bool(text)
            text += " " * bool(text) + joined
            if other == name:
                spans = tuple(
                    Span(start + places[first].start, start + places[last].end)
                    for first, last in given
                )
        group = ":".join(name.split(":")[1:3])
        yield Example(question, "", text, spans, "qamr", group)


def read_news(path: Path, corpus: Path) -> Iterator[Example]:
    """`corpus` is MultiHop-RAG's corpus.json.gz, where the lines of `path` have their places."""
    articles = {one["url"]: one for one in json.loads(_read(corpus))}
    for line in path.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        article = articles[asked["url"]]
        start, end = asked["passage"]
        answers = tuple(Span(a - start, b - start) for a, b in asked["answers"])
        yield Example(
            asked["question"],
            article["title"],
            article["body"][start:end],
            answers,
            "news",
            asked["url"],
        )


def read_all(data: Path) -> list[Example]:
    """Every set that `data` holds: `reading/` and `multihop-rag/` as bench uses them, or any
    files named squad*.json or train-v*.json, gzipped or not.
    """
    found: list[Example] = []
    for path in sorted([*data.rglob("*squad*.json*"), *data.rglob("train-v*.json*")]):
        found += read_squad(path)
    for sentences in data.rglob("qamr_wiki-sentences.tsv.gz"):
        for part in ("dev", "test"):
            found += read_qamr(sentences.with_name(f"qamr_{part}.tsv.gz"), sentences)
    for corpus in data.rglob("corpus.json.gz"):
        found += read_news(NEWS, corpus)
    return found


def split_out(examples: Iterable[Example]) -> tuple[list[Example], list[Example], list[Example]]:
    """Those to learn from, to tune by, and to report; see REPORTED."""
    parts: tuple[list[Example], list[Example], list[Example]] = ([], [], [])
    for one in examples:
        tuning = one.group in TUNING or (one.source == "news" and _is_tenth(one.group))
        parts[2 if one.group in REPORTED else 1 if tuning else 0].append(one)
    return parts


def take_share(examples: Iterable[Example], share: float) -> list[Example]:
    """The examples of a share of the articles: a larger share has all of a smaller one's."""

    def place(group: str) -> float:
        return int.from_bytes(sha256(f"share {group}".encode()).digest()[:4], "big") / 2**32

    return [one for one in examples if place(one.group) < share]


def _is_tenth(group: str) -> bool:
    return sha256(group.encode()).digest()[0] % 10 == 0


#: Penn Treebank's brackets and quotation marks, as QAMR writes them.
_MARKS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": "“", "''": "”"}
_CLINGS = re.compile(r"[,.;:?!%)\]”]|'\w*|n't|’\w*")
_OPENS = ("(", "[", "“", "$", "£", "€", "#")


def join_tokens(tokens: Sequence[str]) -> tuple[str, list[Span]]:
    """A sentence as one writes it, and where each token stands in it."""
    text, places = "", []
    for token in tokens:
        mark = _MARKS.get(token, token)
        if text and not _CLINGS.fullmatch(mark) and not text.endswith(_OPENS):
            text += " "
        places.append(Span(len(text), len(text) + len(mark)))
        text += mark
    return text, places


def _read_run(indices: str) -> tuple[int, int] | None:
    """The first and the last token; None where others lie between them, or there are none."""
    numbers = [int(one) for one in indices.split()]
    if not numbers or numbers != list(range(numbers[0], numbers[-1] + 1)):
        return None
    return numbers[0], numbers[-1]


def _read(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def main() -> None:
    """What DATA holds: questions of each set, answered ones among them, and their articles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parts = split_out(read_all(parser.parse_args().data))
    for name, part in zip(("to learn from", "to tune by", "to report"), parts, strict=True):
        for source in sorted({one.source for one in part}):
            some = [one for one in part if one.source == source]
            answered = sum(bool(one.answers) for one in some)
            counts = f"{len(some):,} questions, {answered:,} answered"
            print(f"{name}: {source}: {counts}, {len({one.group for one in some})} articles")


if __name__ == "__main__":
    main()
