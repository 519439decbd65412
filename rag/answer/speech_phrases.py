"""Attributions without a verb of speech: “according to X”, “by X's account”, “X: ‘…’”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answer.quoting import HIDDEN
from rag.answer.speech_content import content_around
from rag.answer.speech_table import COUNTRIES, Kind
from rag.types import Span

Found = tuple[Span, str, Kind, Span]

_NAME = r"[A-Z0-9][\w’'.&-]*(?:\s+(?:(?:of|the|for|de|van|von|bin|al|&)\s+){0,2}[A-Z][\w’'.&-]*)*"
_SPEAKER = (
    rf"(?:the\s+|an?\s+)?(?:[a-z][\w-]*\s+){{0,5}}?(?:{_NAME}(?:\s+[a-z]+(?=[,.;]|$))?|[a-z]+s\b"
    rf"|[a-z]+(?=[,.;:]|$)|[a-z]+\s+(?:for|of|at|from|in)\s+(?:the\s+)?(?:[a-z]+\s+)?{_NAME})"
)
_ACCORDING = re.compile(
    rf"\b(?P<verb>[Aa]ccording to|ACCORDING TO)\s+(?P<who>[^,;.:{HIDDEN}()—–]+(?:\.(?=\s?[A-Z]|\w)[^,;.:{HIDDEN}()—–]+)*)"
)
_PER = re.compile(rf"(?:, |^)(?P<verb>[Pp]er) (?P<who>(?:the )?{_NAME})(?=[,.;]|$)")
#: “according to the club's head of marketing, Loretta Johns”
_NAMED_BEHIND = re.compile(
    r", (?P<who>[A-Z][\w’'-]+(?: [A-Z]\.)?(?: (?:de|van|von|al) )?(?: [A-Z][\w’'-]+){1,2})(?=[,.;]|$)"
)
_ACCOUNT = r"(?:account|telling|view|words|opinion|version|reading|estimate|count|calculation|eyes|assessment|judgment|judgement)s?"
_OWN = re.compile(
    rf"\b(?P<verb>(?:[Bb]y|[Ii]n|[Oo]n))\s+(?P<who>{_NAME}[’']s?|{_NAME}’|his|her|its|their|the\s+[\w’' -]{{2,40}}?[’']s|"
    rf"the\s+(?:{'|'.join(name.title() for name in COUNTRIES)}))\s+(?:own\s+)?{_ACCOUNT}\b(?!\s+of)"
)
_VERSION = re.compile(
    rf"(?:^|[,;]\s)(?P<who>{_NAME}[’']s?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Tt]he\s+[\w-]+[’']s)\s+(?P<verb>{_ACCOUNT}|claim|argument|position|explanation|answer|message|point)\s+(?:is|was)\s+(?:that\s|[:,]?\s*{HIDDEN})"
)
_COLON = re.compile(rf"^(?P<who>{_NAME})(?P<verb>:)\s*(?={HIDDEN})")
_DASH = re.compile(
    rf"{HIDDEN}\s*(?P<verb>[—–-]{{1,2}})\s*(?P<who>{_NAME}(?:,? [^.\n]{{0,60}})?)\s*$"
)
_CREDIT = re.compile(rf"^\W*(?P<verb>[—–-]{{1,2}})\s*(?P<who>{_NAME}(?: of {_NAME})?)\s*$")
_TWEET = re.compile(r"(?P<verb>—)\s(?P<who>[^—@()\n]{2,60}?)(?: - [^—@()\n]{2,40})?\s\(@\w+\)")
_PASSIVE = re.compile(
    rf"\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+)?(?P<verb>described|called|termed|dubbed|branded|characterised|characterized|labelled|labeled)(?P<first>[^,.;]{{0,60}}?)\s*\bby\s+(?P<who>{_SPEAKER})(?=[\s,.;]|$)"
)
_QUOTED_AS = re.compile(rf"(?P<who>{_NAME})\s+(?:is|was|has been)\s+(?P<verb>quoted) as saying\b")
_PUT_IT = re.compile(
    rf"(?:^|,)\s*[Aa]s (?P<who>{_NAME}|he|she|they|it|the [\w-]+) (?P<verb>put|puts) it\b"
)
_WORD = re.compile(
    rf"^(?:\w+,? )?(?P<who>{_NAME}|the [\w-]+|he|she|it) (?P<verb>used|uses) (?:that|this|the same|the) "
    r"(?:word|term|phrase|expression)\b"
)
_CAME = re.compile(
    rf"^(?P<verb>Word|News|Confirmation) of [^.{HIDDEN}]{{1,60}}? came from "
    rf"(?P<who>(?:the )?{_NAME})(?=[ .,]|$)"
)
_ONE = re.compile(
    rf"\b(?P<verb>in) (?P<who>the (?:{'|'.join(name.title() for name in COUNTRIES)})) (?:one|version)\b"
)
_STATEMENT = re.compile(
    rf"^(?P<who>{_NAME})(?:\s+[a-z]+)?,? in an? (?:statement|email|tweet|post|interview)[^.{HIDDEN}]{{0,40}}(?P<verb>:)"
)


def find_phrases(hidden: str) -> Iterator[Found]:
    """Each such attribution: speaker, word, kind and what is attributed; speech is hidden."""
    for found in (*_ACCORDING.finditer(hidden), *_PER.finditer(hidden)):
        end = _end_of_speaker(found["who"])
        who = Span(found.start("who"), found.start("who") + end)
        named = _NAMED_BEHIND.match(hidden, who.end)
        if named and re.search(r"\b[a-z]+\b", who.of(hidden)):
            who = Span(*named.span("who"))
        yield who, found["verb"], "according to", content_around(hidden, found.start(), who.end)
    for found in _OWN.finditer(hidden):
        who = Span(found.start("who"), found.end("who"))
        yield (
            _bare(hidden, who),
            found["verb"],
            "according to",
            content_around(hidden, found.start(), found.end()),
        )
    for pattern, kind in (
        (_VERSION, "claimed"),
        (_COLON, "said"),
        (_STATEMENT, "said"),
        (_QUOTED_AS, "said"),
    ):
        for found in pattern.finditer(hidden):
            who = _bare(hidden, Span(found.start("who"), found.end("who")))
            yield who, found["verb"], kind, Span(found.end(), len(hidden))  # type: ignore[misc]
    for pattern in (_DASH, _CREDIT, _TWEET):
        for found in pattern.finditer(hidden):
            yield (
                Span(found.start("who"), found.end("who")),
                found["verb"],
                "said",
                Span(0, found.start("verb")),
            )
    for found in _PASSIVE.finditer(hidden):
        yield (
            Span(found.start("who"), found.end("who")),
            found["verb"],
            "called",
            Span(0, len(hidden)),
        )
    for found in _WORD.finditer(hidden):
        yield Span(*found.span("who")), found["verb"], "called", Span(found.end(), len(hidden))
    for found in _CAME.finditer(hidden):
        yield Span(*found.span("who")), found["verb"], "announced", Span(0, 0)
    for found in _ONE.finditer(hidden):
        yield Span(*found.span("who")), found["verb"], "according to", Span(0, found.start())
    for found in _PUT_IT.finditer(hidden):
        who = Span(found.start("who"), found.end("who"))
        yield who, found["verb"], "said", content_around(hidden, found.start(), found.end())


def _bare(hidden: str, who: Span) -> Span:
    """The speaker without the ending of the genitive."""
    ending = re.search(r"[’']s?$", who.of(hidden))
    return Span(who.start, who.end - len(ending.group())) if ending else who


def _end_of_speaker(said: str) -> int:
    """How far a speaker reaches behind “according to”: not over a verb or a day."""
    stop = re.search(
        r"\s(?:on|who|which|that|and|but|is|was|were|are|has|have|had|will|as|while|when|because"
        r"|published|released|issued|obtained|seen|compiled|posted|shared|sent|filed|provided|cited"
        r"|conducted|given|quoted|reported|reviewed|viewed|made|held"
        r"|after|before|during|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b",
        said,
    )
    return len((said[: stop.start()] if stop else said).rstrip())
