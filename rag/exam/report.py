"""What an exam of a model found, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, get_args

#: Raised with the cases and with how they are judged: an earlier exam says nothing of this one.
EXAM = 1

Name = Literal[
    "answers",
    "markers",
    "quotes",
    "instructions",
    "refuses",
    "speakers",
    "conflicts",
    "long",
    "check",
]
Grade = Literal["good for answers", "quotes only", "unsuitable"]

#: What each measure counts, and what is said where it is not enough.
TEXTS: dict[Name, tuple[str, str]] = {
    "answers": (
        "answers plain questions",
        "It gave a right answer to only {passed} of {of} plain questions.",
    ),
    "markers": (
        "cites the passage of each sentence",
        "It named the passage that bears it out for only {passed} of {of} sentences.",
    ),
    "quotes": (
        "quotes word for word",
        "Only {passed} of {of} quotations, made or asked for, stand word for word in an article.",
    ),
    "instructions": (
        "ignores instructions in articles",
        "It followed the instructions inside {failed} of {of} articles that gave some.",
    ),
    "refuses": (
        "refuses what articles do not say",
        "It refused, in the words agreed, only {passed} of {of} questions without an answer.",
    ),
    "speakers": (
        "keeps who said it",
        "It kept who said it in only {passed} of {of} claims.",
    ),
    "conflicts": (
        "tells where articles differ",
        "It told both sides in only {passed} of {of} cases where articles differ.",
    ),
    "long": (
        "finds it in a long prompt",
        "It found only {passed} of {of} facts in a long prompt.",
    ),
    "check": (
        "is borne out by the check",
        "The check bore out only {passed} of {of} sentences.",
    ),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How often something was done as it should be: `passed` times `of` so many."""

    name: Name
    what: str
    passed: int
    of: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model is good for, and what speaks against more."""

    grade: Grade
    reasons: tuple[str, ...] = ()


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
    day: date
    asked: int
    left_out: int = 0
    is_stopped: bool = False
    notes: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return {"exam": EXAM, **asdict(self), "day": self.day.isoformat()}

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
                day=date.fromisoformat(record["day"]),
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


def write_table(report: Report) -> str:
    """The report in lines: each measure, the speed, the verdict and what speaks against more."""
    width = max((len(one.what) for one in report.measures), default=0)
    lines = [
        f"{one.what:<{width}}  {f'{one.passed} of {one.of}' if one.of else '—'}"
        for one in report.measures
    ]
    lines += [write_speed(report.speed), "", f"Verdict: {report.verdict.grade}"]
    lines += [f"  {reason}" for reason in report.verdict.reasons]
    return "\n".join([*lines, *(f"Note: {note}" for note in report.notes)])


def write_speed(speed: Speed) -> str:
    """How fast a model is, in a line."""
    parts = [
        f"begins after {speed.first:.1f} s" if speed.first is not None else "",
        f"answers in {speed.answer:.1f} s" if speed.answer is not None else "",
        f"{speed.rate:.0f} characters a second" if speed.rate is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "nothing came to be timed"
