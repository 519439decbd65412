"""Numbers that are written otherwise than in plain figures: “½”, “Ⅻ”, “十二”, “1,1”."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rag.answer.quantities import Quantity

#: Letters, digits and numerals, the latter with what parts them.
_WORD = re.compile(r"\w+(?:[.,·˙'’]\d+)*")
#: A figure as it is read elsewhere.
_PLAIN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\d+[^\W\d]+|\d+['’]\w+")
#: Digits before a fraction of the longest such number that is read.
_LONGEST = 10


@dataclass(frozen=True, slots=True)
class Numeral:
    """Such a number and where it ends; its quantity None where that cannot be told."""

    said: str
    end: int
    quantity: Quantity | None


def list_numerals(text: str) -> Iterator[Numeral]:
    """The words with numerals other than digits, and figures with marks of another custom."""
    for match in _WORD.finditer(text):
        word = match.group()
        odd = any(c.isnumeric() and not c.isdecimal() for c in word)
        # “km²” and “CO₂” are no numbers.
        begins = word[0].isnumeric() or not word[0].isalpha()
        if (odd and begins) or (word[0].isdecimal() and not odd and not _PLAIN.fullmatch(word)):
            yield Numeral(word, match.end(), _read(word))


def _read(word: str) -> Quantity | None:
    """“½” is fifty of a hundred, as “a half” is; “11½” is 11.5, “⑫” is 12."""
    last, whole = unicodedata.numeric(word[-1], None), word[:-1]
    if last is None or (whole and (not whole.isdecimal() or last >= 1 or len(whole) > _LONGEST)):
        return None
    if not whole and 0 < last < 1:
        return Quantity(Decimal(str(round(100 * last, 1))), "%", word)
    return Quantity(Decimal(str(round(int(whole or 0) + last, 3))), None, word)
