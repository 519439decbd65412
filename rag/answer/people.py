"""Who a sentence means where people share a name, and whether it says who somebody is."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.index.lexical import STOP_WORDS, has_word
from rag.retrieve.question import NOT_NAMES

#: Two to four capitalised words in a row: a full name, or at least one that can be told apart.
_RUN = re.compile(r"\b[^\W\d_a-z][\w’'.-]*\w(?:\s+[^\W\d_a-z][\w’'-]*\w){1,3}")
_TITLES = frozenset(
    """mr mrs ms dr sir dame lord lady prof professor president chancellor minister secretary
    senator governor mayor judge justice general colonel captain sergeant admiral king queen prince
    princess pope bishop envoy ambassador spokesman spokeswoman chairman director
    coach""".split()
)
#: Capitalised before a name, and no part of it.
NO_PART = STOP_WORDS | _TITLES
NO_PART |= frozenset("however later meanwhile today yesterday still".split())
#: How far back a bare surname may refer, in characters.
BACK = 4_000


@lru_cache(maxsize=2_000)
def find_full_names(text: str) -> tuple[tuple[str, ...], ...]:
    """Runs of capitalised words, in lower case and in order; those with a month are dates."""
    runs = [
        tuple(
            re.sub(r"['’]s$", "", word)
            for word in run.casefold().split()
            if word not in NO_PART and word.rstrip(".") not in NO_PART
        )
        for run in _RUN.findall(text)
    ]
    return tuple(run for run in runs if len(run) > 1 and not NOT_NAMES.intersection(run))


#: Endings of words for what people are: “striker”, “accountant”, “analyst”.
_ROLE = re.compile(
    r"(?:er|or|ist|ant|ent|ian|man|woman|eer|ary|yst|ain|ief|ive|ate|ee|ero|ess|coach|head|judge"
    r"|nurse|pilot|king|star|mp)$"
)


def tells_who(name: str, sentence: str) -> bool:
    """Whether the sentence says what somebody is: “a union man, X”, “X, who leads …”, “X is …”."""
    last = re.escape(name.split()[-1])
    if re.search(
        rf"\b{last}(?:,? \(|,| [-–—]| (?=(?:is|was|became|serves|leads|heads|runs|chairs)\b))\s*"
        r"(?:an?|the|who|whose|his|her|its|their|\d\d|is|was|became|serves|leads|heads|runs|chairs"
        r"|(?:[\w’'-]+ ){1,4}(?:of|at|for))\b",
        sentence,
    ):
        return True
    for found in re.finditer(rf"{re.escape(name)}\b|\b{last}\b", sentence):
        words = sentence[: found.start()].split()
        if not words:
            continue
        before = words[-1]
        if before.endswith(","):
            # “A junior accountant, X”
            tail = [word.casefold() for word in words[-6:]]
            if any(word in ("a", "an", "the") for word in tail[:-1]):
                return True
        elif before.casefold().rstrip(".") in _TITLES or _ROLE.search(before):
            return True
    return False


def is_another(asked: tuple[str, ...], sentence: str, before: str) -> bool:
    """Whether `sentence` has a part of the full name `asked`, but as a part of another's.

    A bare surname means whoever was last named in full with it in `before`, the text that leads up
    to the sentence.
    """
    lower = sentence.casefold()
    if " ".join(asked) in " ".join(lower.split()):
        return False
    shared = [word for word in asked if has_word(lower, word)]
    if not shared or len(shared) == len(asked):
        return False
    others = [run for run in find_full_names(sentence) if set(shared) & set(run)]
    if others:
        return not any(set(asked) <= set(run) for run in others)
    back = [run for run in find_full_names(before[-BACK:]) if set(shared) & set(run)]
    return bool(back) and not set(asked) <= set(back[-1])
