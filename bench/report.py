"""Runs the benchmarks, prints their tables, and writes them into docs/bench.md with two plots.

    python -m bench.report DATA

Each table stands between two comments of docs/bench.md; what is written around them stays.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("svg")
# The same picture gives the same file.
mpl.rcParams["svg.hashsalt"] = "dateline"
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

from bench import reading, support  # noqa: E402
from bench.answers import HALVES, Outcome, list_readers, measure, try_all  # noqa: E402
from bench.cases import OUT, ROOT, open_multihop, open_samples  # noqa: E402
from bench.learn import open_sets  # noqa: E402
from bench.retrieval import COLUMNS, Table, measure_quality, measure_times  # noqa: E402
from bench.tables import lay_out, share  # noqa: E402
from rag.settings import Settings  # noqa: E402

DOCS = ROOT / "docs"
BENCH = DOCS / "bench.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    multihop = data / "multihop-rag"
    with open_multihop(multihop) as assistant:
        tables = measure_quality(assistant, multihop)
        write("retrieval", "\n\n".join(map(write_table, tables)))
        times = measure_times(assistant, multihop)
        rows = [
            [name, f"{t.median * 1e3:.0f} ms", f"{t.p95 * 1e3:.0f} ms"] for name, t in times.items()
        ]
        passages = assistant.library.count_passages()
        write("times", lay_out([f"over {passages:,} passages", "median", "95th percentile"], rows))
    plot_retrieval(tables)
    outcomes = {
        (name, label): list(try_all(assistant, cases, reader))
        for name, (assistant, cases) in open_sets(data).items()
        for reader, label in list_readers(assistant)
    }
    write("answers", write_answers(outcomes))
    read = {name: found for (name, label), found in outcomes.items() if label == "reader"}
    write("calibration", write_calibration(read))
    plot_refusal(read)
    write("reading", reading.write_table(reading.measure(data)))
    corpus = str(multihop / "corpus.json.gz")
    with open_samples() as assistant:
        write("support", support.write_table(support.check_all(assistant)))
    write("embedding", run("bench.embedding", corpus))
    write("start", run("bench.start", "--home", str(OUT / "samples")))


def write_table(table: Table) -> str:
    rows = [
        [name, *(f"{getattr(scores, field):.3f}" for field in scores.__slots__)]
        for name, scores in table.rows.items()
    ]
    return lay_out([f"{table.title} ({table.questions} questions)", *COLUMNS], rows)


def write_answers(outcomes: Mapping[tuple[str, str], Sequence[Outcome]]) -> str:
    rows = []
    for (name, label), every in outcomes.items():
        for half, part in enumerate(HALVES):
            found = measure([one for one in every if one.case.half == half], Settings().confidence)
            rows.append([f"{name}, {part} half, {label}", *found.values()])
    return lay_out(["", *found], rows)


def write_calibration(outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """How often the articles do answer where that was said to be so likely, report halves."""
    every = [one for found in outcomes.values() for one in found if one.case.half == 1]
    edges = np.linspace(0, 1, 6)
    rows = []
    for low, high in pairwise(edges):
        some = [one for one in every if low <= one.probability < high]
        pairs = [one.case.answerable for one in some if one.case.kind != "stranger"]
        said = float(np.mean([one.probability for one in some]))
        rows.append(
            [
                f"{low:.1f} to {high:.1f}",
                f"{len(some)}",
                f"{said:.2f}",
                share([one.case.answerable for one in some]),
                share(pairs),
            ]
        )
    head = ["said to be likely", "questions", "mean", "answerable", "leaving out something else"]
    return lay_out(head, rows)


def write(section: str, text: str) -> None:
    """Prints a section and puts it into docs/bench.md."""
    print(f"\n## {section}\n\n{text}", flush=True)
    old = BENCH.read_text(encoding="utf-8")
    start, end = f"<!-- {section}: written by make bench -->", f"<!-- end of {section} -->"
    pattern = re.compile(rf"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(old):
        raise SystemExit(f"{BENCH} has no place for “{section}”.")
    BENCH.write_text(pattern.sub(lambda _: f"{start}\n\n{text}\n\n{end}", old), encoding="utf-8")


def run(module: str, *arguments: str) -> str:
    """What another benchmark prints, as a block."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return f"```\n{done.stdout.strip()}\n```"


def plot_retrieval(tables: Sequence[Table]) -> None:
    figure, axes = plt.subplots(1, len(tables), figsize=(13, 3.6), sharey=True)
    for axis, table in zip(axes, tables, strict=True):
        width = 0.8 / len(table.rows)
        for place, (name, scores) in enumerate(table.rows.items()):
            values = [getattr(scores, field) for field in scores.__slots__]
            axis.bar(np.arange(len(values)) + place * width, values, width, label=name)
        axis.set_title(table.title, fontsize=10)
        axis.set_xticks(np.arange(len(COLUMNS)) + 0.4 - width / 2, COLUMNS, rotation=20, fontsize=7)
    axes[0].legend(fontsize=7)
    save(figure, "retrieval.svg")


def plot_refusal(outcomes: Mapping[str, Sequence[Outcome]]) -> None:
    """What each confidence would refuse, report halves."""
    figure, axis = plt.subplots(figsize=(6, 4.5))
    for name, every in outcomes.items():
        half = [one for one in every if one.case.half == 1 and one.case.kind != "stranger"]
        can = np.array([one.probability for one in half if one.case.answerable])
        cannot = np.array([one.probability for one in half if not one.case.answerable])
        at = np.linspace(0, 1, 201)
        lost = [float(np.mean(can < p)) for p in at]
        [line] = axis.plot(lost, [float(np.mean(cannot < p)) for p in at], label=name)
        least = Settings().confidence
        axis.plot(np.mean(can < least), np.mean(cannot < least), "o", color=line.get_color())
    axis.set_xlabel("answerable questions refused")
    axis.set_ylabel("unanswerable questions refused")
    axis.set_title("Refusal as the confidence moves; dots: the default", fontsize=10)
    axis.legend(fontsize=8)
    save(figure, "refusal.svg")


def save(figure: Figure, name: str) -> None:
    figure.tight_layout()
    figure.savefig(DOCS / name, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
