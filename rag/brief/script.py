"""How the words of a copy are written down: as they are, or so that Markdown leaves them alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

#: What no line of a copy may hold: it would be obeyed, or turn round what stands after it.
#: The reader of articles takes the same out, so a quotation loses nothing.
_OBEYED = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f]")

#: What turns round how the words behind it are read; an export holds none.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Invisible marks of direction: editors put them in and take them out, and they carry over from
#: one field into the next.
MARKS = re.compile("[\u061c\u200e\u200f]")


@dataclass(frozen=True, slots=True)
class Script:
    """A way to write.

    `words` and `address` make text fit for the middle of a line, `opening` makes a line of such
    text fit to stand first. `marker` and `note` hold a citation's number, in the text and before
    its source; `gap` parts paragraphs.
    """

    words: Callable[[str], str]
    address: Callable[[str], str]
    opening: Callable[[str], str]
    marker: str
    note: str
    gap: str


def tidy(text: str) -> str:
    """The text on one line, free of control characters; runs of white space are one space."""
    return " ".join(_OBEYED.sub("", text).split())


PLAIN = Script(tidy, tidy, str, marker="[{}]", note="[{}] ", gap="\n")
