"""The library's articles as its page shows them: fifty at a time, and one to be read."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.index.removal import RemovedArticle
from rag.index.shelf_list import Noted, Wanted
from rag.index.sources import PassedOver
from rag.types import Article

if TYPE_CHECKING:
    from rag.assistant import Assistant

#: Articles that a page of the list shows.
ON_A_PAGE = 50
#: Searches whose results are known until the library changes.
KNOWN = 8


@dataclass(frozen=True, slots=True)
class Leaf:
    """The articles from number `first` on, counted from 0, of `total` that were found.

    They are without their texts; `copies` counts the others that tell the same story, by id.
    """

    articles: tuple[Article, ...]
    first: int
    total: int
    copies: dict[str, int]


@dataclass(frozen=True, slots=True)
class Opened:
    """One article with its text, what is noted of it, and its copies, without their texts."""

    article: Article
    noted: Noted
    copies: tuple[Article, ...]


class Catalogue:
    """What the library page reads; the same for all pages of a server."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._found: OrderedDict[tuple[int, Wanted], list[str]] = OrderedDict()

    def turn_to(self, wanted: Wanted, page: int) -> Leaf:
        """A page of the list, counted from 0; the last one where there are not so many."""
        library, found = self._assistant.library, self._find(wanted)
        last = max(0, (len(found) - 1) // ON_A_PAGE)
        first = min(max(page, 0), last) * ON_A_PAGE
        ids = found[first : first + ON_A_PAGE]
        articles = library.articles_of(ids, texts=False)
        return Leaf(tuple(articles), first, len(found), library.shelf.count_copies(ids))

    def open(self, article: str) -> Opened | None:
        """An article by its whole id; None where there is none."""
        library = self._assistant.library
        noted, found = library.shelf.note(article), library.articles_of([article])
        if noted is None or not found:
            return None
        copies = library.articles_of(library.stories.others(article), texts=False)
        return Opened(found[0], noted, tuple(copies))

    def outlets(self) -> list[str]:
        return self._assistant.library.outlets()

    def removed(self) -> list[RemovedArticle]:
        return self._assistant.library.removed()

    def skipped(self) -> list[PassedOver]:
        return self._assistant.library.skipped()

    def _find(self, wanted: Wanted) -> list[str]:
        library = self._assistant.library
        key = library.last_change(), wanted
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = library.shelf.find(wanted)
            while len(self._found) > KNOWN:
                self._found.popitem(last=False)
        return found
