"""Documents as Factiva writes them with its codes; `downloads` shows the form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.errors import UnreadableFile
from rag.ingest.documents import ACCESSION, NO_HEAD, TWO, Document, Form, Lines, is_filler, say
from rag.ingest.lines import Line

_BELOW = ("CT", "RF", "ART", "CO", "IN", "NS", "RE", "IPC", "IPD", "PUB")
_ABOVE = "SE CLM HD BY CR WC PD ET SN SC ED VOL PG LA CY".split()
_CODE = re.compile(
    rf"(?P<code>{'|'.join((*_ABOVE, 'LP', 'TD', *_BELOW, 'AN'))})"
    r"(?P<gap>$| (?=[^ |])|\s*\|\s*|\s+)(?P<value>.*)"
)
_ROLES = {"SE": "section", "HD": "title", "BY": "author", "PD": "published", "SN": "outlet"}
#: Of these, as many stand above the text of every document.
_USUAL, _ENOUGH = {"WC", "PD", "SN", "SC", "LA", "CY"}, 3
#: Lines behind a headline among which one of them stands.
_NEAR = 15


@dataclass(frozen=True, slots=True)
class _Mark:
    at: int
    code: str
    gap: str
    value: str


def _find_mark(lines: Lines, at: int) -> _Mark | None:
    found = _CODE.fullmatch(lines[at].text)
    if found is None:
        return None
    gap = found["gap"] if found["gap"] in ("", " ") else "wide"
    return _Mark(at, found["code"], gap, found["value"])


def _find_marks(lines: Lines) -> list[_Mark]:
    """The codes of a document, written as that of its headline is."""
    marks = [mark for at in range(len(lines)) if (mark := _find_mark(lines, at))]
    gap = next((mark.gap for mark in marks if mark.code == "HD"), None)
    if gap is None:
        raise UnreadableFile(NO_HEAD)
    return [mark for mark in marks if mark.gap == gap or (gap == "wide" and not mark.gap)]


def _split(lines: Lines) -> Iterator[Lines]:
    starts = {_with_section(lines, at) for at in range(len(lines)) if _starts(lines, at)}
    ends = {at + 1 for at in range(len(lines)) if _is_accession(lines, at)}
    for start, end in pairwise(sorted({0, *starts, *ends, len(lines)})):
        if start in starts or not is_filler(lines[start:end]):
            yield lines[start:end]


def _starts(lines: Lines, at: int) -> bool:
    mark = _find_mark(lines, at)
    if mark is None or mark.code != "HD":
        return False
    behind = (_find_mark(lines, one) for one in range(at + 1, min(at + _NEAR, len(lines))))
    return any(one and one.code in _USUAL and one.gap == mark.gap for one in behind)


def _with_section(lines: Lines, at: int) -> int:
    """Where the document begins whose headline stands there: section and column may go before."""
    for back in (1, 2):
        mark = _find_mark(lines, at - back) if at >= back else None
        if mark and mark.code in ("SE", "CLM") and bool(mark.value) == (back == 1):
            return _with_section(lines, at - back)
    return at


def _is_accession(lines: Lines, at: int) -> bool:
    words = lines[at].text
    if ACCESSION.fullmatch(words) is None:
        return False
    return words.startswith("AN") or (at > 0 and lines[at - 1].text == "AN")


def _read(lines: Lines) -> Document:
    marks = _find_marks(lines)
    first = next((n for n, mark in enumerate(marks) if mark.code in ("LP", "TD")), len(marks))
    values: dict[str, str] = {}
    ends = [mark.at for mark in marks[1 : first + 1]] + [len(lines)]
    for mark, end in zip(marks[:first], ends, strict=False):
        role = "language" if mark.code == "LA" else _ROLES.get(mark.code, "aside")
        values.setdefault(role, say([Line(mark.value), *lines[mark.at + 1 : end]]))
    inside = marks[first:]
    _check_one(inside)
    usual = {mark.code for mark in marks[:first]} & _USUAL
    return Document(values, _read_text(lines, inside), bool(inside) and len(usual) >= _ENOUGH)


def _check_one(marks: list[_Mark]) -> None:
    """Raises `UnreadableFile` where a head stands within the text, with a text of its own."""
    texts = [n for n, mark in enumerate(marks) if mark.code in ("LP", "TD")]
    heads = {mark.code for mark in marks[: texts[-1] if texts else 0]} & _USUAL
    if len(heads) > 1:
        raise UnreadableFile(TWO)


def _read_text(lines: Lines, marks: list[_Mark]) -> Lines:
    """The lines of LP and TD, without what stands below them."""
    if not marks:
        return []
    end = len(lines) - 1 if _is_whole(lines) else len(lines)
    below: set[str] = set()
    for mark in reversed(marks[1:]):
        value = [Line(mark.value), *lines[mark.at + 1 : end]]
        listed = all(" : " in one.text or not one.is_prose for one in value)
        if mark.code == "AN" and mark.at >= end - 1:
            end = mark.at
        elif mark.code in _BELOW and mark.code not in below and listed:
            below.add(mark.code)
            end = mark.at
        else:
            break
    named = {mark.at: mark for mark in (marks[0], *_find_rest(marks))}
    text = [Line(named[at].value) if at in named else lines[at] for at in range(marks[0].at, end)]
    return [line for line in text if line.text]


def _find_rest(marks: list[_Mark]) -> list[_Mark]:
    """Where TD begins; a line further down that is only called so is the article's."""
    return [mark for mark in marks if mark.code == "TD"][:1]


def _is_whole(lines: Lines) -> bool:
    return _is_accession(lines, len(lines) - 1)


CODED = Form(_split, _read, _is_whole)
