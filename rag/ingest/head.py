"""What a plain text says about itself at its head: headline, byline, dates, outlet, address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rag.ingest.datelines import DateLine, is_name, is_only_by, read_byline, read_date_line
from rag.ingest.lines import Line, in_title_case
from rag.ingest.moments import explain_left_out
from rag.ingest.noise import kind_of_noise
from rag.ingest.noise_page import cut_page
from rag.ingest.stated import Stated

#: Lines of prose after which no line is read as a label: a byline may follow a standfirst.
_DEPTH = 3

#: Lines among which the head is looked for.
_FIRST_LINES = 200

_FIELD = re.compile(
    r"(?P<label>title|headline|outlet|publication|publisher|newspaper|source|site|url|link"
    r"|original(?: url)?)"
    r"\s*:\s*(?P<value>\S.*)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_DATELINE = re.compile(
    r"[A-Z]{3}[A-Z .'’-]*(?:, [\w .]{2,30}){0,2}(?: \([^)]{2,40}\))? ?(?:—|–|--|-) "
)
_FIRST_PUBLISHED = re.compile(r"(?:first|originally) published\b", re.IGNORECASE)


def read_head(lines: list[Line], title: str | None = None) -> tuple[Stated, list[Line]]:
    """What the lines state about the article, and the lines that remain as its text.

    A `title` known beforehand keeps any other from being looked for; a line that repeats the title
    goes in any case.
    """
    lines = cut_page(lines)
    reading = _Reading(lines, Stated(title=title))
    reading.read_labels()
    reading.read_title()
    stated = reading.stated
    rest = [line for index, line in enumerate(lines) if index not in reading.used]
    return stated, [line for line in rest if not same_words(line.text, stated.title)]


def read_labels(lines: list[Line]) -> Stated:
    """Who wrote the article, and when, by the lines below its headline."""
    reading = _Reading(lines, Stated())
    reading.read_labels()
    found = reading.stated
    return replace(found, title=None, outlet=None, url=None)


def same_words(one: str, other: str | None) -> bool:
    """Whether the two are the same but for case, spaces and punctuation."""
    return other is not None and _letters(one) == _letters(other) != ""


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


@dataclass
class _Reading:
    lines: list[Line]
    stated: Stated
    used: set[int] = field(default_factory=set)
    unlabelled: set[date] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)

    def _state(self, **values: Any) -> None:
        """Takes what has not been stated before."""
        self.stated = self.stated.filled_from(replace(Stated(), **values))

    def read_labels(self) -> None:
        """Reads bylines, dates and labelled fields, as far as lines of that kind may stand."""
        prose = 0
        for index, line in enumerate(self.lines):
            inside = prose < _DEPTH and index < _FIRST_LINES and index not in self.used
            if self._read_first_published(line) or (
                inside and self._read_label(index, line.text, before_text=prose == 0)
            ):
                self.used.add(index)
            elif inside and line.is_prose and kind_of_noise(line.text) is None:
                prose += 1
        if self.stated.published is None and len(self.unlabelled) == 1:
            self._state(published=self.unlabelled.pop())
        if self.stated.published is None and self.unread:
            self.stated = replace(self.stated, warnings=(explain_left_out(self.unread[0]),))

    def _read_first_published(self, line: Line) -> bool:
        stated = read_date_line(line.text) if _FIRST_PUBLISHED.match(line.text) else None
        if stated is None or stated.rest:
            return False
        self._take_dates(stated)
        return True

    def _read_label(self, index: int, text: str, before_text: bool) -> bool:
        if self._read_field(text, before_text):
            return True
        stated = read_date_line(text)
        if stated is not None and self._is_date_line(index, text, stated, before_text):
            self._take_dates(stated)
            self._state(author=read_byline(text))
            self._drop_name_above(index)
            return True
        if author := read_byline(text) or self._name_below(index):
            self._state(author=author)
            return True
        return False

    def _read_field(self, text: str, before_text: bool) -> bool:
        found = _FIELD.fullmatch(text)
        address = _ADDRESS.fullmatch(found["value"] if found else text)
        if address and (found or before_text):
            self._state(url=address.group())
            return True
        if not found or not before_text:
            return False
        label = found["label"].lower()
        if label in ("title", "headline"):
            self._state(title=found["value"])
        elif label not in ("url", "link", "original", "original url"):
            self._state(outlet=found["value"])
        return True

    def _is_date_line(self, index: int, text: str, stated: DateLine, before_text: bool) -> bool:
        """Whether the dates are the article's own: labelled as such, or alone above the text."""
        if read_byline(text):
            return True
        if stated.rest:
            parted = stated.clock or re.search(r"[|•·–—]", text)
            return bool(before_text and (stated.labelled or parted) and is_name(stated.rest))
        if stated.labelled:
            return True
        if self._beside_byline(index):
            return True
        return before_text and (stated.clock or not self._beside_picture(index))

    def _beside_byline(self, index: int) -> bool:
        return any(read_byline(line.text) for line in self.lines[max(0, index - 1) : index + 2])

    def _beside_picture(self, index: int) -> bool:
        """Whether a credit or a caption is next to the line: then it may be the picture's date."""
        beside = self.lines[max(0, index - 1) : index] + self.lines[index + 1 : index + 2]
        return any(kind_of_noise(line.text) in ("credit", "caption") for line in beside)

    def _drop_name_above(self, index: int) -> None:
        """A name attached to the date goes with it; it does not say "By", so it is no author."""
        name = self.lines[index - 1].text if index and self.lines[index].attached else ""
        if is_name(re.sub(r" in [A-Z].*", "", name)) and index > 1:
            self.used.add(index - 1)

    def _name_below(self, index: int) -> str | None:
        """The name under a line that only says "By"."""
        if not is_only_by(self.lines[index].text) or index + 1 >= len(self.lines):
            return None
        name = self.lines[index + 1].text
        if not is_name(name):
            return None
        self.used.add(index + 1)
        return name

    def _take_dates(self, stated: DateLine) -> None:
        self.unread += stated.unread
        self._state(updated=stated.updated)
        if stated.labelled:
            self._state(published=stated.published)
        elif stated.published:
            self.unlabelled.add(stated.published)

    def read_title(self) -> None:
        """Takes the first line above the text that is long enough for a headline; what stands
        before it (the name of a section) goes."""
        above = list(self._above_text())
        if self.stated.title is None and above and not self._is_all(above):
            longest = max(above, key=lambda i: len(self.lines[i].text))
            index = next((i for i in above if self.lines[i].words >= 4), longest)
            self._state(title=self.lines[index].text)
            self.used.update(i for i in above if i <= index)
        self.used.update(i for i in above if self._is_section(self.lines[i]))

    def _above_text(self) -> list[int]:
        above = []
        for index in self._own():
            if not _may_be_title(self.lines[index]):
                break
            above.append(index)
        return above

    def _own(self) -> Iterator[int]:
        """Where the article's own lines stand, as far as the head reaches."""
        for index, line in enumerate(self.lines[:_FIRST_LINES]):
            if index not in self.used and kind_of_noise(line.text) is None:
                yield index

    def _is_all(self, above: list[int]) -> bool:
        """Whether nothing else remains as the article's own: then no line of it is a headline."""
        return len(self.lines) <= _FIRST_LINES and len(above) == len(list(self._own()))

    def _is_section(self, line: Line) -> bool:
        return (
            line.words <= 3 and is_name(line.text) and not same_words(line.text, self.stated.title)
        )


def _may_be_title(line: Line) -> bool:
    """Whether the line may be a headline; what ends like a sentence has to be written as one."""
    if len(line.text) > 250 or line.words > 30 or _DATELINE.match(line.text):
        return False
    end = re.search(r"([.:;,…。।۔?!？！])[”’»」』\"')\]]*$", line.text)
    if end is None or in_title_case(line.text):
        return True
    return end[1] in "?!？！" and (line.words < 12 or ": " in line.text)
