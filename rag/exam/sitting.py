"""The model exam: some minutes over a built-in set of cases, to tell what a model is good for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median

from rag.answer.budget import Budget, plan_budget
from rag.answer.prompts import ANSWER, fill_answer, load_prompt
from rag.answer.reading import drop_thoughts
from rag.errors import ModelError
from rag.exam.cases import Case, load_cases, to_hits
from rag.exam.judging import Judged, Said, judge
from rag.exam.report import Report, Speed
from rag.exam.verdict import decide, measure
from rag.index.embedders import Embedder
from rag.llm.halt import Halt
from rag.llm.server import QUOTES_INSTEAD, ServedModel
from rag.llm.stream import Stream
from rag.settings import Settings

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
class Examinee:
    """A model as the chat engine asks it, one prompt at a time; pulling `halt` ends all of it."""

    model: ServedModel
    settings: Settings
    budget: Budget
    halt: Halt = field(default_factory=Halt)

    @classmethod
    def open(
        cls, model: ServedModel, settings: Settings, embedder: Embedder | None, halt: Halt
    ) -> Examinee:
        budget = plan_budget(model, settings, embedder, halt)
        # Who waits longer for one answer has a model that is too slow to be used.
        patient = replace(settings, answer_timeout=min(PATIENCE, settings.answer_timeout))
        return cls(model, patient, budget, halt)

    def say(self, case: Case) -> Said:
        """All that the model says, timed; how it failed, where it does."""
        system, user = fill_answer(load_prompt(ANSWER), case.question, to_hits(case))
        tokens = self.budget.count(f"{system}\n{user}")
        return listen(
            Stream(
                self.model,
                self.settings,
                system,
                user,
                window=self.budget.window,
                room=self.budget.room(tokens),
                limit=LONGEST,
                halt=self.halt,
            )
        )


def listen(stream: Stream) -> Said:
    """What comes of a stream, timed."""
    start, text, first = time.monotonic(), "", None
    failure: ModelError | None = None
    try:
        for piece in drop_thoughts(stream):
            text = "" if piece is None else text + piece
            first = (first or time.monotonic() - start) if text.strip() else None
    except ModelError as error:
        failure = error
    failure = failure or stream.failure
    return Said(
        text,
        time.monotonic() - start,
        first,
        stream.received,
        failure.problem if failure else None,
        failure.hint if failure else "",
        stream.finish,
    )


def run_exam(
    say: Say,
    embedder: Embedder | None,
    *,
    budget: Budget,
    seconds: float = BUDGET,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
    halt: Halt | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Ask the cases one by one, until they are through, time is up, or somebody stops it.

    Raises ModelError where the model only fails, or its window holds no case.
    """
    cases, notes = _choose_cases(budget)
    judged: list[Judged] = []
    halt, start = halt or Halt(), clock()
    for case in cases:
        on_progress(len(judged), len(cases))
        if clock() - start >= seconds:
            break
        said = say(case)
        if halt.is_pulled:
            # What it was cut off in is not what it would have said.
            break
        judged.append(judge(case, said, embedder))
        if len(judged) == FAILURES:
            _give_up_on_failures(judged)
    on_progress(len(judged), len(cases))
    _give_up_on_failures(judged)
    return _report(judged, len(cases), seconds, halt.is_pulled, notes)


def _choose_cases(budget: Budget) -> tuple[list[Case], list[str]]:
    """The cases whose prompts leave room for an answer in the model's window."""
    prompt = load_prompt(ANSWER)

    def fits(case: Case) -> bool:
        written = "\n".join(fill_answer(prompt, case.question, to_hits(case)))
        return budget.fits(budget.count(written))

    kept = [case for case in load_cases() if fits(case)]
    if not kept:
        raise ModelError(
            f"No case of the exam fits the model's window of {budget.window:,} tokens.",
            f"Give it a larger one where it is served. {QUOTES_INSTEAD}",
        )
    lost = len(load_cases()) - len(kept)
    note = f"Not asked: {lost} cases, too long for the model's window of {budget.window:,} tokens."
    return kept, [note] if lost else []


def _give_up_on_failures(judged: Sequence[Judged]) -> None:
    failed = [one.said for one in judged if one.said.problem]
    if failed and len(failed) == len(judged):
        raise ModelError(failed[0].problem or "", f"{failed[0].hint} Then start the exam again.")


def _report(
    judged: Sequence[Judged], cases: int, seconds: float, stopped: bool, notes: Iterable[str]
) -> Report:
    left_out = cases - len(judged)
    unfinished = None
    if left_out:
        why = "It was stopped" if stopped else f"It was too slow to finish in {seconds:.0f} seconds"
        unfinished = f"{why}: {len(judged)} of {cases} cases were asked."
    measures = measure(judged)
    return Report(
        verdict=decide(measures, unfinished),
        measures=measures,
        speed=_time([one.said for one in judged]),
        day=date.today(),
        asked=len(judged),
        left_out=left_out,
        is_stopped=stopped,
        notes=(*notes, *_note_failures(judged)),
    )


def _note_failures(judged: Sequence[Judged]) -> list[str]:
    problems = [one.said.problem for one in judged if one.said.problem]
    silent = [one for one in judged if one.said.is_silent and not one.said.problem]
    notes = [f"Failed: {len(problems)} of {len(judged)}. {problems[0]}"] if problems else []
    if silent:
        notes.append(f"No answer, or nothing but reasoning: {len(silent)} of {len(judged)}.")
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
