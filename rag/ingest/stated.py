"""What an article states about itself: in front matter, in markup, in lines at its head."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Stated:
    """None for what is not stated; nothing here is guessed."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    published: date | None = None
    updated: date | None = None
    url: str | None = None

    def filled_from(self, other: Stated) -> Stated:
        """The same, with what is missing taken from `other`."""
        missing = {
            field.name: getattr(other, field.name)
            for field in fields(self)
            if getattr(self, field.name) is None
        }
        return replace(self, **missing)
