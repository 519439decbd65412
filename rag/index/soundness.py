"""Whether a library still says what was stored in it: its file, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator

from rag.index.articles import hash_draft
from rag.index.library import Library


def find_unsound(library: Library) -> Iterator[str]:
    """In words, what of the library is not as it was stored. All of it is read.

    Raises LibraryError where it cannot be read. A vector in which a bit has turned is not found:
    nothing is kept to compare it with. Nor is what no article says and no passage is cut by.
    """
    verdict = library.check_file()
    if verdict != "ok":
        yield f"its file is damaged ({verdict})"
        return
    altered = [one.title for one in library.articles() if hash_draft(one) != one.hash]
    if altered:
        more = f" and {len(altered) - 1} more" if len(altered) > 1 else ""
        yield f"“{altered[0]}”{more} is not as it was stored"
    width = library.manifest().dimension
    if library.count_misfits(None if width is None else 4 * width):
        yield "passages lie outside their articles, or have torn vectors"
