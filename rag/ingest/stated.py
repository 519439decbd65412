"""What an article states about itself: in front matter, in markup, in lines at its head."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

#: Where a value can come from, as it is shown and stored.
FRONT_MATTER, MARKUP, TEXT = "front matter", "markup", "text"
COLUMNS, FEED, MAIL, SIDECAR, FILLED = "columns", "feed", "mail header", "sidecar", "filled in"
PROPERTIES, FILE_NAME, DOWNLOAD = "document properties", "file name", "download"

#: What can be stated, and so be filled in.
FIELDS = ("title", "author", "outlet", "section", "language", "published", "updated", "url")


@dataclass(frozen=True, slots=True)
class Stated:
    """None for what is not stated; nothing here is guessed.

    `origins` says by field where a value comes from, `warnings` what was stated of the days and
    could not be taken.
    """

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    published: date | None = None
    updated: date | None = None
    url: str | None = None
    section: str | None = None
    language: str | None = None
    origins: dict[str, str] = field(default_factory=dict, hash=False)
    warnings: tuple[str, ...] = ()

    def said_by(self, origin: str) -> Stated:
        """The same, with `origin` for every value that has none yet."""
        stated = [name for name in FIELDS if getattr(self, name) is not None]
        return replace(self, origins={**dict.fromkeys(stated, origin), **self.origins})

    def filled_from(self, other: Stated) -> Stated:
        """The same, with what is missing taken from `other`, and its origins."""
        missing = [name for name in FIELDS if getattr(self, name) is None]
        origins = {name: other.origins[name] for name in missing if name in other.origins}
        values = {name: getattr(other, name) for name in missing}
        # Of a day that is known, no other place needs to have told it.
        warnings = self.warnings + (other.warnings if self.published is None else ())
        return replace(self, **values, origins={**self.origins, **origins}, warnings=warnings)
