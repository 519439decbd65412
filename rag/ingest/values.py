"""What a value may be that a person gives for an article, on a page or in a file beside it."""

from __future__ import annotations

import re

from rag.errors import UsageError
from rag.ingest.dates import parse_date
from rag.ingest.stated import FIELDS
from rag.text import storable

DAYS = ("published", "updated")
#: Characters that a value may have.
LONGEST = 500
LONGEST_URL = 2000

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def check_value(field: str, value: str | None) -> str | None:
    """The value tidied, "" as None. Raises `UsageError` where it cannot be."""
    if field not in FIELDS:
        raise UsageError(f"“{field}” cannot be filled in.", f"These can: {', '.join(FIELDS)}.")
    said = " ".join(storable(value or "").split())
    if not said:
        if field == "title":
            raise UsageError("An article needs a title.", "Fill one in.")
        return None
    if len(said) > (LONGEST_URL if field == "url" else LONGEST):
        raise UsageError(f"That is too long for its {field}.", "Shorten it.")
    if field in DAYS and parse_date(said) is None:
        raise UsageError(f"“{said}” is no date.", "Write it as in 2022-03-13.")
    if field == "url" and not _ADDRESS.fullmatch(said):
        raise UsageError(f"“{said}” is no address of a page.", "It begins with https://.")
    if field == "language" and not _LANGUAGE.fullmatch(said):
        raise UsageError(f"“{said}” is no code of a language.", "Write it as in en, or pt-BR.")
    return said
