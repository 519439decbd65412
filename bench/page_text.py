"""A page as text, in the two ways in which people get it without an extractor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_BLOCK = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt"
    " fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hr legend li main"
    " menu nav ol option p pre section select summary table tbody td tfoot th thead tr ul".split()
)
#: After these a browser leaves a blank line.
_SPACED = frozenset("p h1 h2 h3 h4 h5 h6 blockquote ul ol dl figure pre hr".split())
_UNSEEN = frozenset(
    "script style noscript template svg math head iframe object video audio canvas textarea"
    " datalist map".split()
)


def flatten(tree: Any) -> str:
    """One line for each block of the page, none blank: what simple scrapers store."""
    return "\n".join(line for line in _seen_text(tree, False).split("\n") if line)


def copy(tree: Any) -> str:
    """What “select all” and “copy” give in a browser: paragraphs stand apart by blank lines, the
    cells of a table by tabs, and what the page hides in its markup is left out."""
    return re.sub(r"\n{3,}", "\n\n", _seen_text(tree, True)).strip()


WAYS: dict[str, Callable[[Any], str]] = {"flattened": flatten, "copied": copy}


def _seen_text(tree: Any, as_browser: bool) -> str:
    pieces: list[str] = []
    for body in tree.iter("body"):
        _walk(body, pieces, as_browser)
        break
    lines = "".join(pieces).split("\n")
    return "\n".join(re.sub(r"[ \f\v\xa0]+", " ", line).strip() for line in lines)


def _walk(element: Any, pieces: list[str], as_browser: bool) -> None:
    tag = element.tag
    if isinstance(tag, str) and tag not in _UNSEEN and not (as_browser and _is_hidden(element)):
        mark = _mark(tag, as_browser)
        pieces.append(mark)
        if tag == "br":
            pieces.append("\n")
        pieces.append(_spaced(element.text))
        for child in element:
            _walk(child, pieces, as_browser)
        pieces.append(mark)
    pieces.append(_spaced(element.tail))


def _mark(tag: str, as_browser: bool) -> str:
    if as_browser and tag in ("td", "th"):
        return "\t"
    if as_browser and tag in _SPACED:
        return "\n\n"
    return "\n" if tag in _BLOCK else ""


def _spaced(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").casefold()
    return element.get("hidden") is not None or "display:none" in style
