"""The article in an HTML page: its text by trafilatura, the rest by its own markup.

Nothing in the page is run or fetched.
"""

from __future__ import annotations

import re
from typing import Any

from rag.errors import UnreadableFile
from rag.ingest.fragments import is_cut, parse_whole
from rag.ingest.html_head import read_page_head
from rag.ingest.html_tables import write_out_tables
from rag.ingest.stated import Stated

#: Elements of a page. News pages have a few thousand; extraction takes seconds at this many, and
#: its time grows with their square.
_MOST_ELEMENTS = 15_000

#: Tags in the source, scripts included: more are not even parsed, for each takes memory.
_MOST_TAGS = 150_000

#: The slower fallbacks take seconds at this many elements already.
_MOST_FOR_FALLBACK = 5_000

#: Parts that a page itself marks as not the article's, whatever trafilatura makes of them.
_BESIDE = (
    "//*[@role='complementary' or @role='navigation' or @role='banner' or @role='contentinfo']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' ad ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' kicker ')]",
)

#: An extraction shorter than this is tried again with the slower fallbacks (characters).
_SHORT = 250

#: A page that shows fewer characters has its text from elsewhere.
_FEW = 120
#: What an error page is called, by a server in English.
_ERROR = re.compile(
    r"(?:(?:http )?(?:error|status):? )?(?:40[0134]|410|429|50[0234])"
    r"(?:\W+(?:error|(?:page |file )?not found|forbidden|bad gateway|service unavailable"
    r"|gateway time-?out|too many requests))?|page not found",
    re.IGNORECASE,
)
_ASKS_FOR_SCRIPTS = re.compile(
    r"(?:enable|activate|turn on|requires?|need) (?:\w+ )?javascript|javascript (?:is|to be) "
    r"(?:disabled|required|enabled)|without javascript",
    re.IGNORECASE,
)


def read_page(source: str) -> tuple[Stated, str]:
    """What the page states about its article, and the article's text, one paragraph a line."""
    if source.count("<") > _MOST_TAGS:
        raise _too_long(source.count("<"))
    import trafilatura  # a third of a second: only where there is a page to read

    try:
        tree = _parse(trafilatura, source)
        if tree is None:
            return Stated(), ""
        stated, linked = read_page_head(tree)
        scripted = _is_scripted(tree)
        text = _text(trafilatura, tree)
    except UnreadableFile:
        raise
    except Exception as error:  # the extractor meets pages that its authors never saw
        raise UnreadableFile(
            f"The page cannot be read as HTML ({type(error).__name__}).",
            "Open it in a browser and save its text as .txt.",
        ) from error
    if linked and linked.split() == text.split():
        text = linked  # its paragraphs, which the extractor runs together
    if len(text) < _SHORT and (named := _error_named(tree)):
        raise UnreadableFile(
            f"It is the error page “{named}”, and no article.",
            "Open the article in a browser, and save it anew.",
        )
    asks = len(text) < _SHORT and _ASKS_FOR_SCRIPTS.search(text)
    if asks or (scripted and len(text) < _FEW // 2):
        text = linked if len(linked) > len(text) else _refuse_scripted()
    return stated, text


def _error_named(tree: Any) -> str | None:
    """The name of the error, where a heading or the title of the page is nothing else."""
    for element in tree.xpath("//h1 | //head/title")[:5]:
        for part in re.split(r"\s[|–—-]\s", " ".join(element.text_content().split())):
            if _ERROR.fullmatch(part.rstrip(".! ")):
                return str(part)
    return None


def _parse(trafilatura: Any, source: str) -> Any:
    """The tree of the whole page: by a parser with fewer limits where the usual one stops at them,
    as on elements nested 256 deep or an embedded picture of 10 MB."""
    tree = trafilatura.load_html(source)
    return parse_whole(source) if is_cut(trafilatura.utils.HTML_PARSER) else tree


def _is_scripted(tree: Any) -> bool:
    """Whether the page has scripts and next to no words of its own."""
    if not tree.xpath("//script[@src or string-length(.) > 200]"):
        return False
    shown = tree.xpath(
        "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript"
        " or ancestor::template)]"
    )
    return len(" ".join(" ".join(shown).split())) < _FEW


def _refuse_scripted() -> str:
    raise UnreadableFile(
        "Its text is put in by a script.",
        "Open it in a browser and save it from there as text, or print it to PDF.",
    )


def _text(trafilatura: Any, tree: Any) -> str:
    size = sum(1 for element in tree.iter() if element.tag != "script")
    if size > _MOST_ELEMENTS:
        raise _too_long(size)
    write_out_tables(tree)
    # Measured on 40 news pages (F1): without tables .970, with those written out .971, with all
    # that the extractor takes .967. On 60, its fallbacks made .957 of .964.
    options = {"include_comments": False, "include_tables": False, "prune_xpath": list(_BESIDE)}
    text = str(trafilatura.extract(tree, fast=True, **options) or "")
    if len(text) < _SHORT and size <= _MOST_FOR_FALLBACK:
        slower = str(trafilatura.extract(tree, fast=False, **options) or "")
        text = max(text, slower, key=len)
    return re.sub(r"^- ", "", text, flags=re.MULTILINE)


def _too_long(elements: int) -> UnreadableFile:
    return UnreadableFile(
        f"The page has {elements} elements, too many for an article.",
        "Save the article alone, or its text as .txt.",
    )
