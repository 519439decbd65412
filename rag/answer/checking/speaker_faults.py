"""Where somebody's words are told as a fact, or as the words of somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.marking import Mark
from rag.answer.checking.marking_table import HEDGES
from rag.answer.checking.name_faults import may_be_name
from rag.answer.checking.roles import Mention
from rag.answer.checking.sayings import Saying
from rag.answer.checking.signs import Sign, name_as_written, quote
from rag.answer.checking.sources import Read, Source
from rag.answer.checking.word_table import OPENING
from rag.answer.checking.words import Token, simplify, split_tokens
from rag.answer.speakers import find_speaker
from rag.index.lexical import stems

_TITLES = frozenset("mr mrs ms dr rep sen gov president minister professor prof sir lord".split())
_SAID: frozenset[Mark] = frozenset(["said", "called"])
_HEDGED: frozenset[Mark] = frozenset(["said", "called", "doubtful", "planned"])
#: What is said may stand in any sentence that fits this much as well as the one that fits best.
_FITS = 0.93
_OWNER = re.compile(r"([^\W_]+)[’']s?(?=\s|$)")


def judge_said(alignment: Alignment) -> Iterator[Sign]:
    """The signs that what somebody says or hedges is told as a fact."""
    dropped, source = _measure_said(alignment)
    why = f"The article gives this as what somebody says, not as a fact{quote(source)}"
    yield Sign("said_dropped_near", dropped * alignment.closest**2, why)
    yield _judge_lost_hedge(alignment)


def judge_speakers(alignment: Alignment) -> Iterator[Sign]:
    """The signs that others say it than the claim has it.

    Each is told of the last saying that it applies to: others are named by the sentence itself, or
    by the text around it; or nobody is.
    """
    found = dict.fromkeys(("speaker_differs", "speaker_differs_around", "speaker_unknown"), "")
    for saying in alignment.claim.sayings:
        fault = _find_speaker_fault(alignment, saying)
        if fault is not None:
            found[fault[0]] = fault[1]
    for name, why in found.items():
        yield Sign(name, float(bool(why)), why)


def _find_speaker_fault(alignment: Alignment, saying: Saying) -> tuple[str, str] | None:
    """The sign's name and why, where the article has others say what is said here."""
    claimed = _to_mention(saying.speaker)
    rows = [r for r, place in enumerate(alignment.places) if saying.start <= place < saying.end]
    if claimed is None or not rows or _is_outlet(claimed, alignment):
        return None
    fits = alignment.likeness[rows].sum(axis=0)
    best = float(fits.max(initial=0.0))
    sources = [s for s, one in zip(alignment.sources, fits, strict=True) if one >= _FITS * best > 0]
    here = [(source, one) for source in sources for one in _list_named(source)]
    around = [(source, one) for source in sources for one in _list_speakers(source)]
    if any(_is_speaker(claimed, one) for _, one in around):
        return None
    if not around:
        if any(_is_speaker(claimed, one) for source in sources for one in source.read.mentions):
            return None
        return "speaker_unknown", f"The article does not show that {saying.speaker} says this."
    source, other = (here or around)[0]
    why = f"In the article it is {name_as_written(other, source)} who says this{quote(source)}"
    return ("speaker_differs" if here else "speaker_differs_around"), why


def _is_outlet(speaker: Mention, alignment: Alignment) -> bool:
    """Whether it is the article itself that is said to say it."""
    outlets = {source.hit.article.outlet or "" for source in alignment.sources}
    return any(speaker.stems <= set(stems(outlet)) for outlet in outlets)


def _list_named(source: Source) -> Iterator[Mention]:
    for saying in source.read.sayings:
        mention = _to_mention(saying.speaker)
        if mention is not None:
            yield mention


def _list_speakers(source: Source) -> Iterator[Mention]:
    """Everybody whose words the sentence may be: as it says itself, and as the text around does."""
    yield from _list_named(source)
    article = source.hit.article
    speaker = find_speaker(article.text, source.span) if article.text else None
    mention = _to_mention(speaker.name) if speaker else None
    if mention is not None:
        yield mention


def _is_speaker(claimed: Mention, other: Mention) -> bool:
    """Whether one name is part of the other, or both end alike: “Mr Kim”, “Envoy Sung Kim”."""
    last, others = (split_tokens(simplify(f", {one.said}"))[-1].stem for one in (claimed, other))
    return claimed.is_same(other) or (bool(last) and last == others)


def _to_mention(name: str) -> Mention | None:
    """The name of a speaker; None where “a spokesman” or a pronoun names nobody."""
    tokens = split_tokens(simplify(f", {name}"))
    named = [token for token in tokens if token.is_name and token.lower not in _TITLES]
    if named and named[0] is tokens[1] and not _may_open(named[0]):
        named = named[1:]
    stemmed = frozenset(token.stem for token in named if token.stem)
    return Mention(stemmed, name, 0, len(tokens)) if stemmed else None


def _may_open(token: Token) -> bool:
    """Whether the first word of a speaker, which may open the sentence, names somebody."""
    return token.lower not in OPENING and may_be_name(token.text)


def _measure_said(alignment: Alignment) -> tuple[float, Source | None]:
    """The share of the claim that is somebody's words in the source, where it names nobody."""
    claim = alignment.claim
    if claim.sayings or claim.marked.has(_SAID):
        return 0.0, None
    told: list[Source] = []
    whole = 0
    for row, place in enumerate(alignment.places):
        if claim.tokens[place].is_name or "doubtful" in claim.marked.marks[place]:
            continue
        partners = list(_list_partners(alignment, row))
        said = [s for s, partner in partners if _SAID & s.read.marked.marks[partner]]
        whole += bool(partners)
        if said and len(said) == len(partners) and not _names_any_speaker(claim, said):
            told.append(said[0])
    return (len(told) / whole, told[0]) if told else (0.0, None)


def _list_partners(alignment: Alignment, row: int) -> Iterator[tuple[Source, int]]:
    """The words of what the claim comes from that its word stands for."""
    for column, source in alignment.list_chosen():
        partner = alignment.find_partner(row, column)
        if partner is not None:
            yield source, partner


def _judge_lost_hedge(alignment: Alignment) -> Sign:
    """The sign that the sentence that the claim restates hedges, and the claim does not at all."""
    claim = alignment.claim
    hedges = claim.sayings or HEDGES.search(claim.text) or claim.marked.has(_HEDGED)
    column = alignment.chosen[0] if alignment.chosen else None
    if hedges or column is None:
        return Sign("hedge_lost", 0.0)
    source = alignment.sources[column]
    word = HEDGES.search(source.read.text)
    if word is None or _names_any_speaker(claim, [source]):
        return Sign("hedge_lost", 0.0)
    value = alignment.covered_by(column) * max(0.0, float(alignment.cosines[column]))
    return Sign("hedge_lost", value, f"The article hedges this (“{word.group()}”){quote(source)}")


def _names_any_speaker(claim: Read, sources: list[Source]) -> bool:
    """Whether the claim has one whose words they are do something: “Kerevi regrets that …”."""
    owners = {word.casefold() for word in _OWNER.findall(claim.text)}
    return any(
        speaker.is_same(mention) and not _is_owner(mention, owners)
        for source in sources
        for speaker in _list_speakers(source)
        for mention in claim.mentions
    )


def _is_owner(mention: Mention, owners: set[str]) -> bool:
    last = mention.said.split()[-1].casefold()
    return any(last.endswith(owner) for owner in owners)
