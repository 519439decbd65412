"""The reader as it ships, on questions kept out of its training, beside the embedder's cosine.

python -m bench.reading DATA

Each passage is read whole, in windows of whole sentences where it is longer than the reader reads.
Beside it, of SQuAD's, the sentence that the program would quote had it found that passage alone: by
the reader and everything else that speaks for a sentence.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from random import Random

from bench.cases import open_squad
from bench.tables import lay_out
from rag.answer.short import SURE
from rag.answer.study import study
from rag.assistant import Assistant
from rag.index.embedders import Embedder
from rag.ingest.sentences import split_sentences
from rag.reader.reader import Reader, Window
from rag.retrieve.question import parse_question
from rag.types import Article, Hit, Passage, Span
from training.balance import balance
from training.data import Example, read_all, split_out
from training.scores import NOTHING, Scores, Told, measure_best, score

#: Tokens of a window, which leave room for the question and the title.
TOKENS = 180
#: By which questions of like words are drawn.
SEED = 8
#: The F1 from which on a short answer counts as right.
RIGHT = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    print(write_table(measure(parser.parse_args().data)))


def measure(data: Path) -> dict[str, Scores]:
    """Scores by what was asked: titles of SQuAD kept out for reporting, and the tuning sets."""
    assistant = open_squad(data / "reading" / "squad_v2.json.gz")
    reader, embedder = assistant.reader, assistant.embedder
    assert reader is not None
    assert embedder is not None
    articles = {article.title: article for article in assistant.library.articles()}
    _, tuning, reported = split_out(read_all(data))
    sets = {"SQuAD, reported": [one for one in reported if one.source == "squad"]}
    for source in ("squad", "news"):
        sets[f"{source}, tuned by"] = [one for one in tuning if one.source == source]
    # A writer gives away by words which questions are answered: see training/balance.py.
    sets["news, tuned by, of like words"] = balance(sets["news, tuned by"], Random(SEED))
    found = {}
    for name, examples in sets.items():
        told = [read(reader, one) for one in examples]
        found[f"{name}, reader"] = score(told)
        print(f"{name}: {describe_short(told)}", flush=True)
        if all(one.source == "squad" for one in examples):
            quoted = [quote(assistant, articles[one.title], one) for one in examples]
            found[f"{name}, program"] = score(quoted)
        found[f"{name}, cosine"] = score([compare(embedder, one) for one in examples])
    return found


def describe_short(told: Sequence[Told]) -> str:
    """How often a short answer would be shown, and be right, if the passage were all there is."""
    shown = [one for one in told if one.odds >= SURE]
    right = sum(measure_best(one) >= RIGHT for one in shown)
    answered = sum(bool(one.example.answers) for one in shown)
    can = sum(bool(one.example.answers) for one in told)
    return (
        f"short answers from log odds {SURE} for {answered / can:.2f} of the answered questions;"
        f" right {right / max(1, len(shown)):.2f} of all that are shown"
    )


def read(reader: Reader, one: Example) -> Told:
    """The likeliest answer of all the windows."""
    places = cut(one.text, reader)
    readings = reader.read(one.question, [Window(one.title, p.of(one.text)) for p in places])
    told = Told(one, None, NOTHING, max(reading.answers for reading in readings))
    for place, reading in zip(places, readings, strict=True):
        found = reading.find()
        if found and found.odds > told.odds:
            span = Span(place.start + found.span.start, place.start + found.span.end)
            told = Told(one, span, found.odds, told.answers)
    return told


def quote(assistant: Assistant, article: Article, one: Example) -> Told:
    """What the program reads in the sentence that it puts first, the passage being its only hit."""
    # Stored as one line: see bench/cases.py.
    start = article.text.index(one.text.replace("\n", " "))
    passage = Passage(0, article.id, start, start + len(one.text), one.text)
    hit = Hit(passage, article, score=1.0, bm25=1.0, cosine=1.0, bm25_rank=1, cosine_rank=1)
    question = parse_question(one.question)
    with assistant.store.reading() as generation:
        found = study(question, [hit], generation, assistant.embedder, assistant.reader).evidence
    best = found[0].read if found else None
    if best is None or best.short is None:
        return Told(one, None, NOTHING, NOTHING)
    span = Span(best.short.start - start, best.short.end - start)
    return Told(one, span, best.odds, best.answers)


def cut(text: str, reader: Reader) -> list[Span]:
    """Windows of whole sentences, each of TOKENS at most, or of one sentence."""
    sentences = split_sentences(text) or [Span(0, len(text))]
    counts = reader.count_tokens([one.of(text) for one in sentences])
    windows: list[Span] = []
    held = 0
    for sentence, count in zip(sentences, counts, strict=True):
        if not windows or held + count > TOKENS:
            windows.append(sentence)
            held = 0
        held += count
        windows[-1] = Span(windows[-1].start, sentence.end)
    return windows


def compare(embedder: Embedder, one: Example) -> Told:
    """The sentence nearest to the question, and how near it is."""
    sentences = split_sentences(one.text) or [Span(0, len(one.text))]
    vectors = embedder.embed([one.question, *(s.of(one.text) for s in sentences)])
    cosines = vectors[1:] @ vectors[0]
    best = int(cosines.argmax())
    return Told(one, sentences[best], float(cosines[best]), float(cosines[best]))


def write_table(found: dict[str, Scores]) -> str:
    names = [field.name for field in fields(Scores)][1:]
    rows = [
        [f"{name} ({one.questions})", *(f"{getattr(one, field):.3f}" for field in names)]
        for name, one in found.items()
    ]
    head = ["span F1", "right sentence", "AUROC of the span", "of the window", "of both"]
    return lay_out(["", *head], rows)


if __name__ == "__main__":
    main()
