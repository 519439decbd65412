"""A citation as news is cited in a footnote."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

from rag.answer.citing import write_also
from rag.answer.dates import write_date
from rag.brief.script import MARKS, PLAIN, Script, tidy
from rag.types import Citation

#: What a mark of doubt begins with.
DOUBT = "[unsupported"
#: The mark that keeps what follows a name in Arabic or Hebrew, a date above all, in its place.
_LEFT_TO_RIGHT = "\u200e"
#: What goes between quotation marks takes inner ones.
_INNER = str.maketrans("“”„‟", "‘’‚‛")


def write_citation(
    citation: Citation, accessed: date | None = None, *, quote: bool = False, script: Script = PLAIN
) -> str:
    """Byline, headline, outlet, date, address and, where it was, the day of access, on one line.

    What is not known is left out; the file's name stands in for an address. Copies of the story
    come last, three of them by name. With `quote` the quotation follows.
    """
    parts = [script.words(write_source(citation))]
    if address := _tidy_bare(citation.url):
        parts.append(script.address(address))
        parts += [f"accessed {write_date(accessed)}"] if accessed else []
    elif name := _tidy_field(Path(citation.file).name):
        parts.append(script.words(name))
    also = _tidy_field(write_also(citation.also_in))
    written = ", ".join(parts) + (script.words(f"; also in {also}") if also else "")
    line = script.opening(written)
    return f"{line}: “{script.words(citation.quote)}”" if quote else line


def write_source(citation: Citation) -> str:
    """Byline, headline, outlet and date: what of a citation is the article's own."""
    byline, outlet = (_tidy_field(field) for field in (citation.author, citation.outlet))
    headline = _write_headline(_tidy_field(citation.title))
    named = f"{byline}, " if byline else ""
    titled = f"{headline} " if headline else ""
    held = f"{outlet}, " if outlet else ""
    return f"{named}{titled}{held}{write_date(citation.published)}"


def list_parts(citation: Citation) -> list[tuple[str, str]]:
    """What of a citation is the article's own, part by part; without what is not known."""
    parts = [
        ("byline", _tidy_field(citation.author)),
        ("headline", _write_headline(_tidy_field(citation.title))),
        ("outlet", _tidy_field(citation.outlet)),
        ("date", write_date(citation.published)),
        ("address", _tidy_bare(citation.url)),
    ]
    return [(name, part) for name, part in parts if part]


def write_doubt(why: str | None) -> str:
    """The mark behind a sentence that is not borne out, with the reason where there is one."""
    return f"{DOUBT}: {why}]" if why else f"{DOUBT}]"


def _write_headline(title: str) -> str:
    """“Headline,” with its comma, or ending in its own question or exclamation mark."""
    inner = re.sub(r'"([^"]*)"', r"‘\1’", title).translate(_INNER).rstrip(" ,")
    if not inner:
        return ""
    if re.search(r"[?!][’‘]?$", inner):
        return f"“{inner}”"
    # The comma goes within an inner quotation's mark too, but not before an apostrophe.
    quoted = inner.endswith("’") and inner.count("‘") >= inner.count("’")
    return f"“{inner[:-1]},’”" if quoted else f"“{inner},”"


def _tidy_bare(field: str | None) -> str:
    return tidy(MARKS.sub("", field or ""))


def _tidy_field(field: str | None) -> str:
    text = _tidy_bare(field)
    directions = (unicodedata.bidirectional(sign) for sign in reversed(text))
    last = next((one for one in directions if one in ("L", "R", "AL")), "L")
    return text if last == "L" else text + _LEFT_TO_RIGHT
