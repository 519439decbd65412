"""The sources of a briefing, for reference managers: CSL-JSON and BibTeX.

One entry for each version of an article that is cited. BibTeX is written here and not by Pandoc,
which gives English titles other capitals, turns straight quotation marks and takes `<i>` in a title
for markup.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rag.brief.bylines import Name, read_byline
from rag.brief.document import Document
from rag.types import Citation

#: Digits of the hash in a key.
KEY = 8


@dataclass(frozen=True, slots=True)
class Source:
    """An article as it was when it was cited; `quotes` are what was taken from it, each once."""

    key: str
    citation: Citation
    accessed: date
    quotes: tuple[str, ...]

    @property
    def authors(self) -> tuple[Name, ...]:
        return read_byline(self.citation.author or "")

    @property
    def note(self) -> str:
        """The article's whole hash, then the quotations, on one line."""
        hashed = [f"[sha256:{self.citation.hash}]"] if self.citation.hash else []
        return " ".join([*hashed, *(f"“{said}”" for said in self.quotes)])

    @property
    def place(self) -> str:
        """The address, or the name of the article's file."""
        return self.citation.url or Path(self.citation.file).name


def list_sources(document: Document) -> list[Source]:
    """The cited articles in the order in which they are first cited, under keys of their own."""
    cited: dict[tuple[str, ...], list[tuple[Citation, date]]] = {}
    for note in document.notes:
        citation = note.citation
        cited.setdefault(_identify(citation), []).append((citation, note.accessed))
    sources: dict[str, Source] = {}
    for identity, found in cited.items():
        first, days = found[0][0], [day for _, day in found]
        key = _make_key(first, identity, sources)
        quotes = tuple(dict.fromkeys(citation.quote for citation, _ in found))
        sources[key] = Source(key, first, max(days), quotes)
    return list(sources.values())


def write_csl(document: Document) -> str:
    """The sources as CSL-JSON."""
    return _dump([_build_csl(source) for source in list_sources(document)])


def write_bibtex(document: Document) -> str:
    """The sources as BibTeX with biblatex's fields, in UTF-8."""
    return "\n".join(_write_entry(source) for source in list_sources(document))


def _identify(citation: Citation) -> tuple[str, ...]:
    if citation.hash:
        return (citation.hash,)
    names = (citation.title, citation.outlet, citation.author, citation.url, citation.file)
    return (citation.article, str(citation.published), *(name or "" for name in names))


def _make_key(citation: Citation, identity: tuple[str, ...], taken: Mapping[str, object]) -> str:
    """“examplewire2022-0123abcd”: the same for the same version of an article, in any briefing."""
    digits = citation.hash or hashlib.sha256("\0".join(identity).encode()).hexdigest()
    letters = unicodedata.normalize("NFKD", citation.outlet or citation.title)
    slug = re.sub(r"[^a-z0-9]", "", letters.encode("ascii", "ignore").decode().lower())[:24]
    year = citation.published.year if citation.published else ""
    digits = re.sub(r"[^0-9a-f]", "", digits.lower())
    key = f"{slug or 'article'}{year}-"
    # Two that begin alike are told apart by more of their hashes.
    length = KEY
    while f"{key}{digits[:length]}" in taken and length < len(digits):
        length += KEY
    return f"{key}{digits[:length]}"


def _build_csl(source: Source) -> dict[str, Any]:
    citation = source.citation
    entry: dict[str, Any] = {"id": source.key, "type": "article-newspaper"}
    if source.authors:
        entry["author"] = [_build_name(name) for name in source.authors]
    entry |= {"title": citation.title} if citation.title else {}
    entry |= {"container-title": citation.outlet} if citation.outlet else {}
    entry |= {"issued": _build_day(citation.published)} if citation.published else {}
    if citation.url:
        entry |= {"URL": citation.url, "accessed": _build_day(source.accessed)}
    elif source.place:
        entry["source"] = source.place
    return entry | {"note": source.note}


def _build_name(name: Name) -> dict[str, str]:
    if not name.given:
        return {"literal": name.family}
    return {"family": name.family, "given": name.given}


def _build_day(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _write_entry(source: Source) -> str:
    citation = source.citation
    fields = {
        "author": " and ".join(_write_name(name) for name in source.authors),
        # Braces of its own: no style may take its capitals away.
        "title": f"{{{escape_tex(citation.title)}}}" if citation.title else "",
        "journaltitle": escape_tex(citation.outlet or ""),
        "entrysubtype": "newspaper",
        "date": citation.published.isoformat() if citation.published else "",
        "url": _write_url(citation.url or ""),
        "urldate": source.accessed.isoformat() if citation.url else "",
        "howpublished": "" if citation.url else escape_tex(source.place),
        "note": escape_tex(source.note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@article{{{source.key},", *lines, "}", ""])


def _write_name(name: Name) -> str:
    if name.given:
        return f"{escape_tex(name.family)}, {escape_tex(name.given)}"
    return f"{{{escape_tex(name.family)}}}"


_COMMANDS = {
    "\\": "textbackslash",
    "~": "textasciitilde",
    "^": "textasciicircum",
    "<": "textless",
    ">": "textgreater",
    '"': "textquotedbl",
    "'": "textquotesingle",
    "`": "textasciigrave",
}
_TEX = str.maketrans(
    {sign: f"{{\\{command}}}" for sign, command in _COMMANDS.items()}
    | {sign: f"\\{sign}" for sign in "&%$#_{}"}
)
#: BibTeX counts braces whatever stands before them, so single ones need commands.
_SINGLE = _TEX | str.maketrans({"{": r"{\textbraceleft}", "}": r"{\textbraceright}"})


def escape_tex(text: str) -> str:
    """The text as LaTeX shows it sign for sign, and with balanced braces."""
    written = text.translate(_TEX if _is_balanced(text) else _SINGLE)
    # Two hyphens would become a dash.
    return re.sub(r"-(?=-)", "-{}", written)


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _write_url(address: str) -> str:
    """The address, in which biblatex reads nothing but braces, backslashes and spaces."""
    return re.sub(r"[{}\\\s]", lambda found: quote(found[0]), address)
