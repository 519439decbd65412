"""Questions for how things stand, and the latest of what the articles tell of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.evidence import Asked, Evidence
from rag.answer.kinds import WHO_IS, find_kind
from rag.retrieve.question import Question

#: A later sentence is shown first where it has this part of what speaks for the best one, of what
#: that one and its neighbours have of the question, and of what it has of it alone.
SHARE, CONTEXT, SAID = 0.1, 0.75, 0.5
#: Less is enough where it tells that something changed: it does so in other words than the state's.
TURNED, TURNED_SAID = 0.02, 0.25
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
    r"\b(?:re-?)?(?:open|clos|start|stopp|end|lift|bann|appoint|elect|nam|succeed|replac|dismiss"
    r"|sack|resign|releas|freed|shut|resum|allow)(?:ed|s|es)?\b"
    r"|\b(?:stepp?(?:ed|s) down|t(?:akes|ook) (?:over|office)|sworn in|became|no longer|new)\b",
    re.IGNORECASE,
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
    """The sentences that tell how things stood last, where others than the best one do."""
    if not evidence or not asks_state(asked.question):
        return ()
    best = evidence[0]
    day = best.hit.article.published
    near = [
        one
        for one in evidence
        if (published := one.hit.article.published) and day and published > day
        if _is_near(asked, one, best)
    ]
    newest = max(
        (one.hit.article.published for one in near if one.hit.article.published), default=None
    )
    return tuple(one for one in near if one.hit.article.published == newest)[:LEADING]


def _is_near(asked: Asked, one: Evidence, best: Evidence) -> bool:
    turned = bool(TURN.search(one.text))
    named = [term.stem for term in asked.terms if term.name]
    return (
        one.share >= (TURNED if turned else SHARE) * best.share
        and one.features.context >= CONTEXT * best.features.context
        and one.features.said >= (TURNED_SAID if turned else SAID) * best.features.said
        and one.features.person >= best.features.person
        and not one.features.asks
        and all(one.covered[stem] >= NAMED for stem in named)
    )
