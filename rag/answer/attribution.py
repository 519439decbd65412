"""What a sentence says of its own speaker: “…, Kirby said”, “according to the Pentagon”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.quoting import HIDDEN, hide_speech
from rag.answer.speech_content import WHEN, Verb, content_around, content_of, list_verbs
from rag.answer.speech_phrases import find_phrases
from rag.answer.speech_subject import (
    find_subject_after,
    find_subject_before,
    find_subject_of_clause,
)
from rag.answer.speech_verbs import INVERTED, Kind
from rag.types import Span

#: A sentence that is longer is read to here, in characters.
LONGEST = 1_200
#: A speaker's second verb stands at most this many words behind the first: “disagreed and said”.
_NEAR = 6

_ADVERB = (
    r"(?:\w+ly|also|then|later|again|even|once|often|still|now|just|earlier|previously|already|first"
    r"|further|both|all|too|however|instead|in turn|at first|has|have|had|having)"
)
#: Between a verb and its speaker.
_BETWEEN = re.compile(rf"(?:(?<=\s)(?:{WHEN}|{_ADVERB})\s+)+$")
#: What an inverted verb stands behind: “…, said Kirby”.
_OPEN = re.compile(rf"(?:^|[,?!—–{HIDDEN}-]\s*|[.!?…]\s+)$")
_ASIDE = re.compile(r"(?<=\w )\([^()@]{1,40}\)")
_SECOND_VERB = re.compile(r",?\s+(?:and|but|then)(?:\s+\w+ly|\s+also)?\s+$")
_ASKING = frozenset("ask say add argue claim warn insist note tell explain stress urge".split())
_PLURALS = frozenset("they we i people police".split())


@dataclass(frozen=True, slots=True)
class Attribution:
    """That a sentence says whose words or claim something in it is.

    `speaker` and `content` are stretches of the sentence: the speaker as written (a pronoun too),
    and what is attributed, which is empty in “Smith said.”. `verb` is the word as it stands.
    """

    speaker: Span
    verb: str
    kind: Kind
    content: Span

    def name(self, sentence: str) -> str:
        """The speaker as written in `sentence`."""
        return self.speaker.of(sentence)

    def holds(self, other: Attribution) -> bool:
        """Whether the other one is part of what this one attributes."""
        inside = self.content.start <= other.speaker.start < self.content.end
        around = other.content.start <= self.speaker.start < other.content.end
        # Of two of which each seems to hold the other, the outer one stands at the end.
        return inside and (not around or self.content.end <= self.speaker.start)


def find_attributions(sentence: str) -> tuple[Attribution, ...]:
    """Every attribution of a sentence, in the order of their speakers.

    What stands in quotation marks has none; what stands within another's content has.
    """
    return read_hidden(hide_speech(sentence))


@lru_cache(maxsize=4_000)
def read_hidden(hidden: str) -> tuple[Attribution, ...]:
    """The same for a sentence whose quoted speech is hidden already."""
    hidden = _ASIDE.sub(lambda found: " " * len(found.group()), hidden[:LONGEST])
    found = [Attribution(*one) for one in find_phrases(hidden)]
    taken = {one.speaker for one in found}
    for one in _find_verbs(hidden):
        if one.speaker not in taken:
            taken.add(one.speaker)
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.speaker.start))


def find_attribution(sentence: str) -> Attribution | None:
    """What the sentence says of the speaker of all it reports, or None where it names none.

    Of an attribution within another the outer one counts: “Kirby said that Pyongyang had claimed …”
    is Kirby's. Of two that stand side by side it is the first.
    """
    return pick_outer(find_attributions(sentence))


def pick_outer(found: tuple[Attribution, ...]) -> Attribution | None:
    """The first of the attributions that stand in no other's content."""
    return next((one for one in found if not any(other.holds(one) for other in found)), None)


def _find_verbs(hidden: str) -> Iterator[Attribution]:
    for verb in list_verbs(hidden):
        one = _read_participle(verb) if verb.is_participle else _read_verb(verb)
        if one is not None:
            yield one


def _read_verb(verb: Verb) -> Attribution | None:
    between = _BETWEEN.search(verb.left)
    bare = verb.left[: between.start()] if between else verb.left
    if verb.base in INVERTED and _OPEN.search(bare):
        subject = find_subject_after(verb.hidden, verb.span.end)
        if subject is not None:
            content = content_around(verb.hidden, verb.span.start, subject.end)
            return Attribution(subject, verb.word, verb.kind, content)
    subject = find_subject_before(bare) or _subject_of_two(bare)
    if subject is None or not _agrees(verb, subject):
        return None
    content_or_none = content_of(verb, subject)
    if content_or_none is None:
        return None
    return Attribution(subject, verb.word, verb.kind, content_or_none)


def _subject_of_two(left: str) -> Span | None:
    """The subject of a verb that follows another of the same: “Brown disagreed and said”."""
    second = _SECOND_VERB.search(left)
    if second is None:
        return None
    subject = find_subject_of_clause(left[: second.start()])
    if subject is None:
        return None
    between = left[subject.end : second.start()]
    return subject if len(between.split()) <= _NEAR and "," not in between else None


def _read_participle(verb: Verb) -> Attribution | None:
    """“Menendez pressed her, asking if …”: the speaker is the sentence's subject."""
    if verb.base not in _ASKING or not verb.left.rstrip().endswith(","):
        return None
    subject = find_subject_of_clause(verb.left)
    if subject is None or verb.left[: subject.start].strip():
        return None
    content = content_of(verb, subject)
    return Attribution(subject, verb.word, verb.kind, content) if content else None


def _agrees(verb: Verb, subject: Span) -> bool:
    """Whether a verb in its base form has a plural before it: “officials say”."""
    if verb.word != verb.base:
        return True
    words = subject.of(verb.hidden).casefold().split()
    if words[-1] in _PLURALS or words[0] in ("some", "many", "both"):
        return True
    return words[-1].endswith("s") and not words[-1].endswith("ss")
