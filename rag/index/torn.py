"""Values of the library's that are not what was stored: a disk has lost or turned some of them."""

from __future__ import annotations

from datetime import date

from rag.errors import LibraryError

#: What reading a torn value ends in.
TORN = (TypeError, ValueError, RecursionError)


def to_date(value: str | None) -> date | None:
    """The date of a column. Raises LibraryError for a torn one."""
    try:
        return date.fromisoformat(value) if value else None
    except TORN as error:
        raise tell_torn("date", value) from error


def tell_torn(kind: str, value: object) -> LibraryError:
    return LibraryError(
        f"The library is damaged: {str(value)[:40]!r} is no {kind}.",
        "`dateline doctor` says what to do.",
    )
