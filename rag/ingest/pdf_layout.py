"""Paragraphs out of the lines of a page, by where these stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.ingest.lines import Line


@dataclass(frozen=True, slots=True)
class Row:
    """A line and its place on the page in points, where that is known; `hyphen` tells that a word
    is broken at its end."""

    text: str
    left: float = 0
    right: float = 0
    bottom: float = 0
    size: float = 0
    hyphen: bool = False
    placed: bool = False


#: Lines at the head and the foot of a page that may be its running title or its number.
_EDGE = 3
#: Lines around one that tell how wide its column is, and the characters of a line that is too short
#: to be of any column: such lines are a list's.
_AROUND, _NARROW = 4, 22
#: Lines of a page that are looked at besides: few have as many.
_FAR = 80
_NUMBER = re.compile(
    r"(?:page|seite|p\.?|s\.?|página|pagina)?\s*[-–—|·]?\s*\d{1,4}\s*(?:(?:/|of|von|de|sur)\s*\d{1,4})?"
    r"\s*[-–—|·]?",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…:。！？؟][”’»」』\"')\]]*$")

#: Words before which a hyphen ends a word: “short- and long-term”.
_SUSPENDED = frozenset(("and", "or", "to", "und", "oder", "bis", "et", "ou", "y", "o", "e"))
#: Words that keep their hyphen where a line breaks behind it.
_COMPOUND = re.compile(
    r"(?:well|self|ex|long|short|high|low|so|half|non|anti|two|three|four|five|six|seven|eight"
    r"|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|year|vice|pro|post|cross"
    r"|old|new|full|part|state|world|north|south|east|west|mid|co|semi|multi|all|first|second"
    r"|third|one|far|hard|left|right|open|ever|much|cease|[A-Z]\w*|\d+)",
)


def lay_paragraphs(pages: Sequence[Sequence[Row]]) -> list[str]:
    """The paragraphs of the pages in order, without running titles and page numbers; one that goes
    on over a page is whole."""
    running = _find_running(pages)
    own = [_without_edges(page, running) for page in pages]
    words = Counter(
        word for page in own for row in page for word in re.findall(r"[\w-]+", row.text)
    )
    paragraphs: list[list[str]] = []
    leading = _find_leading(own)
    before: tuple[_Shape, int] | None = None
    for page in own:
        shape = _Shape(page, leading)
        for index, row in enumerate(page):
            if before is not None and _goes_on(before, shape, index):
                paragraphs[-1] += (_link(before[0].rows[before[1]], row, words), row.text)
            else:
                paragraphs.append([row.text])
            before = shape, index
    return ["".join(paragraph) for paragraph in paragraphs]


def _find_running(pages: Sequence[Sequence[Row]]) -> set[str]:
    """What stands at the edge of several pages, but for the numbers in it."""
    seen = Counter(
        line for page in pages for line in {_shape(page[at].text) for at in _edges(page)}
    )
    enough = max(2, len(pages) / 3)
    # A sentence is the article's own, wherever it stands.
    return {line for line, count in seen.items() if count >= enough and not Line(line).is_prose}


def _edges(page: Sequence[Row]) -> set[int]:
    """The outermost lines, as they are laid out: what is written first may stand at the foot."""
    order = range(len(page))
    if all(row.placed for row in page):
        order = sorted(order, key=lambda at: -page[at].bottom)  # type: ignore[assignment]
    ordered = list(order)
    return {*ordered[:_EDGE], *ordered[-_EDGE:]}


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", " ".join(text.casefold().split()))


def _without_edges(page: Sequence[Row], running: set[str]) -> list[Row]:
    edges = _edges(page)
    return [
        row
        for index, row in enumerate(page)
        if index not in edges
        or not (_shape(row.text) in running or _NUMBER.fullmatch(row.text.strip()))
    ]


def _find_leading(pages: Sequence[Sequence[Row]]) -> float:
    """How far apart the lines of a paragraph stand, by the size of their letters: a headline's
    stand further apart. Where paragraphs are short, most lines have a gap behind them."""
    apart = sorted(
        (one.bottom - other.bottom) / one.size
        for page in pages
        for one, other in pairwise(page)
        if one.size and 0.8 * one.size < one.bottom - other.bottom < 5 * one.size
    )
    return apart[len(apart) // 5] if apart else 0.0


class _Shape:
    """How the lines of a page stand: how far apart, and how far to the right they reach."""

    def __init__(self, rows: Sequence[Row], leading: float) -> None:
        self.rows = rows
        self.leading = leading

    def room_after(self, index: int) -> float:
        """How much of its column the row leaves empty: the column of the rows around it, which a
        page may have of several widths."""
        row = self.rows[index]
        above = self._column(max(0, index - _AROUND), index + 1, row)
        below = self._column(index, index + 1 + _AROUND, row)
        narrow = median(len(one.text) for one in above + below) < _NARROW
        # Two lines tell no width: at the head stand the names of the author and of the place.
        columns = [column for column in (above, below) if len(column) > 2 and not narrow]
        columns = columns or [self._page_column(index)]
        return min(max(one.right for one in column) for column in columns) - row.right

    def margin_at(self, index: int) -> float:
        """Where the lines of the row's column begin that have no indent."""
        lefts = Counter(round(one.left) for one in self._page_column(index))
        margin = min((left for left, count in lefts.items() if count > 1), default=None)
        return self.rows[index].left if margin is None else margin

    def _page_column(self, index: int) -> list[Row]:
        return self._column(max(0, index - _FAR), index + _FAR, self.rows[index])

    def _column(self, first: int, last: int, row: Row) -> list[Row]:
        beside = self.rows[first:last]
        return [one for one in beside if one is row or _is_beside(one, row)]


def _is_beside(one: Row, other: Row) -> bool:
    """Whether two lines may be of one column: they begin below each other, in the same letters."""
    return abs(one.left - other.left) < 3 * other.size and _same_size(one, other)


def _same_size(one: Row, other: Row) -> bool:
    return abs(one.size - other.size) <= 0.15 * max(one.size, other.size)


def _goes_on(before: tuple[_Shape, int], shape: _Shape, index: int) -> bool:
    """Whether the row at `index` goes on with the paragraph of the row before it."""
    row, last = shape.rows[index], before[0].rows[before[1]]
    if last.hyphen:
        return True
    if not (row.placed and last.placed):
        return not _ENDS.search(last.text)
    if not _same_size(row, last):
        return False
    room = before[0].room_after(before[1])
    full = room < (len(row.text.split()[0]) + 1) * 0.55 * row.size
    if index == 0 or row.bottom > last.bottom:
        # A new page, or the next column.
        return not _ENDS.search(last.text) and (full or not row.text[:1].isupper())
    if last.bottom - row.bottom > 1.3 * shape.leading * row.size:
        return False
    if row.left - shape.margin_at(index) > 0.8 * row.size:
        # An indent, or a quotation whose lines all have one.
        level = abs(row.left - last.left) < 0.8 * row.size
        return level and full and not _ENDS.search(last.text)
    return full or not (_ENDS.search(last.text) or room > 15 * row.size)


def _link(before: Row, row: Row, words: Counter[str]) -> str:
    """What stands between two rows of a paragraph once they are one line."""
    if not before.hyphen:
        return " "
    head = re.search(r"[\w-]*$", before.text)
    tail = re.match(r"[\w-]*", row.text)
    first, second = head[0] if head else "", tail[0] if tail else ""
    if second in _SUSPENDED:
        return "- "
    return "-" if _keeps_hyphen(first, second, words) else ""


def _keeps_hyphen(first: str, second: str, words: Counter[str]) -> bool:
    """Whether a word that was broken after a hyphen has one in mid-line too."""
    if words[f"{first}-{second}"] or words[f"{first}{second}"]:
        return words[f"{first}-{second}"] > words[f"{first}{second}"]
    return second[:1].isupper() or second[:1].isdigit() or _COMPOUND.fullmatch(first) is not None
