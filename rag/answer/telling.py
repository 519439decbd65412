"""What is told of the articles that an answer cites: copies, corrections, other versions."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from rag.answer.citing import NAMED
from rag.answer.dates import write_date
from rag.answer.quantities import find_quantities
from rag.index.lexical import stems
from rag.index.library import Library
from rag.ingest.copies import find_address
from rag.ingest.corrections import Notice, find_notices
from rag.ingest.sentences import split_sentences
from rag.types import Answer, Article, Citation, Copy

#: Other articles of a story that are looked at, the first published ones.
LOOKED_AT = 60
#: Characters of a notice or of a sentence that a note repeats.
REPEATED = 300
#: A sentence of a copy with this share of the terms is the cited one in its own way.
ALIKE = 0.6
#: A notice of another article corrects what shares a figure and so many terms with it.
SHARED = 3
#: “An earlier article said …”, and not “an earlier version of this article”.
_OTHER = re.compile(
    r"\b(?:an?|our|the)\s+(?:earlier|previous|prior)\s+(?:news\s+)?(?:article|story|report|post|piece)\b"
    r"|\bearlier (?:articles|stories|reports)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around an article.

    `copies` are of the same story; `earlier` and `later` are its versions, before and after;
    `corrections` are articles of their own that correct it.
    """

    article: Article
    copies: tuple[Article, ...]
    earlier: tuple[Article, ...]
    later: tuple[Article, ...]
    corrections: tuple[Article, ...]


class Telling:
    """What one library says of the articles that one answer cites, looked up once for each."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._around: dict[str, _Around | None] = {}
        self._also: dict[tuple[str, str], tuple[Copy, ...]] = {}
        self._correcting: dict[str, list[Article]] = {}

    def tell(self, answer: Answer) -> Answer:
        """The answer with each citation's copies, and with notes of what was corrected."""
        if not answer.citations:
            return answer
        citations = tuple(replace(one, also_in=self._find_copies(one)) for one in answer.citations)
        cited: dict[str, list[Citation]] = {}
        for one in citations:
            cited.setdefault(one.article, []).append(one)
        notes: list[str] = []
        for article, those in cited.items():
            around = self._look(article)
            if around is not None:
                notes += [*_describe(around, those), *self._list_elsewhere(around.article, those)]
        return replace(answer, citations=citations).with_notes(*dict.fromkeys(notes))

    def _find_copies(self, citation: Citation) -> tuple[Copy, ...]:
        key = (citation.article, citation.quote)
        if key not in self._also:
            around = self._look(citation.article)
            told = [around.article] if around else []
            for one in around.copies if around else ():
                # A feed's entry and the saved page are one publication, and not two.
                if says(one.text, citation.quote) and not any(_is_one(one, two) for two in told):
                    told.append(one)
            self._also[key] = tuple(
                Copy(one.id, one.title, one.outlet, one.published, one.url) for one in told[1:]
            )
        return self._also[key]

    def _list_elsewhere(self, article: Article, cited: Sequence[Citation]) -> Iterator[str]:
        """What the outlet has corrected of it in a later article: “An earlier article said …”."""
        for later in self._find_correcting(article):
            for notice in _list_notices(later, of_another=True):
                said = notice.body.of(later.text)
                day = f" on {write_date(later.published)}" if later.published else ""
                about = [one for one in cited if _is_about(said, one.quote)]
                yield from (f"[{one.n}] was corrected{day}: ‘{_shorten(said)}’" for one in about)

    def _find_correcting(self, article: Article) -> list[Article]:
        """The later articles of its outlet that have a notice of correction."""
        outlet = article.outlet
        if not outlet:
            return []
        if outlet not in self._correcting:
            ids = self._library.stories.corrected_by(outlet)
            self._correcting[outlet] = self._library.articles_of(ids)
        found = self._correcting[outlet]
        return [one for one in found if one.id != article.id and _is_after(one, article)]

    def _look(self, article: str) -> _Around | None:
        if article not in self._around:
            self._around[article] = self._find_around(article)
        return self._around[article]

    def _find_around(self, article: str) -> _Around | None:
        stories = self._library.stories
        earlier = [one.earlier for one in stories.earlier_than([article]) if not one.correction]
        after = stories.later_than([article])
        later = [one.later for one in after if not one.correction]
        others = [one for one in stories.others(article) if one not in {*earlier, *later}]
        # What another article has superseded is no copy of what is shown.
        old = {one.earlier for one in stories.later_than(others) if not one.correction}
        kept = [one for one in others if one not in old][:LOOKED_AT]
        corrections = [one.later for one in after if one.correction]
        wanted = [article, *kept, *earlier, *later, *corrections]
        found = {one.id: one for one in self._library.articles_of(list(dict.fromkeys(wanted)))}
        if article not in found:
            return None

        def pick(ids: Sequence[str]) -> tuple[Article, ...]:
            return tuple(found[one] for one in ids if one in found)

        return _Around(found[article], pick(kept), pick(earlier), pick(later), pick(corrections))


def _is_one(article: Article, other: Article) -> bool:
    """Whether both are of one outlet, or of one page."""
    outlets = [(one.outlet or "").casefold() for one in (article, other)]
    pages = [find_address(one.url) for one in (article, other)]
    return any(first and first == second for first, second in (outlets, pages))


def says(text: str, quote: str) -> bool:
    """Whether the words of `quote` stand in `text`, whatever their case, marks and white space."""
    wanted = _fold(quote)
    return bool(wanted) and f" {wanted} " in f" {_fold(text)} "


@lru_cache(maxsize=500)
def _fold(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def _describe(around: _Around, cited: Sequence[Citation]) -> Iterator[str]:
    marks = " and ".join(f"[{one.n}]" for one in cited)
    were = "was" if len(cited) == 1 else "were"
    own = _write_notices(around.article)
    # What was corrected in it need not be what is quoted.
    if own is not None:
        yield f"The article of {marks} was corrected{own}"
    for one in around.corrections:
        yield f"The article of {marks} was corrected{_write_correction(one)}"
    for one in around.earlier:
        yield f"An earlier version of {marks}, {_name(one)}, was superseded."
    for one in around.later:
        yield f"{marks} {were} superseded by a later version, {_name(one)}."
    for one in around.copies[:NAMED]:
        said = _write_notices(one) if own is None else None
        if said is not None:
            yield f"{one.outlet or f'“{one.title}”'} has corrected its copy of {marks}{said}"
        for citation in cited:
            if other := _find_other(one, citation):
                yield f"In {_name(one)}, [{citation.n}] reads otherwise: ‘{_shorten(other)}’"


def _name(article: Article) -> str:
    day = article.updated or article.published
    return f"{article.outlet or f'“{article.title}”'}, {write_date(day)}"


def _write_notices(article: Article) -> str | None:
    """“ on 15 March 2022: ‘…’”; None where the article has no notice of itself."""
    notices = _list_notices(article, of_another=False)
    if not notices:
        return None
    day = notices[0].day or article.updated
    said = " ".join(one.body.of(article.text) for one in notices)
    return f"{f' on {write_date(day)}' if day else ''}: ‘{_shorten(said)}’"


def _list_notices(article: Article, *, of_another: bool) -> list[Notice]:
    """Its notices: those that correct another article than this one, or the rest."""
    found = find_notices(article.text, article.title)
    return [one for one in found if bool(_OTHER.search(one.body.of(article.text))) == of_another]


def _is_after(article: Article, other: Article) -> bool:
    days = article.published, other.published
    return days[0] is None or days[1] is None or days[0] >= days[1]


def _is_about(notice: str, quote: str) -> bool:
    """Whether a notice corrects what is cited: they share a figure, and further terms."""
    shared = set(stems(notice)) & set(stems(quote))
    return bool(_list_figures(notice) & _list_figures(quote)) and len(shared) >= SHARED


def _write_correction(correction: Article) -> str:
    day = correction.published
    return f"{f' on {write_date(day)}' if day else ''}: ‘{_shorten(correction.text)}’"


def _find_other(article: Article, citation: Citation) -> str | None:
    """The sentence of a copy that says with other figures what is cited; None if there is none."""
    wanted, figures = set(stems(citation.quote)), _list_figures(citation.quote)
    if not figures or says(article.text, citation.quote):
        return None
    for span in split_sentences(article.text):
        said = span.of(article.text)
        found = set(stems(said))
        if len(wanted & found) >= ALIKE * len(wanted | found):
            others = _list_figures(said)
            if figures - others and others - figures:
                return said
    return None


def _list_figures(text: str) -> frozenset[Decimal]:
    return frozenset(quantity.value for quantity in find_quantities(text))


def _shorten(text: str) -> str:
    return textwrap.shorten(text, REPEATED, placeholder=" …")
