"""A question: its terms and its names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rag.errors import UsageError
from rag.index.lexical import STOP_WORDS
from rag.ingest.sentences import split_sentences

#: Longer than any question, and short enough to embed and to show in one piece, in characters.
MAX_QUESTION = 2_000

MONTHS = (
    "january february march april may june july august september october november december".split()
)
MONTH = (
    "|".join(month.capitalize() for month in MONTHS)
    + r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "dozen": 12,
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}

#: The dotless i and the dotted capital, which a pattern that looks past case takes for an i, and a
#: look-up of what it found does not.
DOTLESS = str.maketrans("ıİ", "ii")

#: Words that open a request and are capitalised for that alone.
OPENERS = frozenset("name list tell give describe explain show summarize summarise compare".split())
WEEKDAYS = frozenset(
    f"{day}day" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
)
#: Capitalised in English wherever they stand, and no name of anybody.
NOT_NAMES = frozenset(MONTHS) | WEEKDAYS


@dataclass(frozen=True)
class Question:
    """A question that can be searched for. `text` is stripped and of one line."""

    text: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Words written as names, as they stand; the first word only where a name goes on."""
        return tuple(find_names(self.text))


def parse_question(text: str) -> Question:
    """The question, ready to search with. Raises UsageError where it is empty or too long."""
    # Half of a character (a lone surrogate) comes from broken input; nothing could print it.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    one_line = " ".join(whole.replace("\0", " ").split())
    if not any(c.isalnum() for c in one_line):
        raise UsageError("The question is empty.", "Ask something in words.")
    if len(one_line) > MAX_QUESTION:
        raise UsageError(
            f"The question has {len(one_line):,} characters; at most {MAX_QUESTION:,} are read.",
            "Shorten it, or index the text as an article and ask about it.",
        )
    return Question(one_line)


def find_names(text: str) -> list[str]:
    """Words written as names, each once, in order.

    A sentence's first word is capitalised anyway and does not count, unless it is an acronym; nor
    does any in a text that is set in capitals, as headlines are.
    """
    found: dict[str, None] = {}
    capitals = letters = 0
    for span in split_sentences(text):
        words = re.findall(r"[^\W_]+(?:[-'’.][^\W_]+)*", span.of(text))
        for number, word in enumerate(words):
            bare = re.sub(r"['’]s?$", "", word)
            letters += word[0].isalpha() and word.casefold() not in STOP_WORDS
            if _looks_like_name(bare):
                capitals += 1
                if number > 0 or (bare.isupper() and len(bare) > 1):
                    found[bare] = None
        capitals += any(w[:1].isupper() and w.casefold() in STOP_WORDS for w in words[1:])
    return [] if letters > 3 and capitals > letters else list(found)


def _looks_like_name(word: str) -> bool:
    lower = word.casefold()
    if lower in STOP_WORDS or lower in NOT_NAMES or len(word) < 2:
        return False
    return word[0].isupper() or (word[0].isdigit() and any(c.isalpha() for c in word))
