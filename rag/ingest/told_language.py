"""The language of a text, told by its letters where nothing states it."""

from __future__ import annotations

import io
import lzma
from array import array
from functools import cache
from typing import Any

#: Shorter texts tell too little (characters); of longer ones the beginning is enough.
_SHORTEST, _SAMPLE = 200, 3000
#: What the model has to give a language, of 1.
_CERTAIN = 0.99


def tell_language(text: str) -> str | None:
    """The two-letter code of the language a text is in; None where that is not certain."""
    if len(text) < _SHORTEST:
        return None
    language, probability = _load().classify(text[:_SAMPLE])
    return str(language) if probability > _CERTAIN and len(language) == 2 else None


@cache
def _load() -> Any:
    """The model that py3langid ships, read as its `load_model` does, but in memory: that one
    unpacks it into a temporary file, and reading an article writes nothing."""
    # A second and 120 MB: only where the first text asks for it.
    import numpy as np
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        data = np.load(io.BytesIO(packed.read()), allow_pickle=False)
    nextmove, row = (_unpack(data[name]) for name in ("nextmove", "nextmove_row"))
    return LanguageIdentifier(
        data["ptc"],
        data["pc"],
        data["classes"].tolist(),
        nextmove,
        data["out_feat"].tolist(),
        norm_probs=True,
        tk_row=row,
    )


def _unpack(numbers: Any) -> array[int]:
    values = array({2: "H", 4: "I", 8: "L"}[numbers.dtype.itemsize])
    values.frombytes(numbers.tobytes())
    return values
