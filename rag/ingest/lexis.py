"""Documents as LexisNexis, Nexis Uni and Lexis+ write them; `downloads` shows both forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

from rag.errors import UnreadableFile
from rag.ingest.datelines import read_date_line
from rag.ingest.documents import (
    END,
    NO_HEAD,
    NUMBERED,
    TWO,
    Document,
    Form,
    Lines,
    is_cover,
    is_filler,
    say,
)
from rag.ingest.lines import Line

#: The fields above the text, and what each is; those below it.
_ABOVE = {
    **dict.fromkeys(("length", "länge", "longueur"), "length"),
    **dict.fromkeys(("byline", "autor", "auteur"), "author"),
    **dict.fromkeys(("section", "rubrik", "rubrique"), "section"),
    "headline": "title",
    "highlight": "highlight",
    "body": "body",
    **dict.fromkeys(("dateline", "series", "type", "column", "edition", "distribution"), "aside"),
}
_BELOW = frozenset(
    "load-date publication-type journal-code correction-date document-type acc-no issn update"
    " subject graphic url company organization person ticker industry geographic country state city"
    " language sprache langue".split()
)
_LANGUAGE = ("language", "sprache", "langue")
#: What stands below without a name, in the newer form: lists of pictures and of subjects.
_LISTS = ("Graphic", "Classification")

_LABEL = re.compile(r"(?P<label>[^\W\d_][\w-]*(?: [\w-]+)?) ?:\s*(?P<value>.*)")
_COPYRIGHT = re.compile(
    r"(?:(?:Copyright|©|\(c\)) ?){1,2}\d{4}\b.*|(?:.{0,80} )?(?:All Rights Reserved"
    r"|Alle Rechte vorbehalten)\.?",
    re.IGNORECASE,
)
#: What may stand below the day: which edition it was.
_ASIDE = re.compile(
    r"(?:[\w.]+,? ){0,3}(?:Edition|Final|Ausgabe)(?: ?[-,–]? ?(?:\w+ )?(?:Final|Edition))?"
    r"|correction appended",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?:[A-Z][a-z]{2,8}[ ,/-]{1,3}){1,2}\d{4}")
_WEEKDAY = re.compile(
    r"\w+(?:tag|woch|abend|di|dimanche|nes|tes|coles|ves|ado|ingo)", re.IGNORECASE
)

#: Lines among which a head is looked for, lines of a head, and lines of a list below the text.
_HEAD, _MOST_ABOVE, _LISTED = 30, 8, 8

_Cased = Callable[[str], bool]


def _find_label(text: str, names: Collection[str], cased: _Cased = bool) -> tuple[str, str] | None:
    found = _LABEL.fullmatch(text)
    if found is None or not cased(found["label"]) or found["label"].casefold() not in names:
        return None
    return found["label"].casefold(), found["value"]


def _is_length(text: str, cased: _Cased = bool) -> bool:
    found = _find_label(text, _ABOVE, cased)
    return found is not None and _ABOVE[found[0]] == "length" and found[1][:1].isdecimal()


def _is_day(text: str) -> bool:
    stated = read_date_line(text) if len(text) <= 80 else None
    if stated is None:
        return _MONTH.fullmatch(text) is not None
    return all(_WEEKDAY.fullmatch(word) for word in _ASIDE.sub("", stated.rest).split())


def _is_foot(text: str, cased: _Cased) -> bool:
    """Whether a line begins a field below the text, and is no sentence after some word."""
    found = _find_label(text, _BELOW, cased)
    if found is None:
        return _COPYRIGHT.fullmatch(text) is not None
    label, value = found
    if label == "update":
        return _is_day(value)
    return label in ("subject", "graphic") or "%)" in value or not Line(value).is_prose


def _trim(lines: Lines, cased: _Cased) -> tuple[Lines, str]:
    """The text without the fields below it, and the language that one of them states."""
    lists = () if cased is str.isupper else _LISTS
    end = len(lines)
    while end:
        start = end - 1
        while start and lines[start].attached and not _is_foot(lines[start].text, cased):
            start -= 1
        if not _is_foot(lines[start].text, cased) and lines[start].text not in lists:
            break
        end = start
    listed = (at for at in range(max(0, end - _LISTED), end) if lines[at].text in lists)
    end = next(listed, end)
    labels = [_find_label(line.text, _BELOW, cased) for line in lines]
    stated = [found[1] for found in labels[end:] if found and found[0] in _LANGUAGE]
    # The day of loading is the article's in no place.
    loaded = [found is not None and found[0] == "load-date" for found in labels[:end]]
    text = [line for line, out in zip(lines, loaded, strict=False) if not out]
    return text, stated[-1] if stated else ""


def _split_numbered(lines: Lines) -> Iterator[Lines]:
    heads = [at for at, line in enumerate(lines) if NUMBERED.fullmatch(line.text)]
    if heads and not is_filler(lines[: heads[0]]):
        yield lines[: heads[0]]
    for at, following in pairwise([*heads, len(lines)]):
        yield lines[at:following]


def _read_numbered(lines: Lines) -> Document:
    if NUMBERED.fullmatch(lines[0].text):
        lines = lines[1:]
    above, values, body = _read_fields(lines)
    feet = (at for at, line in enumerate(body) if _is_foot(line.text, str.isupper))
    if any(_is_length(line.text, str.isupper) for line in body[next(feet, len(body)) :]):
        raise UnreadableFile(TWO)
    dated = next((at for at, line in enumerate(above[:6]) if _is_day(line.text)), None)
    if dated is not None:
        outlet, rest = above[:dated], above[dated + 1 :]
        values["published"] = above[dated].text
        if ("title" in values or rest[1:]) and rest and _ASIDE.fullmatch(rest[0].text):
            rest = rest[1:]
    elif "title" in values or len(above) > _end_block(above):
        outlet, rest = above[: _end_block(above)], above[_end_block(above) :]
    else:
        outlet, rest = [], above
    if "title" not in values:
        values["title"], rest = say(rest[: _end_block(rest)]), rest[_end_block(rest) :]
    standfirst = [Line(values.pop("highlight"))] if values.get("highlight") else []
    text, language = _trim(body, str.isupper)
    values |= {"outlet": say(outlet), "language": language}
    return Document(values, [*rest, *standfirst, *text], "length" in values)


def _end_block(lines: Lines) -> int:
    return next((at for at, line in enumerate(lines) if at and not line.attached), len(lines))


def _read_fields(lines: Lines) -> tuple[Lines, dict[str, str], Lines]:
    """The lines above the fields, the fields, and the lines below them."""
    above: Lines = []
    values: dict[str, str] = {}
    last = ""
    for at, line in enumerate(lines[:_HEAD]):
        if found := _find_label(line.text, _ABOVE, str.isupper):
            last = _ABOVE[found[0]]
            if last == "body":
                own = [Line(found[1])] if found[1] else []
                return above, values, [*own, *lines[at + 1 :]]
            values[last] = found[1]
        elif line.attached and last not in ("", "length") and not line.is_prose:
            values[last] += f" {line.text}"
        elif last:
            return above, values, lines[at:]
        elif not _COPYRIGHT.fullmatch(line.text):
            above.append(line)
    if not values:
        raise UnreadableFile(NO_HEAD)
    return above, values, lines[_HEAD:]


def _has_foot(lines: Lines) -> bool:
    return any(_is_foot(line.text, str.isupper) for line in lines)


def _split_ended(lines: Lines) -> Iterator[Lines]:
    ends = [at + 1 for at, line in enumerate(lines) if line.text == END]
    for start, end in pairwise([0, *ends]):
        yield lines[start:end]
    if ends and not is_filler(lines[ends[-1] :]):
        yield lines[ends[-1] :]


def _read_ended(lines: Lines) -> Document:
    heads = list(_find_heads(lines))
    if len(heads) != 1:
        raise UnreadableFile(TWO if heads else NO_HEAD)
    [body] = heads
    first = next(at for at in range(max(0, body - _HEAD), body) if _is_field(lines[at].text))
    above = _drop_cover(lines[:first])
    if len(above) > _MOST_ABOVE or any(line.is_prose for line in above[:-3]):
        raise UnreadableFile(TWO)
    found = [_find_label(line.text, _ABOVE) for line in lines[first:body]]
    values = {_ABOVE[label]: value for label, value in filter(None, reversed(found))}
    if len(above) > 2 and _is_day(above[-2].text) and _ASIDE.fullmatch(above[-1].text):
        above = above[:-1]
    if len(above) > 1 and _is_day(above[-1].text):
        values["published"] = above.pop().text
    title, outlet = (above[:-1], above[-1:]) if len(above) > 1 else (above, [])
    standfirst = [Line(values.pop("highlight"))] if values.get("highlight") else []
    whole = lines[-1].text == END
    text, language = _trim(lines[body + 1 : len(lines) - whole], bool)
    values |= {"title": say(title), "outlet": say(outlet), "language": language}
    sure = "published" in values or any(_COPYRIGHT.fullmatch(one.text) for one in lines[:body])
    return Document(values, [*standfirst, *text], sure)


def _find_heads(lines: Lines) -> Iterator[int]:
    """Where a head ends: at the first “Body” close below a length."""
    length = None
    for at, line in enumerate(lines):
        if _is_length(line.text):
            length = at
        elif line.text == "Body" and length is not None:
            if at - length < _HEAD:
                yield at
            length = None


def _is_field(text: str) -> bool:
    return _find_label(text, _ABOVE) is not None or _COPYRIGHT.fullmatch(text) is not None


def _drop_cover(above: Lines) -> Lines:
    """The head of the first document without the cover, in whose list its headline is the first."""
    if not is_cover(above):
        return above
    listed = next((line.text[3:] for line in above if line.text.startswith("1. ")), "")
    starts = [at for at, line in enumerate(above) if line.text == listed]
    if starts:
        return above[starts[-1] :]
    days = [at for at, line in enumerate(above) if at >= len(above) - 2 and _is_day(line.text)]
    return above[max(0, (days[0] if days else len(above)) - 2) :]


def _is_ended(lines: Lines) -> bool:
    return lines[-1].text == END


NUMBERED_FORM = Form(_split_numbered, _read_numbered, _has_foot)
ENDED = Form(_split_ended, _read_ended, _is_ended)
