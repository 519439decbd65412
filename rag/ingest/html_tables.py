"""The tables of figures in a page, as lines of text."""

from __future__ import annotations

from typing import Any

#: A table of fewer rows, or with a longer cell (characters), lays out a page.
_FEWEST_ROWS = 3
_LONGEST_CELL = 100
#: The share of rows that have several cells in a table of figures.
_FULL = 0.8


def write_out_tables(tree: Any) -> None:
    """Puts a paragraph “Arl | 12,400 | 11,900” for each row of the tables that have headings, as
    Word's tables are read: the extractor then keeps those that stand in the article."""
    for table in tree.xpath("//table[.//th and not(.//table or ancestor::table)]"):
        rows = [[_words(cell) for cell in row.xpath("./td | ./th")] for row in table.iter("tr")]
        if _is_data(rows) and not table.xpath(".//input | .//button | .//select"):
            paragraphs = [_paragraph(table, " | ".join(filter(None, row))) for row in rows]
            paragraphs[-1].tail = table.tail
            around = table.getparent()
            place = around.index(table)
            around[place : place + 1] = paragraphs


def _is_data(rows: list[list[str]]) -> bool:
    full = sum(sum(map(bool, row)) >= 2 for row in rows)
    longest = max((len(cell) for row in rows for cell in row), default=0)
    return full >= max(_FEWEST_ROWS, _FULL * len(rows)) and longest <= _LONGEST_CELL


def _words(cell: Any) -> str:
    return " ".join(cell.text_content().split())


def _paragraph(table: Any, words: str) -> Any:
    paragraph = table.makeelement("p")
    paragraph.text = words
    return paragraph
