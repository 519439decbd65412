"""The model exam: some minutes over a built-in set of cases, to tell what a model is good for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, get_args

from rag.answer.budget import ANSWER_TOKENS, choose_counter
from rag.answer.exam_cases import Case, load_cases, to_hits
from rag.answer.exam_judging import Judged, Said, judge
from rag.answer.exam_verdict import TEXTS, Grade, Measure, Verdict, decide, measure
from rag.answer.model import QUOTES_INSTEAD, Endpoint, Stream
from rag.answer.prompts import ANSWER, fill_answer, load_prompt
from rag.answer.reading import drop_thoughts
from rag.errors import ModelError
from rag.index.embedders import Embedder
from rag.settings import Settings

#: Goes up whenever cases or judging change: verdicts of different exams are not comparable.
EXAM = 1
#: For the whole exam, in seconds: “a few minutes at most”.
BUDGET = 240.0
#: For one answer, in seconds: nobody waits longer at the chat, and one that never ends must not
#: take the others' time.
PATIENCE = 60.0
#: Characters that are read of one answer, its reasoning counted in.
LONGEST = 20_000
#: So many failures at the beginning mean that there is nobody to examine.
FAILURES = 3

Say = Callable[[Case], Said]


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians over the answers, in seconds; characters a second over all of them together.

    None where nothing came to be timed.
    """

    first: float | None
    answer: float | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """What an exam found.

    `left_out` cases were not asked because time was up, or because it was stopped: what was stopped
    is not worth remembering. `notes` say what else its reader should know.
    """

    verdict: Verdict
    measures: tuple[Measure, ...]
    speed: Speed
    asked: int
    left_out: int = 0
    is_stopped: bool = False
    notes: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return {"exam": EXAM, **asdict(self)}

    @classmethod
    def from_record(cls, record: object) -> Report | None:
        """The report that a record holds; None where it is damaged, or another exam's."""
        if not isinstance(record, Mapping) or record.get("exam") != EXAM:
            return None
        try:
            verdict = record["verdict"]
            if verdict["grade"] not in get_args(Grade):
                return None
            speed = {k: None if v is None else float(v) for k, v in record["speed"].items()}
            return cls(
                verdict=Verdict(verdict["grade"], tuple(map(str, verdict["reasons"]))),
                measures=tuple(_read_measure(one) for one in record["measures"]),
                speed=Speed(**speed),
                asked=int(record["asked"]),
                left_out=int(record["left_out"]),
                is_stopped=bool(record["is_stopped"]),
                notes=tuple(map(str, record["notes"])),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None


def _read_measure(record: Mapping[str, Any]) -> Measure:
    name = record["name"]
    return Measure(name, TEXTS[name][0], int(record["passed"]), int(record["of"]))


def make_say(
    endpoint: Endpoint, settings: Settings, clock: Callable[[], float] = time.monotonic
) -> Say:
    """A model that can be examined: asked as the chat engine asks it."""
    prompt = load_prompt(ANSWER)

    def say(case: Case) -> Said:
        system, user = fill_answer(prompt, case.question, to_hits(case))
        return listen(Stream(endpoint, settings, system, user, LONGEST), clock)

    return say


def listen(stream: Stream, clock: Callable[[], float]) -> Said:
    """All that a model says within PATIENCE, timed; how it failed, where it does."""
    start, text, first, problem = clock(), "", None, None
    try:
        for piece in drop_thoughts(stream):
            text = "" if piece is None else text + piece
            first = (first or clock() - start) if text.strip() else None
            if clock() - start > PATIENCE:
                stream.finish = "time"
                break
    except ModelError as error:
        problem = error.problem
    return Said(text, clock() - start, first, stream.received, problem, stream.finish)


def run_exam(
    say: Say,
    embedder: Embedder | None,
    *,
    window: int,
    budget: float = BUDGET,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
    is_stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Ask the cases one by one, until they are through, time is up, or somebody stops it.

    Raises ModelError where the model only fails, or its window holds no case.
    """
    cases, notes = _choose_cases(embedder, window)
    judged: list[Judged] = []
    start, stopped = clock(), False
    for case in cases:
        on_progress(len(judged), len(cases))
        stopped = is_stopped()
        if stopped or clock() - start >= budget:
            break
        judged.append(judge(case, say(case), embedder))
        if len(judged) == FAILURES:
            _give_up_on_failures(judged)
    else:
        on_progress(len(cases), len(cases))
    _give_up_on_failures(judged)
    return _report(judged, len(cases), budget, stopped, notes)


def _choose_cases(embedder: Embedder | None, window: int) -> tuple[list[Case], list[str]]:
    """The cases whose prompts leave room for an answer in the model's window."""
    count, _ = choose_counter(embedder, remote=False)
    prompt = load_prompt(ANSWER)

    def fits(case: Case) -> bool:
        written = "\n".join(fill_answer(prompt, case.question, to_hits(case)))
        return count(written) + ANSWER_TOKENS <= window

    kept = [case for case in load_cases() if fits(case)]
    if not kept:
        raise ModelError(
            f"No case of the exam fits the model's window of {window:,} tokens.",
            f"Set DATELINE_WINDOW to what the model reads. {QUOTES_INSTEAD}",
        )
    lost = len(load_cases()) - len(kept)
    note = f"Not asked: {lost} cases, too long for the model's window of {window:,} tokens."
    return kept, [note] if lost else []


def _give_up_on_failures(judged: Sequence[Judged]) -> None:
    problems = [one.said.problem for one in judged]
    if problems and problems[0] and all(problems):
        raise ModelError(problems[0], f"Then start the exam again. {QUOTES_INSTEAD}")


def _report(
    judged: Sequence[Judged], cases: int, budget: float, stopped: bool, notes: Iterable[str]
) -> Report:
    left_out = cases - len(judged)
    unfinished = None
    if left_out:
        why = "It was stopped" if stopped else f"It was too slow to finish in {budget:.0f} seconds"
        unfinished = f"{why}: {len(judged)} of {cases} cases were asked."
    measures = measure(judged)
    return Report(
        verdict=decide(measures, unfinished),
        measures=measures,
        speed=_time([one.said for one in judged]),
        asked=len(judged),
        left_out=left_out,
        is_stopped=stopped,
        notes=(*notes, *_note_failures(judged)),
    )


def _note_failures(judged: Sequence[Judged]) -> list[str]:
    problems = [one.said.problem for one in judged if one.said.problem]
    silent = [one for one in judged if one.said.is_silent and not one.said.problem]
    late = [one for one in judged if one.said.finish == "time"]
    notes = [f"Failed: {len(problems)} of {len(judged)}. {problems[0]}"] if problems else []
    if silent:
        notes.append(f"No answer, or nothing but reasoning: {len(silent)} of {len(judged)}.")
    if late:
        notes.append(f"Cut off after {PATIENCE:.0f} seconds: {len(late)} of {len(judged)}.")
    return notes


def _time(said: Sequence[Said]) -> Speed:
    whole = [one for one in said if one.problem is None and one.characters]
    firsts = [one.first for one in whole if one.first is not None]
    seconds = sum(one.seconds for one in whole)
    return Speed(
        first=median(firsts) if firsts else None,
        answer=median(one.seconds for one in whole) if whole else None,
        rate=sum(one.characters for one in whole) / seconds if seconds else None,
    )


def write_table(report: Report) -> str:
    """The report in lines: each measure, the speed, the verdict and what speaks against more."""
    width = max((len(one.what) for one in report.measures), default=0)
    lines = [
        f"{one.what:<{width}}  {f'{one.passed} of {one.of}' if one.of else '—'}"
        for one in report.measures
    ]
    lines += [_write_speed(report.speed), "", f"Verdict: {report.verdict.grade}"]
    lines += [f"  {reason}" for reason in report.verdict.reasons]
    return "\n".join([*lines, *(f"Note: {note}" for note in report.notes)])


def _write_speed(speed: Speed) -> str:
    parts = [
        f"begins after {speed.first:.1f} s" if speed.first is not None else "",
        f"answers in {speed.answer:.1f} s" if speed.answer is not None else "",
        f"{speed.rate:.0f} characters a second" if speed.rate is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "nothing came to be timed"
