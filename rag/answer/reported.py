"""A sentence with what it counts and when, and whether another counts the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.answer.counts import Count, find_counts
from rag.answer.evidence import Evidence
from rag.answer.kinds import Kind
from rag.answer.likeness import measure_likeness
from rag.answer.periods import Period, find_day, find_period
from rag.index.embedders import Embedder
from rag.index.lexical import stems
from rag.retrieve.question import find_names

#: The cosine from which on two sentences are taken to count one thing where no question says what.
UNASKED = 0.6
#: “Weekly users” are others than “monthly users”.
_RATES = frozenset(stems("hourly daily weekly monthly quarterly yearly annual"))


@dataclass(frozen=True, slots=True)
class ReportedCount:
    """A sentence that counts what is asked for; `day` is the one that its count holds for."""

    evidence: Evidence
    count: Count
    period: Period | None
    day: date | None

    @property
    def published(self) -> date | None:
        return self.evidence.hit.article.published

    def covers_other_days(self, other: ReportedCount) -> bool:
        """Whether both say which period they cover, and it is not the same."""
        return (
            self.period is not None
            and other.period is not None
            and not self.period.same(other.period)
        )

    def is_over(self, period: Period | None) -> bool:
        """Whether it says that it covers that period."""
        return period is not None and self.period is not None and self.period.same(period)

    def differs(self, other: ReportedCount) -> bool:
        """Whether two counts of the same thing come to another figure.

        On one day “at least six” and “seven” agree, and on any two days “more than 90%” and “93%”.
        """
        if self.day == other.day or self.count.unit == "%":
            return not self.count.agrees(other.count)
        return not self.count.repeats(other.count)

    def contradicts(self, other: ReportedCount) -> bool:
        """Whether it differs from a count of the same day, so that not both can be right."""
        same_day = self.day is not None and self.day == other.day
        same_day = same_day and self.evidence.hit.article.id != other.evidence.hit.article.id
        return same_day and not self.covers_other_days(other) and self.differs(other)


def find_beside(
    given: ReportedCount, evidence: Sequence[Evidence], embedder: Embedder | None
) -> list[ReportedCount]:
    """What counts the same as a sentence does in other articles, whatever the question is."""
    found = [
        tell(one, count)
        for one in evidence
        if one.hit.article.id != given.evidence.hit.article.id
        for count in find_counts(one.text)
        if count.noun is not None and count.noun == given.count.noun
    ]
    found = [one for one in found if is_same_thing(one, given) and _share_name(one, given)]
    if embedder is None or not found:
        return []
    texts = [given.evidence.text, *(one.evidence.text for one in found)]
    cosines = measure_likeness(texts, embedder)
    return [one for one, cosine in zip(found, cosines, strict=True) if cosine >= UNASKED]


def tell(one: Evidence, count: Count) -> ReportedCount:
    published = one.hit.article.published
    period = find_period(one.text, count, published)
    return ReportedCount(one, count, period, find_day(one.text, count, period, published))


def is_same_thing(one: ReportedCount, other: ReportedCount) -> bool:
    """Whether both count one thing: of one unit, of one fate, of kinds that do not part them."""
    first, second = one.count, other.count
    if first.unit != second.unit or first.rate != second.rate:
        return False
    if first.fate and second.fate and first.fate != second.fate:
        return False
    if {*first.kinds & _RATES} != {*second.kinds & _RATES}:
        return False
    return not (first.kinds and second.kinds and not first.kinds & second.kinds)


def _share_name(one: ReportedCount, other: ReportedCount) -> bool:
    """Whether two sentences name somebody or some place in common, as far as both name any."""
    names, others = (set(find_names(each.evidence.text)) for each in (one, other))
    return not names or not others or bool(names & others)


def asks_count(kind: Kind | None) -> bool:
    """Whether a question of this kind asks for a number, a sum of money or a share."""
    return kind is not None and (
        kind.group == "number" or kind.wanted in ("a sum of money", "a share")
    )
