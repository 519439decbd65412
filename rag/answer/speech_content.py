"""What a verb of speech attributes to its speaker: the part of its sentence that is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer.quoting import HIDDEN
from rag.answer.speech_subject import find_subject_before
from rag.answer.speech_verbs import FORMS, INVERTED, QUOTED_ONLY, WEAK, Kind
from rag.types import Span

_VERB = re.compile(
    rf"\b(?:{'|'.join(sorted(FORMS, key=len, reverse=True))})\b|^(?:Said|Says|Added|Adds|Wrote)\b"
)

WHEN = (
    r"(?:on|late|early|earlier|later|last|this|next|in|at)?\s*(?:late |early )?(?:on )?"
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|yesterday|week|month|year|night|morning"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.? \d+|\d\d? [A-Z][a-z]+"
    r"|\d{4})"
)
#: What makes a verb no report: denied, wished for, a passive, an infinitive, a noun.
_NO_REPORT = re.compile(
    r"(?:\b(?:not|never|no|to|would|could|should|might|may|must|can|cannot|will|shall|did|do|does"
    r"|is|are|was|were|be|been|being|get|got|let|without|by|of|for|refus\w+|declin\w+)"
    r"|n[’']t|[’']d|[’']ll)\s+(?:\w+ly\s+|also\s+|even\s+|yet\s+)?$"
)
_WHOM = rf"(?:to|in|on|at|of|during|through|via)\s+[^,:;{HIDDEN}]{{1,60}}?"
_THAT = re.compile(
    rf"\s*(?:,\s*)?(?:{_WHOM}\s+|{WHEN}\s+|\w+ly\s+|again\s+)*"
    r"(?:that|whether|if|how|why|what)\b"
)
_SPEECH = re.compile(rf"[^{HIDDEN}.;]{{0,80}}?[,:]?\s*(?={HIDDEN})")
#: The same behind verbs of deeds, where it stands near.
_SPEECH_NEXT = re.compile(rf"[,:]?(?!\s+to\b)(?:\s+[\w’'-]+){{0,4}}[,:]?\s*(?={HIDDEN})")
_OF_DEEDS = frozenset("begin continue conclude add post share repeat answer reply respond".split())
_TITLED = re.compile(r"\b(?:called|titled|entitled|dubbed|named|known as|phrase|word)\s*$")
_COLON = re.compile(r"[^.;,]{0,60}:\s+(?=\S)")
_FINITE = (
    r"(?:(?:is|are|was|were|will|would|had|has|have|can|could|may|might|must|should|shall|did|does"
    r"|do)\b|\w+n[’']t\b)"
)
_CLAUSE = re.compile(
    rf"\s*(?!to\b|on\b|for\b|by\b|at\b)(?:[^\s,:;.{HIDDEN}]+\s+){{1,10}}?{_FINITE}"
)
_TO_DO = re.compile(r"\s+(?:[^\s,.;]+\s+){1,8}?to\s+\w+")
_WISHES = frozenset(("urged", "asked", "promised", "warned", "claimed", "denied"))
_TOLD = re.compile(
    r"\s+(?:[^\s,:;.]+\s+){1,9}?(?:that|how|why|what|whether|of|about)\b"
    rf"|\s+[^{HIDDEN}]{{1,80}}?[,:]?\s*(?={HIDDEN})"
    r"|\s+(?:him|her|them|me|us|it|[A-Z]\S+)\s(?=\S+\s+\S+\s+\S)"
)
_NUMBER = re.compile(r"\s+(?:\d|at least|more than|two|three|four|five|six|seven|eight|nine|ten)")
_AS = re.compile(r"[^.;:]{1,90}?\bas\s+(?=\S)")
_CALLED_A = re.compile(
    r"\s*(?:it|this|that|them|him|her|me|us|(?:the|his|her|its|their|[A-Z][\w’'-]+)(?: [\w’'-]+)"
    r"{0,4}?)\s+(?=(?:an?|one of|the (?:most|best|worst|biggest|greatest))\s)"
)
_CALLED_FOR = re.compile(r"\s+for\s+|\s+on\s+[^,.;]{1,80}?\s+to\s+")
_BEFORE_ASIDE = re.compile(rf"[,?!—–{HIDDEN}]\s*$|[,—–]\s+as\s+$")
_AFTER_ASIDE = re.compile(
    rf"\s*(?:[.,;:!?)—–]|$|{WHEN}\s*[.,]|(?:in|on|at|to|during|of|as|after|when)\s)"
)
_ENDS = re.compile(r"\s*(?:[.!?…]|$)")
#: All that stands behind the verb of “Smith said.” and “Menendez asked Fraser.”
_ALONE = re.compile(
    r"(?:\s+(?:him|her|them|me|us|reporters|prosecutors|jurors|the \w+|[A-Z][\w’'-]+"
    rf"|{WHEN})){{0,3}}"
    r"\s*[.!?]?$"
)
_JOINT = re.compile(r",?\s+(?:while|whereas|though|although|but|and)\s+(?=\S)")
#: How far behind a joint the verb of another speaker may stand, in characters.
_REACH = 80


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of speech in a sentence whose quoted speech is hidden."""

    hidden: str
    span: Span

    @property
    def word(self) -> str:
        return self.span.of(self.hidden)

    @property
    def kind(self) -> Kind:
        return FORMS[self.word.casefold()][0]

    @property
    def base(self) -> str:
        return FORMS[self.word.casefold()][1]

    @property
    def left(self) -> str:
        return self.hidden[: self.span.start]

    @property
    def right(self) -> str:
        return self.hidden[self.span.end :]

    @property
    def is_participle(self) -> bool:
        return self.word.endswith("ing") and self.word != self.base

    @property
    def reports(self) -> bool:
        """Whether it is no passive, no infinitive and not denied."""
        return not _NO_REPORT.search(self.left)


def list_verbs(hidden: str) -> list[Verb]:
    """The verbs of speech of a sentence that report something."""
    found = [Verb(hidden, Span(*one.span())) for one in _VERB.finditer(hidden)]
    return [verb for verb in found if verb.reports]


def has_verb(text: str) -> bool:
    """Whether there is any form of a verb of speech in a text."""
    return bool(_VERB.search(text))


def content_of(verb: Verb, subject: Span) -> Span | None:
    """What a verb attributes to the subject before it, or None where it attributes nothing."""
    before = verb.hidden[: subject.start]
    if _is_aside(verb, before):
        return content_around(verb.hidden, subject.start, verb.span.end)
    start = _start_of_content(verb)
    if start is not None:
        start += len(verb.hidden[start:]) - len(verb.hidden[start:].lstrip(" ,"))
        stop = _end_of_content(verb.hidden, start)
        return Span(start, stop) if start < stop else None
    if not before.strip() and _ALONE.match(verb.right) and verb.base in INVERTED | {"tell"}:
        return Span(0, 0)  # “Smith said.”, behind the sentence that he said
    return None


def content_around(hidden: str, start: int, end: int) -> Span:
    """What is attributed by a phrase within it or behind it: “…, it says, …”, “…, said Kirby”."""
    after = hidden[end:].strip(" .,;!?…”\"'")
    before = hidden[:start].rstrip(" ,—–-")
    short = len(after) < 2 or len(after) < len(before) / 2 or before.endswith(HIDDEN)
    if before and short and HIDDEN not in after:
        return Span(0, len(before))
    if before:
        return Span(0, len(hidden))
    rest = hidden[end:]
    return Span(end + len(rest) - len(rest.lstrip(" ,:;")), len(hidden))


def _is_aside(verb: Verb, before: str) -> bool:
    """Whether “X said” stands apart from what it attributes: behind it, or between commas."""
    if not before.strip() or not _BEFORE_ASIDE.search(before) or verb.base in _NEVER_ASIDE:
        return False
    spoken = before.rstrip(" ,").endswith(HIDDEN)
    if verb.base in QUOTED_ONLY | WEAK and not spoken and verb.base != "add":
        return bool(_ENDS.match(verb.right)) and verb.base not in QUOTED_ONLY
    if before.rstrip().endswith(HIDDEN):
        return not _THAT.match(verb.right)
    if not _AFTER_ASIDE.match(verb.right):
        return verb.base == "tell"
    return not _THAT.match(verb.right)


def _start_of_content(verb: Verb) -> int | None:
    """Where begins what the verb attributes, behind it."""
    end, after = verb.span.end, verb.right
    if verb.kind == "called":
        return _start_of_name(verb)
    if verb.base in _NEEDS:
        needed = _NEEDS[verb.base].match(after)
        return end + needed.end() if needed else None
    that = _THAT.match(after)
    if that and verb.kind != "accused":
        return end + that.end()
    speech = (_SPEECH_NEXT if verb.base in _OF_DEEDS else _SPEECH).match(after)
    if speech and not _TITLED.search(speech.group()):
        return end + speech.end()
    if verb.base in QUOTED_ONLY:
        return None
    colon = _COLON.match(after)
    if colon:
        return end + colon.end()
    to_do = verb.kind in _WISHES and _TO_DO.match(after)
    if verb.base in WEAK and not _CLAUSE.match(after) and not to_do:
        return None
    return None if _ENDS.match(after) else end


_NEVER_ASIDE = frozenset("speak count frame cite point".split())
#: What must stand behind a verb of many uses: “counted 11 launches”, “framed the fees as a choice”.
_NEEDS = {
    "tell": _TOLD,
    "count": re.compile(rf"(?={_NUMBER.pattern})"),
    "frame": _AS,
    "speak": re.compile(r"\s+of\b"),
    "point": re.compile(r"\s+out\b(?:\s+that\b)?"),
    "ask": re.compile(rf"{_THAT.pattern}|{_SPEECH.pattern}|(?={_TO_DO.pattern})"),
    "cite": re.compile(r"(?=\s+\S)"),
}


def _start_of_name(verb: Verb) -> int | None:
    """Where begins what somebody is called, or called for; a telephone call has none."""
    end, after = verb.span.end, verb.right
    if verb.base == "call" and re.match(r"\s+(?:for|on)\s", after):
        wanted = _CALLED_FOR.match(after)
        return end + wanted.end() if wanted else None
    described = _AS.match(after) if verb.base not in ("call", "term", "dub") else None
    if described:
        return end + described.end()
    # What nobody stands before is a name: “a video called “…””.
    quoted = re.match(rf"\s+[^\s{HIDDEN}.;:,][^{HIDDEN}.;:,]{{0,80}}?(?={HIDDEN})", after)
    if quoted:
        return end + quoted.end()
    named = _CALLED_A.match(after) if verb.base != "describe" else None
    return end + named.end() if named else None


def _end_of_content(hidden: str, start: int) -> int:
    """Where another speaker's clause begins behind what is attributed, or the end."""
    for joint in _JOINT.finditer(hidden, start):
        rest = hidden[joint.end() : joint.end() + _REACH]
        verb = _VERB.search(rest)
        if verb is None or verb.start() == 0 or re.search(r"[,;:]", rest[: verb.start()]):
            continue
        if _NO_REPORT.search(rest[: verb.start()]):
            continue
        subject = find_subject_before(rest[: verb.start()].rstrip() + " ")
        if subject is not None and subject.start == 0:
            return joint.start()
    return len(hidden)
