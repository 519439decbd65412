"""Questions for how things stand, and the latest of what the articles tell of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.answer.evidence import Asked, Evidence
from rag.answer.kinds import WHO_IS, find_kind
from rag.answer.when import find_newest, read_wish, soon_after
from rag.retrieve.question import Question

#: A later sentence is shown first where it has this part of what speaks for the best one, of what
#: that one and its neighbours have of the question, and of what it has of it alone.
SHARE, CONTEXT, SAID = 0.1, 0.75, 0.5
#: Less is enough where it tells that something changed: it does so in other words than the state's.
#: Where it is asked whether something is still so, the share tells nothing, and the cosine more.
TURNED, TURNED_CONTEXT, TURNED_SAID, TURNED_COSINE = 0.02, 0.5, 0.25, 0.75
#: How far it, or what stands beside it, must have each name of the question.
NAMED = 0.5
#: Sentences of the latest day that go first.
LEADING = 2

#: “Who is the director of the port”, “who leads it now”.
_WHO = re.compile(
    r"^\W*who(?:[’']s| is| are|(?: now| currently)? (?:heads?|leads?|runs?|chairs?|holds?|governs?"
    r"|rules?|owns?|coaches|manages|commands?|edits?))\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(
    r"^\W*(?:is|are|isn[’']t|aren[’']t)\b(?! there (?:any|evidence))", re.IGNORECASE
)
_STILL = re.compile(
    r"\b(?:still|no longer|any ?more|any longer|currently|at present|at the moment|these days)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|did|had|wasn[’']t|weren[’']t|didn[’']t|hadn[’']t)\b", re.IGNORECASE
)
#: What ends one state and begins another: “it was reopened”.
TURN = re.compile(
    r"\b(?:re-?)?(?:open|clos|start|stopp|end|lift|bann|appoint|elect|succeed|replac|dismiss"
    r"|sack|resign|releas|freed|shut|resum|allow)(?:ed|s|es)?\b"
    r"|\b(?:stepp?(?:ed|s) down|t(?:akes|ook) (?:over|office)|named|sworn in|became|no longer"
    r"|(?:is|as|becomes) (?:the|its|their|a) new)\b",
    re.IGNORECASE,
)
#: Who follows whom in an office, told beside a sentence that names it: “His successor, Ruth Ames”.
_SUCCESSION = re.compile(
    r"\b(?:successor|replacement|succeed(?:s|ed|ing)?|replac(?:es|ed|ing)|t(?:akes|ook|aking) over"
    r"|in (?:his|her|their) place)\b",
    re.IGNORECASE,
)
#: Offices of those who run something, and what may stand before a sentence that tells of one.
_RUNS = re.compile(r"^\W*who(?: now| currently)? (?:heads?|leads?|runs?|chairs?|manages)\b", re.I)
_OFFICE = re.compile(
    r"\b(?:chief|CEO|director|head|president|chair(?:man|woman|person)?|boss|manager|leader"
    r"|governor|mayor|minister|principal|commander|editor|rector)\b",
    re.IGNORECASE,
)
_BEFORE = 200
#: “Ines Aldana, the mayor”, “Ines Aldana is the mayor”.
_PERSON = re.compile(
    r"(?P<name>[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w.’'-]*)+)(?P<is>,| (?:is|was|are|were)\b)?"
)
#: “Who was the mayor in 2021”, “was the bridge closed in May”.
_WAS = re.compile(
    r"^\W*(?:who )?(?:was|were|led|headed|ran|chaired|held|owned|coached)\b", re.IGNORECASE
)
_STATE_ENDS = re.compile(
    r"\b(?:still|already|open|closed|shut|in force|allowed|banned)\b", re.IGNORECASE
)


def asks_state(question: Question) -> bool:
    """Whether it asks how things stand: who holds an office, whether something is still so."""
    kind = find_kind(question)
    if _PAST.search(question.text) or kind is WHO_IS:
        return False
    if kind is not None and kind.group == "person":
        return bool(_WHO.match(question.text))
    return bool(_STILL.search(question.text) or (kind is None and _WHETHER.match(question.text)))


def find_latest(asked: Asked, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The sentences that tell how things stood last, or at the past time that is asked about.

    None where the best sentence is of that article's day, or no other is near it.
    """
    if not evidence:
        return ()
    until = _find_until(asked.question, evidence)
    if until is None and not asks_state(asked.question):
        return ()
    best = evidence[0]
    day = best.hit.article.published
    near = [
        one
        for one in evidence
        if (published := one.hit.article.published)
        and (until is None or published <= until)
        and (one is best or _is_near(asked, one, best) or _is_succession(asked, one, best))
    ]
    newest = max((_day(one) for one in near), default=None)
    followed = [one for one in near if _day(one) == newest and _is_succession(asked, one, best)]
    if until is None and followed:
        return tuple(followed[:1])
    if newest is None or day is None or newest == day:
        return ()
    return tuple(one for one in near if _day(one) == newest)[:LEADING]


def _is_succession(asked: Asked, one: Evidence, best: Evidence) -> bool:
    """Whether it names who followed in the office asked about, which may be named beside it."""
    if not _WHO.match(asked.question.text) or not asks_state(asked.question):
        return False
    if one.features.asks or one.features.person <= 0 or not _SUCCESSION.search(one.text):
        return False
    if one is not best and not _names_another(one, best):
        return False
    if any(one.covered[term.stem] < NAMED for term in asked.terms if term.name):
        return False
    if _RUNS.match(asked.question.text):
        start = max(0, one.span.start - _BEFORE)
        return bool(_OFFICE.search(one.hit.article.text[start : one.span.end]))
    return one.features.context >= CONTEXT * best.features.context


def _day(one: Evidence) -> date:
    return one.hit.article.published or date.min


def _find_until(question: Question, evidence: Sequence[Evidence]) -> date | None:
    """The last day on which articles tell of the past time that “was” is asked about."""
    text = question.text
    asks = _WAS.match(text) and (_STATE_ENDS.search(text) or text.casefold().startswith("who"))
    newest = find_newest([one.hit for one in evidence])
    around = read_wish(text, newest).around if asks else None
    return soon_after(around.last) if around else None


def _names_another(one: Evidence, best: Evidence) -> bool:
    """Whether it says of somebody whom the best sentence does not name what he is or became."""
    turned = bool(TURN.search(one.text))
    named = [found for found in _PERSON.finditer(one.text) if turned or found["is"]]
    return any(found["name"] not in best.text for found in named)


def _is_near(asked: Asked, one: Evidence, best: Evidence) -> bool:
    if one.features.asks or one.features.person < best.features.person:
        return False
    if best.features.person and not _names_another(one, best):
        return False
    if any(one.covered[term.stem] < NAMED for term in asked.terms if term.name):
        return False
    share, context, said = (
        one.share / best.share,
        one.features.context / (best.features.context or 1.0),
        one.features.said / (best.features.said or 1.0),
    )
    if share >= SHARE and context >= CONTEXT and said >= SAID:
        return True
    turned = bool(TURN.search(one.text)) and context >= TURNED_CONTEXT and said >= TURNED_SAID
    if turned and _STILL.search(asked.question.text):
        return one.features.cosine >= TURNED_COSINE * best.features.cosine
    return turned and share >= TURNED and context >= CONTEXT
