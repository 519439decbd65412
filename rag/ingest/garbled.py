"""UTF-8 that was once read as Latin-1 or cp1252 and saved so: “Ã©” for “é”, “â€™” for “’”."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from rag.ingest.decode import Decoded

MENDED = "Its garbled letters (as “Ã©” for “é”) were mended."
LEFT = "Some of its letters seem garbled (as “Ã©” for “é”), and were left as they are."

#: What the second and later bytes of a character become; those that cp1252 does not know are
#: control characters.
_LATER = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_ONE = rf"(?:[Â-ß]{_LATER}|[à-ï]{_LATER}{{2}}|[ð-ô]{_LATER}{{3}})"
#: Of the closing quotation mark the last byte is often lost.
_RUN = re.compile(rf"{_ONE}+|â€\ufffd?")
#: A right text may hold “É’” (BEYONCÉ’S) or “ß“” („Spaß“), but hardly these.
_PLAIN_SIGN = re.compile(rf"[ÂÃÄÅ]{_LATER}|â€")
#: So many characters in a row are none by chance: garbled Greek or Russian.
_MANY_IN_ROW = 3

#: So many garbled characters are several.
_SEVERAL = 2
#: Letters that stand right beside the garbled ones; with more of them nothing is sure.
_RIGHT = re.compile("[À-ÖØ-öø-ÿ]")
_RIGHT_SHARE = 0.1

#: How much of an article tells whether it is garbled (characters).
_SAMPLE = 1_000_000

#: Texts are garbled twice at times.
_MOST_TIMES = 3


def mend_decoded(decoded: Decoded) -> Decoded:
    """The characters of a file with garbled ones mended, and a word about it in its warnings."""
    texts, warnings = mend_garbled({"": decoded.text})
    return replace(decoded, text=texts[""], more=warnings)


def mend_garbled(values: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The values of one article mended, and a warning where that was done, or was not sure.

    It is sure where several characters are garbled, and next to no letter beside them is right.
    """
    mended = dict(values)
    warnings: tuple[str, ...] = ()
    for _ in range(_MOST_TIMES):
        together = "\n".join(mended.values())[:_SAMPLE]
        garbled = 0 if together.isascii() else _count(together)
        right = len(_RIGHT.findall(_RUN.sub("", together))) if garbled else 0
        if garbled >= _SEVERAL and right <= garbled * _RIGHT_SHARE:
            mended = {name: _RUN.sub(_mend_run, value) for name, value in mended.items()}
            warnings = (MENDED,)
            continue
        if not warnings and (garbled >= _SEVERAL or (garbled and not right)):
            warnings = (LEFT,)
        break
    return mended, warnings


def _count(text: str) -> int:
    """How many characters are surely garbled."""
    total = 0
    for found in _RUN.finditer(text):
        run, whole = found.group(), _mend_run(found)
        if whole != run:
            in_row = len(whole) if len(whole) >= _MANY_IN_ROW else 0
            total += max(in_row, len(_PLAIN_SIGN.findall(run)))
    return total


def _mend_run(found: re.Match[str]) -> str:
    run = found.group()
    if run.rstrip("\ufffd") == "â€":
        return "”"
    data = b"".join(
        bytes([ord(sign)]) if ord(sign) < 256 else sign.encode("cp1252") for sign in run
    )
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return run
