"""Markdown as plain text: its marks go, its words stay as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>]{0,300})?/?>")

_HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?:[ \t]+|$)(?P<words>.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-{2,})[ \t]*")
_RULE = re.compile(r"[ ]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_FENCE = re.compile(r"[ ]{0,3}(?:```|~~~).*")
_REFERENCE = re.compile(r"[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*\S+.*")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_ITEM = re.compile(r"[ \t]*(?:[-*+][ \t]+|(?=\d{1,3}[.)][ \t]))")

_LABEL = r"\[((?:[^\[\]\\\n]|\\.){0,500})\]"
_TARGET = r"\((?:[^()\s\\]|\\.|\([^()\s]*\)){0,2000}(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?[ \t]*\)"

#: (pattern, what takes its place), applied to each line in this order.
_INLINE = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (rf"!{_LABEL}(?:{_TARGET}|\[[^\[\]\n]{{0,200}}\])", ""),
        (rf"{_LABEL}{_TARGET}", r"\1"),
        (rf"{_LABEL}\[[^\[\]\n]{{0,200}}\]", r"\1"),
        (r"<((?:https?://|mailto:)[^<>\s]{1,2000})>", r"\1"),
        (r"(`{1,3})(?=\S)([^`\n]+?)(?<=\S)\1", r"\2"),
        (r"(?<![\\*\w])(\*{1,3})(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s\\*])\1(?![*\w])", r"\2"),
        (r"(?<![\\*])(\*\*)(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s\\*])\1(?!\*)", r"\2"),
        (
            r"(?<![\\_\w])(_{1,3})(?=[^\s_])((?:[^_\n]"
            r"|(?<=\w)_(?=\w)){1,2000}?)(?<=[^\s\\_])\1(?![_\w])",
            r"\2",
        ),
        (r"~~(?=\S)([^~\n]{1,2000}?)(?<=\S)~~", r"\1"),
        (r"\\([\\`*_{}\[\]()#+\-.!|>~<])", r"\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Plain:
    """The text without marks; `title` is its first heading if nothing stands before that."""

    title: str | None
    text: str


def read_markdown(source: str) -> Plain:
    """The words of `source` line by line; the heading it opens with is its title, not its text."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = _COMMENT.sub("", source).split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return Plain(None, "")
    title, used = _opening(lines, first)
    text = "\n".join(_plain_lines(lines[first + used :]))
    return Plain(title, text)


def _opening(lines: list[str], first: int) -> tuple[str | None, int]:
    """The heading in the first line, and how many lines it takes."""
    heading = _HEADING.fullmatch(lines[first])
    if heading and heading["words"]:
        return _inline(heading["words"]).strip() or None, 1
    below = lines[first + 1] if first + 1 < len(lines) else ""
    if _UNDERLINE.fullmatch(below) and not _RULE.fullmatch(lines[first]):
        return _inline(lines[first]).strip() or None, 2
    return None, 0


def _plain_lines(lines: list[str]) -> list[str]:
    plain: list[str] = []
    for line in lines:
        if _UNDERLINE.fullmatch(line) and plain and plain[-1].strip():
            plain.append("")
        elif not any(mark.fullmatch(line) for mark in (_RULE, _FENCE, _REFERENCE, _TABLE_RULE)):
            plain += _plain_line(line)
    return plain


def _plain_line(line: str) -> list[str]:
    heading = _HEADING.fullmatch(line)
    if heading:
        return ["", _inline(heading["words"]), ""]  # a paragraph of its own
    if quote := _QUOTE.match(line):
        line = line[quote.end() :]
    item = _ITEM.match(line)
    return ["", _inline(line[item.end() :])] if item else [_inline(line)]


def _inline(line: str) -> str:
    for pattern, replacement in _INLINE:
        line = pattern.sub(replacement, line)
    return _TAG.sub("", line)
