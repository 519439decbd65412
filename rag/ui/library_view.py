"""The library page as plain data: the articles, one of them opened, and what is not among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.answer.dates import write_date
from rag.contract import write_path
from rag.errors import DatelineError
from rag.index.removal import RemovedArticle
from rag.index.shelf_list import SORTS, Wanted
from rag.index.sources import PassedOver
from rag.index.uploads import is_upload
from rag.ingest.stated import FILLED
from rag.text import write_count
from rag.types import Article
from rag.ui.catalogue import ON_A_PAGE, Leaf, Opened
from rag.ui.words import Json, draw_problem

if TYPE_CHECKING:
    from rag.assistant import Overview

#: The fields that can be filled in, as they are called on the page, in its order.
LABELS = {
    "title": "Title",
    "outlet": "Outlet",
    "author": "Byline",
    "published": "Published",
    "updated": "Updated",
    "section": "Section",
    "language": "Language",
    "url": "Address",
}
HINTS = {"published": "2022-03-13", "updated": "2022-03-13", "language": "en", "url": "https://"}
#: What is derived from what is missing.
NO_DATE, NO_OUTLET = "no date", "no outlet"
#: Characters of a text that are shown, and lines of a list that folds.
MAX_TEXT, MAX_LINES = 300_000, 200
#: Files that are named for a reason at once, and when it is unfolded.
FIRST_NAMED, MAX_NAMED = 3, 200
#: How many articles also tell a story are named.
MAX_COPIES = 20


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows of the list: which articles, which page of them, which one opened."""

    wanted: Wanted = field(default_factory=Wanted)
    page: int = 0
    opened: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of what was done to the opened article: in words, and why fields were refused."""

    article: str
    said: str | None = None
    faults: Mapping[str, DatelineError] = field(default_factory=dict)


def read_view(said: Mapping[str, Any]) -> View:
    """What the page asks to be shown; what makes no sense is passed over."""
    sort, page, opened = said.get("sort"), said.get("page"), said.get("opened")
    outlet = said.get("outlet")
    wanted = Wanted(
        containing=str(said.get("containing") or "").strip()[:200],
        outlet=outlet if isinstance(outlet, str) else None,
        since=_read_day(said.get("since")),
        until=_read_day(said.get("until")),
        undated=said.get("only") == "undated",
        warned=said.get("only") == "warned",
        sort=sort if sort in SORTS else "published",
        descending=said.get("descending") is not False,
    )
    return View(
        wanted, page if isinstance(page, int) else 0, opened if isinstance(opened, str) else None
    )


def draw_bar(overview: Overview) -> Json:
    """What stands above the library."""
    counts = [write_count(overview.articles, "article"), write_count(overview.passages, "passage")]
    return {"kind": "library-bar", "lines": [*counts, *_count_undated(overview)]}


def draw_library(
    view: View,
    leaf: Leaf,
    *,
    opened: Opened | None = None,
    told: Told | None = None,
    outlets: Sequence[str] = (),
    undo: Sequence[RemovedArticle] = (),
) -> Json:
    """The list of the articles; `undo` are those that were removed on this page."""
    return {
        "kind": "library",
        "view": _draw_view(view, leaf),
        "outlets": list(outlets),
        "rows": [_draw_row(one, leaf.copies.get(one.id, 0)) for one in leaf.articles],
        "first": leaf.first + 1,
        "last": leaf.first + len(leaf.articles),
        "total": leaf.total,
        "more": leaf.first + len(leaf.articles) < leaf.total,
        "opened": draw_opened(opened) if opened else None,
        "told": _draw_told(told) if opened and told and told.article == opened.article.id else None,
        "undo": [{"id": one.id, "title": one.title} for one in undo],
    }


def draw_set_aside(
    skipped: Sequence[PassedOver], removed: Sequence[RemovedArticle], home: Path
) -> Json:
    """What is not in the library: what was passed over, and what was removed."""
    groups: dict[str, list[PassedOver]] = {}
    for one in skipped:
        groups.setdefault(one.reason, []).append(one)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return {
        "kind": "set-aside",
        "skipped": len(skipped),
        "groups": [_draw_group(*group) for group in ordered[:MAX_LINES]],
        "removed": len(removed),
        "articles": [_draw_removed(one, home) for one in removed[:MAX_LINES]],
        "hidden": max(0, len(removed) - MAX_LINES),
    }


def draw_opened(opened: Opened) -> Json:
    """An article to be read, with all that is known of it and where that is from."""
    article, noted = opened.article, opened.noted
    return {
        "id": article.id,
        "title": article.title,
        "fields": list(_draw_fields(opened)),
        "facts": list(_list_facts(opened)),
        "files": [write_path(place) for place in noted.places],
        "warnings": list_warnings(article),
        "copies": [
            {
                "id": one.id,
                "title": one.title,
                "origin": " · ".join([one.outlet or NO_OUTLET, write_date(one.published)]),
            }
            for one in opened.copies[:MAX_COPIES]
        ],
        "text": article.text[:MAX_TEXT],
        "cut": max(0, len(article.text) - MAX_TEXT),
    }


def list_warnings(article: Article) -> list[str]:
    """What is odd about an article, or missing."""
    missing = [(NO_DATE, article.published), (NO_OUTLET, article.outlet)]
    return [*(warning for warning, value in missing if value is None), *article.warnings]


def _read_day(said: object) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) and said else None
    except ValueError:
        # A year that is still being typed.
        return None


def _count_undated(overview: Overview) -> list[str]:
    return [f"{overview.undated:,} undated"] if overview.undated else []


def _draw_view(view: View, leaf: Leaf) -> Json:
    wanted = asdict(view.wanted)
    undated, warned = wanted.pop("undated"), wanted.pop("warned")
    days = {key: wanted[key].isoformat() if wanted[key] else "" for key in ("since", "until")}
    only = "undated" if undated else "warned" if warned else ""
    page = leaf.first // ON_A_PAGE
    return {**wanted, **days, "only": only, "page": page, "opened": view.opened}


def _draw_row(article: Article, copies: int) -> Json:
    return {
        "id": article.id,
        "title": article.title,
        "byline": f"by {article.author}" if article.author else None,
        "outlet": article.outlet,
        "published": write_date(article.published) if article.published else None,
        "updated": f"updated {write_date(article.updated)}" if article.updated else None,
        "passages": f"{article.passages:,}",
        "copies": f"also in {copies:,}" if copies else None,
        "warnings": list_warnings(article),
    }


def _draw_fields(opened: Opened) -> Iterator[Json]:
    article, noted = opened.article, opened.noted
    for name, label in LABELS.items():
        value = getattr(article, name)
        filled = name in noted.filled
        origin = FILLED if filled else _write_origin(article.origins.get(name))
        yield {
            "name": name,
            "label": label,
            "value": value.isoformat() if isinstance(value, date) else value or "",
            "origin": origin if value is not None or filled else None,
            "hint": HINTS.get(name, ""),
            "filled": filled,
            "read": noted.read.get(name),
        }


def _write_origin(origin: str | None) -> str | None:
    """Said of a value: “from the markup”."""
    return f"from the {origin}" if origin else None


def _list_facts(opened: Opened) -> Iterator[Json]:
    article, noted = opened.article, opened.noted
    added = noted.added.astimezone()
    yield {"name": "Taken in", "value": f"{write_date(added.date())}, {added:%H:%M}"}
    yield {"name": "Passages", "value": f"{article.passages:,}"}
    yield {"name": "Characters", "value": f"{len(article.text):,}"}
    yield {"name": "Id", "value": article.id}


def _draw_told(told: Told) -> Json:
    return {
        "said": told.said,
        "faults": {name: f"{one.problem} {one.hint}" for name, one in told.faults.items()},
    }


def _draw_group(reason: str, skipped: Sequence[PassedOver]) -> Json:
    files = [write_path(one.file) for one in skipped]
    seen = max(one.seen for one in skipped).astimezone().date()
    few = len(files) <= FIRST_NAMED
    return {
        "reason": reason,
        "count": f"{write_count(len(files), 'file')}, last noted on {write_date(seen)}",
        "first": files[0] if few and len(files) == 1 else ", ".join(files[:FIRST_NAMED]),
        "files": [] if few else list(islice(files, MAX_NAMED)),
        "hidden": max(0, len(files) - MAX_NAMED),
    }


def _draw_removed(one: RemovedArticle, home: Path) -> Json:
    file = write_path(one.file)
    uploaded = is_upload(home, one.file)
    return {
        "id": one.id,
        "title": one.title,
        "when": f"removed on {write_date(one.removed.astimezone().date())}",
        "warning": (
            "It cannot be brought back then, and the file that was uploaded goes with it"
            " if no other article is from it."
            if uploaded
            else "It cannot be brought back then. Its file stays where it is, and would be read"
            f" again when its folder is looked at: {file}"
        ),
    }


def draw_trouble(error: DatelineError) -> Json:
    """Said in the place of the list where it cannot be read."""
    return {"kind": "notice", **draw_problem(error)}
