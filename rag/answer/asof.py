"""Whether an answer holds as of a day only, and of which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import takewhile

from rag.answer.counts import asks_whether, find_counts
from rag.answer.dates import write_date
from rag.answer.kinds import find_kind
from rag.answer.periods import find_day, find_period
from rag.answer.reported import asks_count
from rag.answer.states import TURN, asks_state
from rag.retrieve.question import Question
from rag.types import Answer, Citation, Sentence

#: The verb that a question turns on: the first of these.
_AUXILIARY = re.compile(
    r"\b(?:(?P<present>is|are|has|have|does|do)|was|were|did|had|will|would|can|could|may|might"
    r"|should)\b|\b(?P<short>(?:who|what|where|how|it|he|she|that|there)[’']s|\w+[’'](?:re|ve))\b",
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
#: “Ines Aldana, the mayor of Skell,” says what she is.
_APPOSED = re.compile(r",\s(?:the|an?|its|his|her|their)\s[^,;.]{3,60}[,.]")
#: A count that grows while it is told of, whatever is asked.
_GROWING = re.compile(r"\b(?:so far|to date|tolls?)\b", re.IGNORECASE)
_QUOTATION = re.compile(r"[“\"][^”\"]*[”\"]")


def note_as_of(answer: Answer, question: Question, *, first: bool = False) -> str | None:
    """“As of 12 March 2022, the day of the newest article quoted.”, where the answer may age.

    It may where it rests on a count or on a state of affairs; what happened stays as it was.
    `first` is whether the count that is quoted first is the one asked for, and others stand by it.
    """
    borne = [one for one in answer.sentences if one.check != "unsupported"]
    counts = asks_count(find_kind(question)) or asks_whether(question.text)
    told = _cut(borne, answer.citations)
    counted = told if first else borne
    bearing = [one for one in counted if counts and find_counts(one.text)]
    if bearing and (runs_to := _find_end(bearing, answer.citations)):
        return f"As of {write_date(runs_to)}, the last day that the figures quoted count."
    bearing = bearing or [one for one in told if _may_age(question, one.text)]
    numbers = {number for sentence in bearing for number in sentence.citations}
    cited = [citation for citation in answer.citations if citation.n in numbers]
    return _write(cited, answer.citations) if cited else None


def _find_end(bearing: Sequence[Sentence], citations: Sequence[Citation]) -> date | None:
    """The last day that any of their counts runs to, where each ends before it was told."""
    published = {citation.n: citation.published for citation in citations}
    ends: list[date] = []
    for sentence in bearing:
        told = next((published[n] for n in sentence.citations if published.get(n)), None)
        for count in find_counts(sentence.text):
            period = find_period(sentence.text, count, told)
            day = find_day(sentence.text, count, period, told)
            if day is None or told is None or day >= told:
                return None
            ends.append(day)
    return max(ends, default=None)


def _cut(borne: Sequence[Sentence], citations: Sequence[Citation]) -> Sequence[Sentence]:
    """Of quotations those of the first article: what follows may be about something else."""
    articles = {citation.n: citation.article for citation in citations}

    def held(sentence: Sentence) -> str | None:
        return articles.get(sentence.citations[0]) if sentence.citations else None

    if not any(one.lead for one in borne):
        return borne
    return list(takewhile(lambda one: held(one) == held(borne[0]), borne))


def _may_age(question: Question, said: str) -> bool:
    """Whether it gives a toll, or the question asks for what is, and this tells of it."""
    if _GROWING.search(said) and find_counts(said):
        return True
    plain = _QUOTATION.sub(" ", said)
    if asks_state(question) and (TURN.search(plain) or _APPOSED.search(plain)):
        return True
    found = _AUXILIARY.search(question.text)
    present = found["present"] or found["short"] if found else _ASKS_STATE.search(question.text)
    return bool(present) and bool(_STATE.search(plain))


def _write(cited: Sequence[Citation], every: Sequence[Citation]) -> str:
    """The day of the newest of `cited`, which is called the newest where none of `every` is newer.

    In quotations an article that is quoted later may be newer, and say something else.
    """
    days = [citation.published for citation in cited if citation.published]
    if not days:
        return "As of the article quoted, which is undated."
    newest = max(days)
    if len({citation.article for citation in every}) == 1:
        which = "the article quoted"
    elif any(one.published and one.published > newest for one in every):
        which = "the article quoted first"
    else:
        which = "the newest article quoted"
    undated = "" if len(days) == len(cited) else "; another is undated"
    return f"As of {write_date(newest)}, the day of {which}{undated}."
