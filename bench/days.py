"""Questions about counts and their days, over made-up articles: `python -m bench.days [SET]`.

The articles and the questions were written before what answers them. The `seen` half was looked at
while that was tuned; the `held` half, about other stories, was not. `more` and `more held` came
later, in the same way, about states of affairs, past days and the year so far.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.settings import load_settings
from rag.types import Answer

FOLDER = Path(__file__).parents[1] / "tests" / "evaluation"
ARTICLES, QUESTIONS = FOLDER / "days_articles.jsonl", FOLDER / "days_questions.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what its answer must be.

    The first sentence quoted has one of `first`; the quotations have all of `shown` and none of
    `absent`; the notes have all of `notes`, none of `silent`, and “As of” the day `as_of`.
    """

    set: str
    question: str
    first: tuple[str, ...]
    shown: tuple[str, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...]
    silent: tuple[str, ...]
    as_of: str | None
    refused: bool


def read_cases() -> list[Case]:
    return [Case(**_freeze(json.loads(line))) for line in QUESTIONS.read_text("utf-8").splitlines()]


def write_articles(folder: Path) -> None:
    """The made-up articles as files with front matter."""
    folder.mkdir(parents=True, exist_ok=True)
    for line in ARTICLES.read_text("utf-8").splitlines():
        one = json.loads(line)
        head = {key: one[key] for key in ("title", "outlet", "published") if one[key]}
        matter = "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items())
        text = f"---\n{matter}\n---\n\n{one['text']}\n"
        (folder / f"{one['name']}.md").write_text(text, encoding="utf-8")


def find_faults(case: Case, answer: Answer) -> list[str]:
    """What is wrong with an answer, in words; nothing where it is right."""
    if answer.refused != case.refused:
        return ["refused" if answer.refused else "answered"]
    quotes = [sentence.text for sentence in answer.sentences]
    said, notes = "\n".join(quotes), "\n".join(answer.notes)
    faults = []
    if case.first and not any(one in quotes[0] for one in case.first):
        faults.append(f"first is “{quotes[0]}”")
    faults += [f"{one} is not shown" for one in case.shown if one not in said]
    faults += [f"{one} is shown" for one in case.absent if one in said]
    faults += [f"no note of “{one}”" for one in case.notes if one not in notes]
    faults += [f"a note of “{one}”" for one in case.silent if one in notes]
    if case.as_of and f"As of {case.as_of}" not in notes:
        faults.append(f"not as of {case.as_of}")
    return faults


def ask_all(cases: list[Case], folder: Path) -> list[tuple[Case, Answer]]:
    """Each question with its answer, over the made-up articles in a home within `folder`."""
    write_articles(folder / "articles")
    home = folder / "home"
    with Assistant(load_settings(env={}, folder=folder, home=home), create=True) as assistant:
        assistant.index([folder / "articles"])
        return [(case, assistant.ask(case.question, engine="quotes")) for case in cases]


def main() -> None:
    wanted = sys.argv[1:] or ["seen", "held", "more", "more held"]
    with tempfile.TemporaryDirectory() as folder:
        asked = ask_all([case for case in read_cases() if case.set in wanted], Path(folder))
    for name in wanted:
        of = [(case, answer) for case, answer in asked if case.set == name]
        wrong = [(case, answer) for case, answer in of if find_faults(case, answer)]
        print(f"{name}: {len(of) - len(wrong)} of {len(of)} right")
        for case, answer in wrong if not {"held", "more held"} & {*wanted} else []:
            print(f"\n{case.question}\n  ! " + "; ".join(find_faults(case, answer)))
            print("  " + "\n  ".join([*answer.text.splitlines(), *answer.notes]))


def _freeze(record: dict[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in record.items()
    }


if __name__ == "__main__":
    main()
