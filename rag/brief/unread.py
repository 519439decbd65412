"""What a browser shows of a page and Pandoc does not read."""

from __future__ import annotations

import re

#: Elements whose words are shown, or can be, and that an export never has.
_TAG = re.compile(
    r"<(textarea|svg|math|iframe|frame|object|embed|select|button|input|canvas|video|audio|img"
    r"|script|noscript|template|marquee|portal|dialog|meter|progress|fieldset|bdo)(?=[\s/>])",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NOTES = re.compile(r"<section\b[^>]{0,200}doc-endnotes.*?</section>", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"<li(?=[\s>])", re.IGNORECASE)


def find_unread(page: str, notes: int) -> tuple[str, ...]:
    """What of a page was not read, where so many of its footnotes were."""
    bare = _COMMENT.sub("", page)
    tags = dict.fromkeys(found[1].lower() for found in _TAG.finditer(bare))
    unread = [f"<{tag}>" for tag in tags]
    listed = sum(len(_ITEM.findall(found[0])) for found in _NOTES.finditer(bare))
    if listed > notes:
        unread.append("a footnote that no sentence cites")
    return tuple(unread)
