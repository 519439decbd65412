"""Words that every reader of Markdown shows as they are: nothing in them comes alive.

CommonMark, GFM, Obsidian and Pandoc are what is guarded against, with backslashes alone. Quotation
marks and apostrophes are left to the reader's own typography.
"""

from __future__ import annotations

import re

from rag.brief.script import Script, tidy

_ALIVE = re.compile(
    r"[\\`*_\[\]<{}|~^$@]"  # wherever they stand
    r"|&(?=#\w+;|\w\w+;)"  # an entity; R&D; is none
    r"|:(?=//)|(?<=www)\."  # an address that GFM would link
    r"|:(?=(?!\d\d?:)[\w+-]+:)"  # an emoji's short name; 10:30:45 is none
    r"|(?<!\w)#(?=\S)(?!\d+(?![\w/-]))"  # an Obsidian tag; #1 is none
    r"|={2,}|%{2,}|-{2,}|\.{3,}",  # highlights, comments, what Pandoc turns into dashes and …
    re.IGNORECASE,
)
#: What matters only where a line begins: headings, quotes, lists, rules, definitions, title blocks.
_OPENING = re.compile(r"[#>+=:%-]")
#: Numbers of a list, Pandoc's letters and Roman ones among them. “A. Writer” is none: there a
#: capital letter wants two spaces after its full stop.
_NUMBER = re.compile(
    r"(\(?(?:\d+|[a-z]|[ivxlcdm]{2,}|[IVXLCDM]{2,}|[A-Z](?=\)|\.$)|#))(?=[.)](?:\s|$))"
)
#: An address that stands between angle brackets as it is. An entity would be turned there.
_CLEAN = re.compile(r"(?!.*&#?\w+;)https?://[\w.~:/?#@!&()*+,;=%-]+", re.IGNORECASE)


def escape(text: str) -> str:
    """The text on one line, fit to stand first or alone in a Markdown paragraph."""
    return escape_opening(escape_words(text))


def escape_words(text: str) -> str:
    """The text on one line, fit to stand anywhere but first."""
    return _ALIVE.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), tidy(text))


def escape_opening(line: str) -> str:
    """A line of escaped words, fit to stand first."""
    if _OPENING.match(line):
        return f"\\{line}"
    return _NUMBER.sub(r"\1\\", line, count=1) if _NUMBER.match(line) else line


def is_clean_address(address: str) -> bool:
    """Whether an address is one of the web, and nothing in it could end or change a link."""
    return bool(_CLEAN.fullmatch(address))


def write_address(address: str) -> str:
    """A link where the address is a clean one of the web, else its words."""
    return f"<{address}>" if is_clean_address(address) else escape_words(address)


MARKDOWN = Script(
    escape_words, write_address, escape_opening, marker="[^{}]", note="[^{}]: ", gap="\n\n"
)
