"""What somebody wrote down about a file, in a file beside it: “story.pdf.yaml”."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rag.errors import UnreadableFile, UsageError
from rag.ingest.decode import decode_text
from rag.ingest.files import Skipped, sidecar_of
from rag.ingest.frontmatter import find_bad_addresses, find_bad_dates, load_fields, read_fields
from rag.ingest.stated import FIELDS, SIDECAR, TEXT, Stated
from rag.ingest.values import check_value
from rag.types import Draft

#: More bytes are no notes about a file.
_LARGEST = 64_000
_NO_FIELDS = "it has no field of an article, such as “title: …” or “published: 2022-03-14”"


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is stated in it, and what is wrong with it."""

    stated: Stated = field(default_factory=Stated)
    skipped: tuple[Skipped, ...] = ()

    def apply(self, draft: Draft) -> Draft:
        """The article with what is stated here: a file's own article by these values, an article
        among several with them where it has none."""
        known = _stated(draft)
        if draft.part == "":
            return _with(draft, self.stated.filled_from(known))
        if self.stated.language and known.origins.get("language") == TEXT:
            known = replace(known, language=None)
        return _with(draft, known.filled_from(replace(self.stated, title=None, url=None)))


def read_sidecar(path: Path) -> Sidecar:
    """What stands beside the article at `path`; empty where nothing does."""
    beside = sidecar_of(path)
    if beside is None:
        return Sidecar()
    try:
        with beside.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UnreadableFile(f"it has more than {_LARGEST // 1000} kB")
        fields = load_fields(decode_text(data).replace("\r\n", "\n"))
    except UnreadableFile as error:
        return Sidecar(skipped=(Skipped(str(beside), error.problem),))
    except OSError as error:
        return Sidecar(skipped=(Skipped(str(beside), error.strerror or "it cannot be opened"),))
    stated = read_fields(fields).said_by(SIDECAR)
    if not stated.origins:
        return Sidecar(skipped=(Skipped(str(beside), _NO_FIELDS),))
    stated, faults = _take_fit(stated)
    faults += [f"its date “{day}” is not written as 2022-03-14" for day in find_bad_dates(fields)]
    faults += [f"its address “{url}” is none of a page" for url in find_bad_addresses(fields)]
    return Sidecar(stated, tuple(Skipped(str(beside), fault) for fault in faults))


def _take_fit(stated: Stated) -> tuple[Stated, list[str]]:
    """What of it can be filled in on the Library page as well, and what is wrong with the rest."""
    faults = []
    unfit: dict[str, Any] = {}
    for name in stated.origins:
        value = getattr(stated, name)
        try:
            check_value(name, value if isinstance(value, str) else value.isoformat())
        except UsageError as error:
            faults.append(error.problem)
            unfit[name] = None
    origins = {name: said for name, said in stated.origins.items() if name not in unfit}
    return replace(stated, **unfit, origins=origins), faults


def _stated(draft: Draft) -> Stated:
    values = {name: getattr(draft, name) for name in FIELDS}
    return Stated(**values, origins=dict(draft.origins))


def _with(draft: Draft, stated: Stated) -> Draft:
    values = {name: getattr(stated, name) for name in FIELDS}
    # What was taken out has no origin either.
    origins = {name: origin for name, origin in stated.origins.items() if values[name] is not None}
    return replace(draft, **values, origins=origins)
