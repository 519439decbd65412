"""From the lines of an article and what is stated of it to the article as read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rag.errors import UnreadableFile
from rag.ingest.head import read_head
from rag.ingest.lines import Line, join_lines
from rag.ingest.noise import clean_lines
from rag.ingest.sentences import split_sentences
from rag.ingest.stated import FILE_NAME, TEXT, Stated
from rag.ingest.told_language import tell_language
from rag.types import Draft

_LONGEST_TITLE = 120


def draft_from_lines(
    path: Path, stated: Stated, lines: list[Line], warnings: Sequence[str] = ()
) -> Draft:
    """The article in the lines of a plain text, which may state more about it at their head.

    Raises `UnreadableFile` where nothing is left of them.
    """
    found, lines = read_head(lines, stated.title)
    stated = stated.filled_from(found.said_by(TEXT))
    cleaned = clean_lines(lines, stated.author)
    signed = Stated(author=cleaned.author).said_by(TEXT)
    return make_draft(path, stated.filled_from(signed), cleaned.lines, warnings)


def make_draft(
    path: Path, stated: Stated, lines: Sequence[Line], warnings: Sequence[str] = ()
) -> Draft:
    """The article of those lines. Raises `UnreadableFile` where they hold no words."""
    text = join_lines(lines)
    if not re.search(r"\w", text):
        raise UnreadableFile(
            "No article text was found in it.", "Save the text of the article as .txt or .md."
        )
    guessed = Stated(language=tell_language(text)) if stated.language is None else Stated()
    if stated.title is None:
        guessed = guessed.filled_from(_guess_title(text, path))
    stated = stated.filled_from(guessed.said_by(TEXT))
    return Draft(
        file=str(path),
        title=stated.title or path.stem,
        text=text,
        outlet=stated.outlet,
        author=stated.author,
        published=stated.published,
        updated=stated.updated if stated.updated != stated.published else None,
        url=stated.url,
        section=stated.section,
        language=stated.language,
        origins=stated.origins,
        warnings=tuple(dict.fromkeys((*warnings, *stated.warnings))),
    )


def _guess_title(text: str, path: Path) -> Stated:
    """A title for an article without one: its first line, or that line's first sentence."""
    first = text.partition("\n")[0]
    origin = TEXT
    if len(first) > _LONGEST_TITLE:
        sentence = next((span.of(first) for span in split_sentences(first[:2000])), None)
        first, origin = (sentence, TEXT) if sentence else (path.stem, FILE_NAME)
    if len(first) > _LONGEST_TITLE:
        first = first[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"
    return Stated(title=first).said_by(origin)
