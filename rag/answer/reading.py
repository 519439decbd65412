"""Reading what a model streams: thoughts left out, markers understood, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from rag.ingest.sentences import split_sentences
from rag.types import Span

#: Tags in which models show their reasoning; some put a prefix before it, as in <seed:think>.
THOUGHT_TAGS = "think thinking thought thoughts reasoning reflection analysis scratchpad".split()
_NAME = rf"(?:\w{{1,9}}:)?(?:{'|'.join(THOUGHT_TAGS)})\b"
_LEFT, _RIGHT = r"(?:[<◁]|&lt;)\s*", r"\s*(?:[>▷]|&gt;)"
#: The same in the forms that some models have of their own, which mostly their server takes out.
_OPENS = r"\[THINK\]|<\|begin_of_thought\|>|<\|channel\|>(?!final)[^<]{0,40}<\|message\|>"
_CLOSES = r"\[/THINK\]|<\|end_of_thought\|>|<\|channel\|>final[^<]{0,40}<\|message\|>"
_TAG = re.compile(
    rf"(?i:{_LEFT}{_NAME}\s*/{_RIGHT})"
    rf"|(?P<close>(?i:{_LEFT}/\s*{_NAME}[^<>◁▷]{{0,200}}?{_RIGHT})|{_CLOSES})"
    rf"|(?P<open>(?i:{_LEFT}{_NAME}[^<>◁▷]{{0,200}}?{_RIGHT})|{_OPENS})"
)
#: What may still become a tag, at the end of what has arrived.
_BEGUN_TAG = re.compile(
    r"(?:[<◁]|&(?:l(?:t;?)?)?)\s*/?\s*[\w:]{0,20}$"
    rf"|(?i:{_LEFT}/?\s*{_NAME}[^<>◁▷]{{0,200}}$)"
    r"|\[/?[A-Z]{0,5}$"
    r"|<\|[^<>]{0,20}(?:>[^<>]{0,40}(?:<\|?\w{0,7}\|?)?)?$"
)
_CUT_TAG = re.compile(rf"{_LEFT}/?\s*{_NAME}", re.IGNORECASE)
#: The longest tag.
_TAG_LENGTH = 240

#: [1], [1, 2], [1-3], [1][2], and the same in the full-width brackets that some models prefer.
MARKER = re.compile(r"[\[【]\s*(\d+(?:\s*(?:[-–,;]|and)\s*\d+)*)(?:[†:][^\]】]*)?\s*[\]】]")
_LEADING_MARKERS = re.compile(rf"(?:\s*{MARKER.pattern})+[.,;]?\s*")
_BETWEEN = re.compile(rf"[.!?…][”\"’»)]*\s*(?P<marker>(?:\s*{MARKER.pattern})+)\s+(?=\S)")
#: A quotation of several sentences is at most this long, in characters.
_LONGEST_QUOTATION = 600
#: So is a sentence; one that goes on is cut.
_LONGEST_SENTENCE = 3_000
#: So much of the next sentence must be there before the one before it counts as complete.
_BEGUN = 16
#: A range of more passages than this is no citation but an evasion.
MAX_RANGE = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the model's: its text without markers, and the numbers that they gave."""

    text: str
    markers: tuple[int, ...]


def drop_thoughts(chunks: Iterable[str]) -> Iterator[str | None]:
    """The text outside of reasoning tags, however the tags are split over chunks.

    None means that all before it was reasoning after all: some servers' templates open the tag
    themselves, so that only its end arrives. A tag that is never closed drops all after it.
    """
    held, inside = "", False
    for chunk in chunks:
        held += chunk
        while tag := _TAG.search(held):
            if not inside:
                yield None if tag["close"] else held[: tag.start()]
            inside = bool(tag["open"]) or (inside and not tag["close"])
            held = held[tag.end() :]
        keep = _unfinished_tag(held)
        if not inside:
            yield held[: len(held) - keep]
        held = held[len(held) - keep :]
    if not inside and not _CUT_TAG.match(held):
        yield held


def read_claims(pieces: Iterable[str | None]) -> Generator[Claim | None, None, None]:
    """Each sentence as soon as it is complete, the markers behind its full stop included.

    None where what came before was reasoning (see `drop_thoughts`).
    """
    text = ""
    for piece in pieces:
        if piece is None:
            text = ""
            yield None
            continue
        text += piece
        spans = split_claims(text)
        done = 0
        # The last one is still growing, and so are the markers of the one before it.
        while len(spans) > done + 1 and spans[done + 1].end - spans[done + 1].start >= _BEGUN:
            yield read_claim(spans[done].of(text))
            done += 1
        text = text[spans[done - 1].end :] if done else text
        if len(text) > _LONGEST_SENTENCE:
            # To look for the end of one that has none, again with each piece, would take for ever.
            yield read_claim(text)
            text = ""
    yield from (read_claim(span.of(text)) for span in split_claims(text))


def split_claims(text: str) -> list[Span]:
    """The sentences of `text`, each with the markers that follow it; a quotation stays whole."""
    spans: list[Span] = []
    for span in _cut_behind_markers(text):
        markers = _LEADING_MARKERS.match(span.of(text))
        start = span.start + (markers.end() if markers and spans else 0)
        if markers and spans:
            spans[-1] = Span(spans[-1].start, start)
        elif spans and _is_open(spans[-1].of(text)):
            spans[-1] = Span(spans[-1].start, span.end)
            continue
        if start < span.end:
            spans.append(Span(start, span.end))
    return spans


def _cut_behind_markers(text: str) -> Iterator[Span]:
    """Sentences, cut also where a marker stands between a full stop and what follows."""
    for span in split_sentences(text):
        start = span.start
        for marker in _BETWEEN.finditer(text, span.start, span.end):
            yield Span(start, marker.end("marker"))
            start = marker.end()
        if start < span.end:
            yield Span(start, span.end)


def _is_open(text: str) -> bool:
    """Whether a quotation goes on beyond a text; one that is never closed is given up."""
    if len(text) > _LONGEST_QUOTATION:
        return False
    return text.count("“") > text.count("”") or text.count('"') % 2 == 1


def read_claim(piece: str) -> Claim:
    """A sentence apart from its markers, and free of Markdown's marks."""
    markers = [n for match in MARKER.finditer(piece) for n in _read_numbers(match.group(1))]
    text = MARKER.sub("", piece)
    text = re.sub(r"^\s*(?:[-*•]|\d+[.)]|#+)\s+", "", text)
    text = re.sub(r"(\*\*|__|`)", "", text)
    text = re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return Claim(text, tuple(dict.fromkeys(markers)))


def _read_numbers(inside: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]|and", inside):
        ends = [int(n) for n in re.findall(r"\d+", part)[:2] if len(n) < 6]
        if len(ends) == 2 and 0 <= ends[1] - ends[0] <= MAX_RANGE:
            numbers += range(ends[0], ends[1] + 1)
        else:
            numbers += ends
    return numbers


def _unfinished_tag(text: str) -> int:
    """How many characters at the end may be the beginning of a tag."""
    begun = _BEGUN_TAG.search(text, max(0, len(text) - _TAG_LENGTH))
    return len(text) - begun.start() if begun else 0
