"""Finding a quotation in its source, and getting back the source's own characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from rag.types import Span

#: Any double mark opens and any closes: writers and models mix them. A single mark inside a word or
#: behind an s is an apostrophe, so single ones count only where they open before a word.
QUOTATION = re.compile(
    r"[“”„\"«»]\s?([^“”„\"«»]+?)\s?[“”\"«»]|''(.+?)''|[‘‚](.+?)[’‘](?!\w)|(?<!\w)'(\w.*?\w[.,!?]?)'(?!\w)"
)
#: A mark that is left over when the pairs are taken out.
QUOTE_MARK = re.compile(r"[“”„\"«»‘‚‟‛‹›「」『』《》〈〉〝〞❝❞＂″]")


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
