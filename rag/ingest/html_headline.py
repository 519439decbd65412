"""What a page shows under the headline of its article: lines, and the moments marked in them.

A date elsewhere is another's: of a related story, of a comment, of today in the foot of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.ingest.head import same_words
from rag.ingest.lines import Line

#: Lines of prose after which nothing is looked for: a date may follow a standfirst.
_DEPTH = 3
_MOST_LINES = 200

#: What can hold an article with its headline; the first that is found does.
_HOLDERS = ("article", "main", "header")
_BESIDE_TAGS = frozenset(
    "aside footer nav article figure blockquote form table script style noscript template".split()
)
_BESIDE_NAMES = re.compile(
    r"comment(?!ary)|related|recommend|teaser|promo|sidebar|footer|popular|trending|newsletter"
    r"|most-?(?:read|viewed)|read-?(?:more|next)|(?<![^\s_-])more-|(?<!\S)widget(?!\S)",
    re.IGNORECASE,
)
#: Elements that stand in a line; all others part two of them.
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data em font i img mark meta q s small span strong sub sup svg time"
    " u wbr".split()
)
_UPDATED = r"(?:last\s+)?(?:updated|modified|edited)(?:\s+(?:on|at))?"
_SAYS_UPDATED = re.compile(rf"\b{_UPDATED}\W*$", re.IGNORECASE)
_ONLY_LABEL = re.compile(
    rf"(?:{_UPDATED}|(?:first\s+)?(?:published|posted)(?:\s+on)?)\s*:?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment for machines, and whether the page calls it an update.

    `perhaps` says that its class alone does: some systems call every date “updated”, so it counts
    only beside another that is not called so.
    """

    value: str
    updated: bool
    perhaps: bool


class Headline:
    """The heading of a page whose words are its title, and what belongs to the same article."""

    def __init__(self, tree: Any, title: str | None) -> None:
        every = tree.xpath("//h1")
        named = [one for one in every if same_words(one.text_content(), title)]
        within = [one for one in every if next(one.iterancestors("article"), None) is not None]
        heading = next(iter(named or (within if len(within) == 1 else [])), None)
        self._heading = heading
        self._around = [] if heading is None else list(heading.iterancestors())
        self.lines: list[Line] = []
        self._moments: list[_Moment] = []
        self._read_below()

    def owns(self, element: Any) -> bool:
        """Whether nothing that holds the element, but not the headline, is marked as standing
        beside the article."""
        for above in (element, *element.iterancestors()):
            if above in self._around or above.tag == "body":
                return True
            if _is_beside(above) or _is_teaser(above):
                return False
        return True

    def published(self) -> list[str]:
        """The moments below the headline that are no updates, as written."""
        return [each.value for each in self._moments if not self._is_update(each)]

    def updated(self) -> list[str]:
        """Those that are updates."""
        return [each.value for each in self._moments if self._is_update(each)]

    def _is_update(self, moment: _Moment) -> bool:
        beside = any(not each.updated and not each.perhaps for each in self._moments)
        return moment.updated or (moment.perhaps and beside)

    def _read_below(self) -> None:
        """Reads the lines below it as far as the article's first paragraphs, and their moments."""
        prose = 0
        for line, moments in self._lines_below():
            self.lines.append(line)
            prose += line.is_prose
            if prose == _DEPTH or len(self.lines) == _MOST_LINES:
                return
            if not line.is_prose:  # the day that a sentence tells of is not the article's
                self._moments += moments

    def _lines_below(self) -> Iterator[tuple[Line, list[_Moment]]]:
        words: list[str] = []
        moments: list[_Moment] = []
        linked = False
        for piece in self._pieces_below():
            if isinstance(piece, str):
                words.append(piece)
            elif piece is not None:
                linked = linked or not self.owns(piece)
                moments.append(_read_moment(piece, "".join(words[-3:])))
            else:
                text = " ".join("".join(words).split())
                if moments or not _ONLY_LABEL.fullmatch(text):
                    if text and not linked:
                        yield Line(text), moments
                    words, moments, linked = [], [], False

    def _pieces_below(self) -> Iterator[Any]:
        """The texts and the dated `<time>` elements below the heading; None where a line ends."""
        holder = next((one for tag in _HOLDERS for one in self._around if one.tag == tag), None)
        below = False
        waiting = [] if holder is None else [(child, False) for child in reversed(holder)]
        while waiting:
            element, left = waiting.pop()
            named = isinstance(element.tag, str)
            if not left:
                waiting.append((element, True))
            if below and named and element.tag not in _INLINE:
                yield None
            if left:
                below = below or element is self._heading
                yield (element.tail or "") if below else ""
            elif named and element is not self._heading and not self._is_passed_over(element):
                if below and element.tag == "time" and element.get("datetime"):
                    yield element
                yield (element.text or "") if below else ""
                waiting += [(child, False) for child in reversed(element)]
        yield None

    def _is_passed_over(self, element: Any) -> bool:
        return element not in self._around and _is_beside(element)


def _is_beside(element: Any) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag in _BESIDE_TAGS or _BESIDE_NAMES.search(names) is not None


def _is_teaser(element: Any) -> bool:
    """Whether it is a link to another article; a bookmark is one to this article itself."""
    return bool(element.tag == "a" and element.get("rel") != "bookmark")


def _read_moment(element: Any, before: str) -> _Moment:
    names = element.get("class", "").lower()
    updated = _SAYS_UPDATED.search(before) or element.get("itemprop") == "dateModified"
    perhaps = re.search("updated|modified", names) and "publi" not in names
    return _Moment(element.get("datetime"), bool(updated), bool(perhaps))
