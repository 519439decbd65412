"""A reader without a model: a rule says of each word how likely it is the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rag.reader.reader import Window
from rag.reader.reading import Reading

#: Log odds of a word that no rule speaks for.
UNLIKELY = -8.0


class FakeReader:
    """Tokens are words; an answer is one word, with the odds that `rule` gives it.

    `windows` are those read last.
    """

    name = "fake-reader"

    def __init__(self, rule: Callable[[str], float] | Mapping[str, float]) -> None:
        self.rule = rule if callable(rule) else lambda word: rule.get(word, UNLIKELY)
        self.windows: list[Window] = []

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        self.windows = list(windows)
        return [self._read(window.text) for window in windows]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(re.findall(r"\w+", text)) for text in texts]

    def _read(self, text: str) -> Reading:
        found = list(re.finditer(r"\w+", text))
        odds = np.array([self.rule(one[0]) for one in found], np.float32)
        places = [one.span() for one in found]
        # Of two words together the likelier one alone says more.
        return Reading(places, odds / 2, odds / 2, float(odds.max(initial=UNLIKELY)))
