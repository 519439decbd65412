"""Whether an answer holds as of a day only, and of which."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.counts import find_counts
from rag.answer.dates import write_date
from rag.answer.kinds import find_kind
from rag.retrieve.question import Question
from rag.types import Answer, Citation, Sentence

#: The verb that a question turns on: the first of these.
_AUXILIARY = re.compile(
    r"\b(?:(?P<present>is|are|has|have|does|do)|was|were|did|had|will|would|can|could|may|might"
    r"|should)\b|[’'](?P<short>s|re|ve)\b",
    re.IGNORECASE,
)
_STATE_VERBS = (
    r"holds?|remains?|leads?|stands?|serves?|heads?|lives?|runs?|owns?|belongs?|governs?|rules?"
    r"|chairs?|employs?|costs?|shelters?|includes?|lacks?|needs?|wants?|supports?|opposes?|keeps?"
    r"|lies|maintains?|works?"
)
#: A question without one: “which country leads”.
_ASKS_STATE = re.compile(rf"^\W*(?:who|what|which)\b[^?]*?\b(?:{_STATE_VERBS})\b", re.IGNORECASE)
_STATE = re.compile(rf"\b(?:is|are|isn[’']t|aren[’']t|has|have|{_STATE_VERBS})\b", re.IGNORECASE)
#: A count that grows while it is told of.
_GROWING = re.compile(r"\b(?:so far|to date|since|tolls?|tally|already)\b", re.IGNORECASE)
_QUOTATION = re.compile(r"[“\"][^”\"]*[”\"]")
_COUNTING = ("a sum of money", "a share")


def note_as_of(answer: Answer, question: Question) -> str | None:
    """“As of 12 March 2022, the day of the newest article quoted.”, where the answer may age.

    It may where it rests on a count or on a state of affairs; what happened stays as it was.
    """
    borne = [one for one in answer.sentences if one.check != "unsupported"]
    bearing = [one for one in borne if _is_count(question, one.text)]
    bearing = bearing or [one for one in _cut(borne) if _is_state(question, one.text)]
    numbers = {number for sentence in bearing for number in sentence.citations}
    cited = [citation for citation in answer.citations if citation.n in numbers]
    return _write(cited, answer.citations) if cited else None


def _cut(borne: Sequence[Sentence]) -> Sequence[Sentence]:
    """Of quotations those of the first article: what follows may be about something else."""
    led = [place for place, one in enumerate(borne) if one.lead is not None]
    return borne[: led[1]] if len(led) > 1 else borne


def _is_count(question: Question, said: str) -> bool:
    """Whether what is said counts: what the question asks for, or what still grows."""
    kind = find_kind(question)
    counts = kind is not None and (kind.group == "number" or kind.wanted in _COUNTING)
    return bool((counts or _GROWING.search(said)) and find_counts(said))


def _is_state(question: Question, said: str) -> bool:
    """Whether the question asks for what is, and what is said tells of it."""
    found = _AUXILIARY.search(question.text)
    present = found["present"] or found["short"] if found else _ASKS_STATE.search(question.text)
    return bool(present) and bool(_STATE.search(_QUOTATION.sub(" ", said)))


def _write(cited: Sequence[Citation], every: Sequence[Citation]) -> str:
    """The day of the newest of `cited`, which is called the newest where none of `every` is newer.

    In quotations an article that is quoted later may be newer, and say something else.
    """
    days = [citation.published for citation in cited if citation.published]
    if not days:
        return "As of an article without a date."
    newest = max(days)
    if len({citation.article for citation in every}) == 1:
        which = "the article quoted"
    elif any(one.published and one.published > newest for one in every):
        which = "the article quoted first"
    else:
        which = "the newest article quoted"
    undated = "" if len(days) == len(cited) else "; another is undated"
    return f"As of {write_date(newest)}, the day of {which}{undated}."
