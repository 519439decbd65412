"""Who a sentence means where people share a name."""

from __future__ import annotations

import re

from rag.retrieve.question import NOT_NAMES

#: Two to four capitalised words in a row: a full name, or at least one that can be told apart.
_RUN = re.compile(r"\b[^\W\d_a-z][\w’'.-]*\w(?:\s+[^\W\d_a-z][\w’'-]*\w){1,3}")
#: How far back a bare surname may refer, in characters.
_BACK = 4_000


def find_full_names(text: str) -> list[tuple[str, ...]]:
    """Runs of capitalised words, in lower case and in order; those with a month are dates."""
    runs = [tuple(run.casefold().split()) for run in _RUN.findall(text)]
    return [run for run in runs if not NOT_NAMES.intersection(run)]


def is_another(asked: tuple[str, ...], sentence: str, before: str) -> bool:
    """Whether `sentence` has a part of the full name `asked`, but as a part of another's.

    A bare surname means whoever was last named in full with it in `before`, the text that leads up
    to the sentence.
    """
    lower = sentence.casefold()
    if " ".join(asked) in " ".join(lower.split()):
        return False
    shared = [word for word in asked if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", lower)]
    if not shared or len(shared) == len(asked):
        return False
    others = [run for run in find_full_names(sentence) if set(shared) & set(run)]
    if others:
        return not any(set(asked) <= set(run) for run in others)
    back = [run for run in find_full_names(before[-_BACK:]) if set(shared) & set(run)]
    return bool(back) and not set(asked) <= set(back[-1])
