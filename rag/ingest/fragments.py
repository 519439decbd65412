"""Pieces of HTML as plain text: the text of a record, the body of a mail.

They are too short and too bare for what finds the article on a whole page.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from rag.errors import UnreadableFile

_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|img|figure|blockquote|table"
    r"|tr|td|html|body|article|section|script|style|font|center|hr|u|pre)\b[^<>]{0,2000}>",
    re.I,
)
_ENTITY = re.compile(
    r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|amp|quot|lt|gt|nbsp|apos|[lr][sd]quo|[mn]dash|hellip);", re.I
)

_BLOCKS = frozenset(
    (
        *("address article aside blockquote body center dd div dl dt fieldset figcaption".split()),
        *("figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section".split()),
        *("table tbody td tfoot th thead tr ul".split()),
    )
)
_SILENT = frozenset(
    "script style noscript template head title iframe svg select button form".split()
)

#: More tags than this hold no article.
_MOST_TAGS = 150_000


def make_plain(source: str) -> str:
    """The source as plain text: what is marked up as HTML loses its tags, a paragraph a line."""
    if _TAG.search(source):
        return read_fragment(source)
    return unescape(source) if _ENTITY.search(source) else source


def read_fragment(source: str) -> str:
    """The words of a piece of HTML, with a blank line between its blocks."""
    if source.count("<") > _MOST_TAGS:
        raise UnreadableFile("It has too many tags for an article.", "Save its text as .txt.")
    from lxml import etree  # as other libraries: only where there is something to read

    try:
        tree = parse_whole(f"<div>{source}</div>".replace("\0", ""))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    return _tidy("".join(_words(etree, tree)))


def parse_whole(source: str) -> Any:
    """The tree of a piece of HTML, by lxml's parser with the fewest limits.

    Raises `UnreadableFile` where that one stops as well.
    """
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    tree = document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    if is_cut(parser):
        raise UnreadableFile("Its tags nest too deep for an article.", "Save its text as .txt.")
    return tree


def is_cut(parser: Any) -> bool:
    """Whether an HTML parser stopped at one of its limits, and dropped what is behind."""
    return any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def _words(etree: Any, tree: Any) -> list[str]:
    """The words of the elements in order; by a walk without recursion, for they may nest deep."""
    words: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            hidden += tag in _SILENT
            words.append(_break(tag))
            words += [_flat(element.text)] if element.text and not hidden else []
            continue
        hidden -= tag in _SILENT
        words.append(_break(tag) if tag != "br" else "")
        words += [_flat(element.tail)] if element.tail and not hidden else []
    return words


def _break(tag: str) -> str:
    return "\n" if tag == "br" else "\n\n" if tag in _BLOCKS else ""


def _flat(text: str) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def _tidy(text: str) -> str:
    lines = (line.strip(" ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
