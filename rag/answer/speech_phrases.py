"""Attributions without a verb of speech: “according to X”, “by X's account”, “X: ‘…’”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from rag.answer.quoting import HIDDEN
from rag.answer.speech_content import content_around
from rag.answer.speech_table import COUNTRIES
from rag.answer.speech_verbs import Kind
from rag.types import Span

#: A speaker, the word that tells, its kind, and what is attributed.
Found = tuple[Span, str, Kind, Span]
#: Where what is attributed stands: around the phrase, before it, behind it; all; nowhere.
Where = Literal["around", "before", "behind", "all", "nowhere"]

_NAME = r"[A-Z0-9][\w’'.&-]*(?:\s+(?:(?:of|the|for|de|van|von|bin|al|&)\s+){0,2}[A-Z][\w’'.&-]*)*"
_REST = rf"[^,;.:{HIDDEN}()—–]+"
_BODY = r"[a-z]+\s+(?:for|of|at|from|in)\s+(?:the\s+)?(?:[a-z]+\s+)?"
_SPEAKER = (
    r"(?:the\s+|an?\s+)?(?:[a-z][\w-]*\s+){0,5}?"
    rf"(?:{_NAME}(?:\s+[a-z]+(?=[,.;]|$))?|[a-z]+s\b|[a-z]+(?=[,.;:]|$)|{_BODY}{_NAME})"
)
_ACCOUNT = (
    r"(?:account|telling|view|words|opinion|version|reading|estimate|count|calculation|eyes"
    r"|assessment|judge?ment)s?"
)
_NATIONS = "|".join(name.title() for name in COUNTRIES)
_OWNER = rf"{_NAME}[’']s?|[Tt]he\s+[\w’' -]{{2,40}}?[’']s|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir"
_CALLED = "described|called|termed|dubbed|branded|characterised|characterized|labelled|labeled|seen"
_SAYING = "claim|argument|position|explanation|answer|message|point"
_SENT = "statement|email|tweet|post|interview"

_TABLE: tuple[tuple[Kind, Where, str], ...] = (
    (
        "according to",
        "around",
        rf"\b(?P<verb>[Aa]ccording to|ACCORDING TO)\s+"
        rf"(?P<who>{_REST}(?:\.(?=\s?[A-Z]|\w){_REST})*)",
    ),
    ("according to", "around", rf"(?:, |^)(?P<verb>[Pp]er) (?P<who>(?:the )?{_NAME})(?=[,.;]|$)"),
    (
        "according to",
        "around",
        rf"\b(?P<verb>[Bb]y|[Ii]n|[Oo]n)\s+(?P<who>{_OWNER}|the\s+(?:{_NATIONS}))\s+(?:own\s+)?"
        rf"{_ACCOUNT}\b(?!\s+of)",
    ),
    (
        "according to",
        "before",
        rf"\b(?P<verb>in) (?P<who>the (?:{_NATIONS})) (?:one|version)\b",
    ),
    (
        "claimed",
        "behind",
        rf"(?:^|[,;]\s)(?P<who>{_OWNER})\s+(?P<verb>{_ACCOUNT}|{_SAYING})\s+(?:is|was)\s+"
        rf"(?:that\s|[:,]?\s*(?={HIDDEN}))",
    ),
    ("said", "behind", rf"^(?P<who>{_NAME})(?P<verb>:)\s*(?={HIDDEN})"),
    (
        "said",
        "behind",
        rf"^(?P<who>{_NAME})(?:\s+[a-z]+)?,? in an? (?:{_SENT})[^.{HIDDEN}]{{0,40}}(?P<verb>:)",
    ),
    (
        "said",
        "behind",
        rf"(?P<who>{_NAME})\s+(?:is|was|has been)\s+(?P<verb>quoted) as saying\b",
    ),
    (
        "said",
        "before",
        rf"{HIDDEN}\s*(?P<verb>[—–-]{{1,2}})\s*(?P<who>{_NAME}(?:,? [^.\n]{{0,60}})?)\s*$",
    ),
    ("said", "before", rf"^\W*(?P<verb>[—–-]{{1,2}})\s*(?P<who>{_NAME}(?: of {_NAME})?)\s*$"),
    (
        "said",
        "before",
        r"(?P<verb>—)\s(?P<who>[^—@()\n]{2,60}?)(?: - [^—@()\n]{2,40})?\s\(@\w+\)",
    ),
    (
        "said",
        "around",
        rf"(?:^|,)\s*[Aa]s (?P<who>{_NAME}|he|she|they|it|the [\w-]+) (?P<verb>put|puts) it\b",
    ),
    (
        "called",
        "all",
        rf"\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+)?(?P<verb>{_CALLED})[^,.;]{{0,60}}?"
        rf"\s*\bby\s+(?P<who>{_SPEAKER})(?=[\s,.;]|$)",
    ),
    (
        "called",
        "behind",
        rf"^(?:\w+,? )?(?P<who>{_NAME}|the [\w-]+|he|she|it) (?P<verb>used|uses)"
        r" (?:that|this|the same|the) (?:word|term|phrase|expression)\b",
    ),
    (
        "announced",
        "nowhere",
        rf"^(?P<verb>Word|News|Confirmation) of [^.{HIDDEN}]{{1,60}}? came from"
        rf" (?P<who>(?:the )?{_NAME})(?=[ .,]|$)",
    ),
)
_PHRASES = tuple((kind, where, re.compile(pattern)) for kind, where, pattern in _TABLE)

#: “according to the club's head of marketing, Loretta Johns”
_NAMED_BEHIND = re.compile(
    r", (?P<who>[A-Z][\w’'-]+(?: [A-Z]\.)?(?: (?:de|van|von|al) )?(?: [A-Z][\w’'-]+){1,2})"
    r"(?=[,.;]|$)"
)
#: What a speaker does not reach over: a verb, a day, what was done with a writing.
_ENDS_SPEAKER = re.compile(
    r"\s(?:on|who|which|that|and|but|is|was|were|are|has|have|had|will|as|while|when|because"
    r"|published|released|issued|obtained|seen|compiled|posted|shared|sent|filed|provided|cited"
    r"|conducted|given|quoted|reported|reviewed|viewed|made|held"
    r"|after|before|during|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)


def find_phrases(hidden: str) -> Iterator[Found]:
    """Each such attribution of a sentence whose quoted speech is hidden."""
    for kind, where, pattern in _PHRASES:
        for found in pattern.finditer(hidden):
            who, end = Span(*found.span("who")), found.end()
            if who.end == end and where == "around":
                who = _read_speaker(hidden, who)
                end = who.end
            content = _find_content(hidden, where, Span(found.start(), end))
            yield _without_genitive(hidden, who), found["verb"], kind, content


def _find_content(hidden: str, where: Where, phrase: Span) -> Span:
    match where:
        case "around":
            return content_around(hidden, phrase.start, phrase.end)
        case "before":
            return Span(0, phrase.start)
        case "behind":
            return Span(phrase.end, len(hidden))
        case "all":
            return Span(0, len(hidden))
        case "nowhere":
            return Span(0, 0)


def _read_speaker(hidden: str, who: Span) -> Span:
    """The speaker behind “according to”, or the name that follows a description."""
    stop = _ENDS_SPEAKER.search(hidden, who.start, who.end)
    end = stop.start() if stop else who.end
    end = who.start + len(hidden[who.start : end].rstrip())
    named = _NAMED_BEHIND.match(hidden, end)
    if named and re.search(r"\b[a-z]+\b", hidden[who.start : end]):
        return Span(*named.span("who"))
    return Span(who.start, end)


def _without_genitive(hidden: str, who: Span) -> Span:
    ending = re.search(r"[’']s?$", who.of(hidden))
    return Span(who.start, who.end - len(ending.group())) if ending else who
