"""The article's own lines, without what the page around it left in a plain-text scrape.

A line goes where its own wording gives it away (`noise_table`, `picture_table`), or its place does:
beside the credit of a picture, under the heading of a list of links, after the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.ingest import ending_table as ending
from rag.ingest import noise_table as table
from rag.ingest import picture_table as picture
from rag.ingest.datelines import is_name
from rag.ingest.lines import Line

#: No noise of the table is longer (characters): a longer line is never judged by its wording.
_LONGEST = 700

#: A caption has at most this many sentences. With the credit in brackets it may be an agency's, of
#: three or four; a longer paragraph with a credit glued to it is the article's. (sentences,
#: characters)
_CAPTION = (3, 350)
_AGENCY_CAPTION = (5, _LONGEST)

#: Lines that are judged: what is longer is no article, and is left as it is.
_MOST_LINES = 20_000

#: The most lines that go with the heading of a list of links in the middle of an article.
_LONGEST_LIST = 12

#: Lines of prose that must come before a mark for it to end the article.
_ENOUGH = 3

#: Lines after the last prose that make a table, where this share of them has figures.
_ROWS, _FIGURES = 12, 0.4

#: Kinds that stand between the paragraphs of an article. Once any other has come after the last of
#: them, short lines there are the page's.
_WITHIN = frozenset(
    (
        "advertisement",
        "goods",
        "one link",
        "credit",
        "caption",
        "repeated",
        "link",
        "app or channel",
    )
)

_SENTENCE_END = re.compile(r"[.!?]\s+[A-Z“\"]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What stays; `author` is who signs at the foot, if a line of their life follows the name."""

    lines: list[Line]
    author: str | None = None


def clean_lines(lines: Sequence[Line], author: str | None = None) -> Cleaned:
    """The lines that are the article's own, in order; `author` helps to tell a life at the foot."""
    sheet = _Sheet(lines[:_MOST_LINES])
    sheet.drop_repeated()
    sheet.drop_captions()
    sheet.drop_after_end()
    signed = sheet.drop_life(author)
    sheet.drop_lists()
    return Cleaned([*sheet.kept(), *lines[_MOST_LINES:]], signed)


@lru_cache(maxsize=4096)
def kind_of_noise(text: str) -> str | None:
    """The kind of noise that the wording of a line gives away; None for an article's own."""
    if len(text) > _LONGEST:
        return None
    text = " ".join(text.split())
    for kind, rows in (("", table.LINES), ("credit", picture.CREDITS), ("list", table.BLOCKS)):
        for row in rows:
            if row.pattern.fullmatch(text):
                return kind or row.name
    return "caption" if _is_caption(text) else None


def _is_caption(text: str) -> bool:
    sentences, length = _AGENCY_CAPTION if re.search(r"[)\]]\.?$", text) else _CAPTION
    if len(_SENTENCE_END.findall(text)) >= sentences or len(text) > length:
        return False
    if any(row.pattern.search(text) for row in picture.CAPTIONS):
        return True
    return bool(picture.AGENCY_ASIDE.search(text) and picture.CAPTION_SIGNS.search(text))


def _looks_like_caption(text: str) -> bool:
    return bool(picture.CAPTION_SIGNS.search(text)) and len(_SENTENCE_END.findall(text)) <= 1


def ends_article(text: str) -> bool:
    """Whether an article is over at a line with this text, where there was enough of it before."""
    return len(text) <= _LONGEST and any(row.pattern.fullmatch(text) for row in ending.ENDINGS)


class _Sheet:
    """The lines with what each has been found to be; None is an article's own."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.kinds = [kind_of_noise(line.text) for line in lines]
        prose = [line for line in lines if line.is_prose]
        self.blank_lines = sum(line.attached for line in prose) * 4 <= len(prose)

    def kept(self) -> list[Line]:
        return [line for line, kind in zip(self.lines, self.kinds, strict=True) if kind is None]

    def drop_repeated(self) -> None:
        """A line that stood before is a pull quote, or the text behind a picture."""
        seen: set[str] = set()
        for index, line in enumerate(self.lines):
            if line.words >= 4 and line.text in seen:
                self.kinds[index] = self.kinds[index] or "repeated"
            seen.add(line.text)

    def drop_captions(self) -> None:
        for index, kind in enumerate(self.kinds):
            if kind == "credit":
                for beside in self._captions_beside(index):
                    self.kinds[beside] = "caption"
        for index, kind in enumerate(self.kinds):
            if kind == "caption":
                for beside in range(max(0, index - 2), min(index + 3, len(self.lines))):
                    if self._is_own(beside) and self._begins_like(beside, index):
                        self.kinds[beside] = "caption"

    def _captions_beside(self, credit: int) -> Iterator[int]:
        """Where blank lines part the paragraphs, a line attached to a credit is its caption; else
        it must look like one, for it could be a paragraph of the article."""
        above = self._own_above(credit)
        below = credit + 1 if credit + 1 < len(self.lines) and self._is_own(credit + 1) else None
        if self.blank_lines:
            if above is not None and self._attached_through(above, credit):
                yield above
                return
            if below is not None and self.lines[below].attached:
                yield below
                return
        for beside in (above, below):
            if beside is not None and _looks_like_caption(self.lines[beside].text):
                yield beside

    def _own_above(self, index: int) -> int | None:
        """The line above, over repeated ones and other credits, if it is an article's own."""
        for above in range(index - 1, max(-1, index - 6), -1):
            if self.kinds[above] not in ("repeated", "credit"):
                return above if self._is_own(above) else None
        return None

    def _attached_through(self, above: int, below: int) -> bool:
        return all(self.lines[index].attached for index in range(above + 1, below + 1))

    def _is_own(self, index: int) -> bool:
        return self.kinds[index] is None

    def _begins_like(self, index: int, caption: int) -> bool:
        words = self.lines[index].text.rstrip(".… ")
        return len(words) >= 20 and self.lines[caption].text.startswith(words[:60])

    def drop_after_end(self) -> None:
        """Drops all after the first mark of an end, unless more than a third would go."""
        prose = {index: len(self.lines[index].text) for index in self._prose()}
        total, seen, count = sum(prose.values()), 0, 0
        for index, line in enumerate(self.lines):
            if index in prose:
                seen, count = seen + prose[index], count + 1
            elif count >= _ENOUGH and seen >= 2 * (total - seen) and ends_article(line.text):
                for after in range(index, len(self.lines)):
                    self.kinds[after] = self.kinds[after] or "after the end"
                return

    def _prose(self) -> list[int]:
        """Where the article's own sentences stand."""
        return [
            index
            for index, line in enumerate(self.lines)
            if self.kinds[index] is None and line.is_prose
        ]

    def drop_life(self, author: str | None) -> str | None:
        """Drops the life of the author at the foot; the name, where it stands alone above it."""
        prose = self._prose()
        signed = None
        for index in reversed(prose[_ENOUGH:]):
            life = ending.BIO.match(self.lines[index].text)
            if not life:
                break
            name = self._name_above(index, life["name"])
            known = author is not None and life["name"].casefold() in author.casefold()
            if name is None and not known and not ending.BIO_SIGNS.search(self.lines[index].text):
                break
            self.kinds[index] = "author's life"
            if name is not None:
                self.kinds[name] = self.kinds[name] or "author's name"
                signed = self.lines[name].text
        return signed

    def _name_above(self, index: int, name: str) -> int | None:
        for above in range(index - 1, max(-1, index - 5), -1):
            if self.lines[above].text.casefold() == name.casefold():
                return above
        return None

    def drop_lists(self) -> None:
        """Drops what follows the heading of a list of links, as far as it is no prose, and what
        follows the last prose once something of the page has come."""
        inside = 0
        for index, line in enumerate(self.lines):
            if self.kinds[index] == "list":
                inside = 1 if table.LINK_HEADING.fullmatch(line.text) else _LONGEST_LIST
            elif self._is_own(index) and inside:
                inside = 0 if line.is_prose else inside - 1
                self.kinds[index] = None if line.is_prose else "link"
        self._drop_foot()

    def _drop_foot(self) -> None:
        prose = self._prose()
        start = prose[-1] + 1 if len(prose) >= _ENOUGH else len(self.lines)
        if self._is_table(start):
            return
        over = False
        for index in range(start, len(self.lines)):
            over = over or self.kinds[index] not in (None, *_WITHIN)
            if self._is_own(index) and (over or self._is_name_above_button(index)):
                self.kinds[index] = "foot"

    def _is_table(self, start: int) -> bool:
        """Whether figures stand in many of the lines from `start` on: scores, lists of prices."""
        rows = [line.text for line in self.lines[start:] if kind_of_noise(line.text) is None]
        figures = sum(any(sign.isdecimal() for sign in row) for row in rows)
        return len(rows) >= _ROWS and figures >= _FIGURES * len(rows)

    def _is_name_above_button(self, index: int) -> bool:
        below = self.kinds[index + 1] if index + 1 < len(self.lines) else None
        return below in ("button", "follow") and is_name(self.lines[index].text)
