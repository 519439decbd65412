"""Finding a quotation in its source, and getting back the source's own characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from rag.types import Span

#: Any double mark opens and any closes: writers and models mix them. A single mark inside a word or
#: behind an s is an apostrophe, so single ones count only where they open before a word.
QUOTATION = re.compile(
    r"[“”„\"«»]\s?([^“”„\"«»]+?)\s?[“”\"«»]|''(.+?)''|[‘‚](.+?)[’‘](?!\w)|(?<!\w)'(\w.*?\w[.,!?]?)'(?!\w)"
)
#: A mark that is left over when the pairs are taken out.
QUOTE_MARK = re.compile(
    r"[“”„\"«»‘‚‟‛‹›「」『』《》〈〉〝〞❝❞＂″]|<<|>>|(?<!\w)[`´]|[`´](?!\w)|[‵′＇](?!\w)|(?<!\w)[‵′＇]"
)


#: Marks that open a quotation, each with those that close it.
_PAIRS = {"“": "”", "«": "»", "„": "“”"}
#: A mark that closes one quotation as it seems to open the next: they may be nested.
_UNSURE = re.compile(r'(?:^|\s)["“„«]\w')


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation and where it stands, its marks counted in; `said` is what they hold."""

    span: Span
    said: str


def list_quotations(text: str) -> tuple[list[Quotation], bool]:
    """The quotations of `text` in order, the outer one where they are nested.

    The second value is whether every mark belongs to one: what is between the others is unclear.
    """
    found: list[Quotation] = []
    closing = _close_pairs(text)
    start = 0
    while match := QUOTATION.search(text, start):
        end = closing.get(match.start(), match.end())
        said = text[match.start() + 1 : end - 1]
        if end == match.end():
            said = next(group for group in match.groups() if group is not None)
        found.append(Quotation(Span(match.start(), end), said.strip()))
        start = end
    clear = not any(_UNSURE.match(text, one.span.end - 2) for one in found)
    rest = "".join(text[a:b] for a, b in _between(found, len(text)))
    return found, clear and not QUOTE_MARK.search(rest)


def _close_pairs(text: str) -> dict[int, int]:
    """For each mark that opens and is closed, the place behind the one that closes it."""
    ends: dict[int, int] = {}
    for opening, closing in _PAIRS.items():
        still_open: list[int] = []
        for place, character in enumerate(text):
            if character == opening:
                still_open.append(place)
            elif character in closing and still_open:
                ends[still_open.pop()] = place + 1
    return ends


def _between(found: list[Quotation], end: int) -> list[tuple[int, int]]:
    edges = [0, *(edge for one in found for edge in (one.span.start, one.span.end)), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def find_quotation(quotation: str, text: str) -> Span | None:
    """Where `quotation` stands in `text`; None where it does not.

    Looked for exactly, then whatever the white space and case, then whatever the punctuation; only
    whole words count. The text of the span is the source's, whatever the quotation looked like.
    """
    exact = _find_words(quotation.strip(), text, list(range(len(text))))
    if exact is not None:
        return exact
    for keep in (_is_not_space, str.isalnum):
        folded, places = fold(text, keep)
        wanted, _ = fold(quotation, keep)
        found = _find_words(wanted, folded, places) if wanted else None
        if found is not None:
            return found
    return None


def fold(text: str, keep: Callable[[str], bool]) -> tuple[str, list[int]]:
    """`text` in lower case, composed, all that is not kept made single spaces, none at the ends.

    The list gives, for each character of the result, the place in `text` that it came from.
    """
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if not keep(character) and not unicodedata.combining(character):
            if folded and folded[-1] != " ":
                folded.append(" ")
                places.append(place)
            continue
        for lower in unicodedata.normalize("NFKD", character).casefold():
            folded.append(lower)
            places.append(place)
    if folded and folded[-1] == " ":
        folded.pop()
        places.pop()
    return "".join(folded), places


def _find_words(wanted: str, text: str, places: list[int]) -> Span | None:
    if not wanted:
        return None
    start = text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not _splits_word(text, start) and not _splits_word(text, end):
            return Span(places[start], _after(places, end))
        start = text.find(wanted, start + 1)
    return None


def _splits_word(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    # An accent that stands by itself belongs to the letter before it: “cafe” is not in “café”.
    accent = bool(unicodedata.combining(text[place]))
    return accent or (text[place - 1].isalnum() and text[place].isalnum())


def _after(places: list[int], end: int) -> int:
    # One source character may have become several: the span ends after the last one's place.
    return places[end - 1] + 1


def _is_not_space(character: str) -> bool:
    return not character.isspace()
