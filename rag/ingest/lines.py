"""The lines of a plain text: tidied, and with the paragraphs that were hard-wrapped made whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: What ends a line in one convention or another; `str.splitlines` knows more, none of them in use.
_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")

#: Control characters, overrides of the writing direction (the text would be shown in another order
#: than it is stored), byte-order marks and non-characters. All other invisible characters stay:
#: joiners, direction marks, zero-width spaces and soft hyphens belong to some language, and a
#: quotation is to be found in its file character by character.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)

_ENDS_SENTENCE = re.compile(r"[.!?…:;。！？।؟۔][”’»›」』\"')\]*_]*$")
_FIRST_LETTER = re.compile(r"[\"'“‘(]?([^\W\d_])")
_OPEN_END = re.compile(
    r"\S,$|\s(?:an?|the|of|in|to|and|or|for|with|by|at|on|from|as|that|der|die|das|und|le|la|les"
    r"|de|et)$"
)
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

#: A line may break after a hyphen within a word ("long-", "term"), but not in "long- and short-
#: term".
_HYPHENATED = re.compile(r"[^\W\d_]-$")
_SUSPENDED = re.compile(r"(?:and|or|to|und|oder|et|ou|y|o|e)\b")

#: Lines shorter than the first are never broken ones; only lines as long as the second tell whether
#: a text is hard-wrapped (characters).
_SHORT = 12
_LONG = 30

#: A text counts as hard-wrapped where this share of the breaks between its lines is in mid-
#: sentence.
_WRAPPED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank; `attached` tells that no blank one parts it from the one before."""

    text: str
    attached: bool = False

    @property
    def words(self) -> int:
        """The number of words; scripts without spaces are taken to have two characters a word."""
        return len(self.text.split()) + len(_UNSPACED.findall(self.text)) // 2

    @property
    def is_prose(self) -> bool:
        """Whether it reads as a sentence or more, where a headline, a button or a name does not."""
        if self.words >= 20:
            return True
        if re.search(r"[.…。।۔:][”’»」』\"')\]]*$|[!?！？؟][”’»」』\"')\]]+$", self.text):
            return self.words >= 6
        return bool(re.search(r"[!?！？؟]$", self.text)) and self.words >= 12


def read_lines(source: str, soft_breaks: bool = False) -> list[Line]:
    """The lines of `source` that are not blank; paragraphs broken over several lines are whole.

    With `soft_breaks` a break in mid-sentence is known to mean nothing, as in Markdown; else the
    text has to show that it is hard-wrapped.
    """
    blocks = list(_blocks(tidy(source)))
    return [line for block in _unwrapped(blocks, soft_breaks) for line in block]


def join_lines(lines: Sequence[Line]) -> str:
    """The text in which each line is a paragraph, with a blank line between two."""
    return "\n\n".join(line.text for line in lines)


def in_title_case(text: str) -> bool:
    """Whether all but the short words have a capital, as in no sentence of an article."""
    long = re.findall(r"\b[^\W\d_]{4,}", text)
    return len(long) >= 4 and sum(word[0].isupper() for word in long) >= 0.8 * len(long)


def tidy(source: str) -> str:
    """The source with `\\n` for every line end, no control characters, no white space at line ends.

    Nothing else changes: neither spaces within a line nor quotation marks nor accents.
    """
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", source))
    return "\n".join(line.strip() for line in text.split("\n"))


def _blocks(text: str) -> Iterator[list[str]]:
    for block in re.split(r"\n{2,}", text.strip("\n")):
        if block:
            yield block.split("\n")


def _unwrapped(blocks: list[list[str]], soft_breaks: bool) -> Iterator[list[Line]]:
    pairs = (pair for block in blocks for pair in pairwise(block))
    breaks = [(before, after) for before, after in pairs if len(before) >= _LONG]
    in_mid = [before for before, after in breaks if _breaks_sentence(before, after)]
    wrapped = len(in_mid) >= 2 and len(in_mid) >= _WRAPPED_SHARE * len(breaks)
    wrapped = wrapped or soft_breaks
    width = max(map(len, in_mid), default=1000)
    for block in blocks:
        lines = list(_rejoined(block, width)) if wrapped else block
        yield [Line(text, attached=index > 0) for index, text in enumerate(lines)]


def _breaks_sentence(before: str, after: str) -> bool:
    """Whether a sentence goes on over the break: no end before it, a small letter after it."""
    letter = _FIRST_LETTER.match(after)
    if len(before) < _SHORT or _ENDS_SENTENCE.search(before) or letter is None:
        return False
    return not letter[1].isupper()


def _rejoined(block: list[str], width: int) -> Iterator[str]:
    paragraph = [block[0]]
    for last, line in pairwise(block):
        goes_on = _breaks_sentence(last, line) or _OPEN_END.search(last)
        if goes_on or _is_full(last, line, width):
            paragraph += [_glue(last, line), line]
        else:
            yield "".join(paragraph)
            paragraph = [line]
    yield "".join(paragraph)


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the first word of the next line had no room on this one."""
    return len(line) + 1 + len(following.split()[0]) > width and len(line) * 3 > width * 2


def _glue(before: str, after: str) -> str:
    if _UNSPACED.match(after[0]) and _UNSPACED.match(before[-1]):
        return ""
    return "" if _HYPHENATED.search(before) and not _SUSPENDED.match(after) else " "
