"""The page of one briefing: what stands in it, changed by hand, and handed out as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import streamlit as st

from rag.errors import DatelineError
from rag.types import Briefing
from rag.ui.acts import draw_handled, list_new
from rag.ui.address import turn_to_briefing
from rag.ui.briefcase import WAYS
from rag.ui.briefing_view import (
    Kept,
    Opened,
    draw_briefing,
    draw_missing,
    open_note,
)
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.downloads import draw_downloads
from rag.ui.words import Json


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed into a field: the title's, or “heading” or “comment” and an entry's id.

    `was` is what stood there when its writer began.
    """

    field: str
    text: str
    was: str


def note_arrival(desk: Desk, briefing: str | None) -> None:
    """Have answers go into the briefing that the page has come to."""
    if st.session_state.get("arrived-at") == briefing:
        return
    st.session_state["arrived-at"] = briefing
    for left in ("removed-entry", "kept-words", "briefing-problem", "making"):
        st.session_state.pop(left, None)
    if briefing is not None:
        desk.briefcase.note_opened(briefing)


def draw_briefing_page(desk: Desk, named: str) -> None:
    """The briefing of that id, or why it cannot be shown."""

    def act(what: Act) -> None:
        _handle(desk, named, what)

    try:
        briefing = desk.briefcase.load(named)
    except DatelineError as error:
        draw(draw_missing(error), "missing", act)
        return
    draw({"kind": "briefing-bar"}, f"briefing-bar-{briefing.id}", act)
    data = _draw(desk, briefing)
    draw_downloads(desk, briefing, empty=data["look"] is None)

    def act_in_turn(what: Act) -> None:
        for one in _list_new(what):
            _handle(desk, named, one)

    draw(data, f"briefing-{briefing.id}", act_in_turn)
    # What was done before is said once, but not before it is: drawing may begin anew until then.
    st.session_state.pop("kept-words", None)


def _draw(desk: Desk, briefing: Briefing) -> Json:
    """The briefing, with what became of what was done to it on this page."""
    state = st.session_state
    data = draw_briefing(
        briefing,
        removed=state.get("removed-entry"),
        kept=state.get("kept-words", ()),
        problem=state.get("briefing-problem"),
        opened=_read_opened(desk, briefing),
    )
    data["handled"] = draw_handled("handled")
    return data


def _list_new(what: Act) -> Iterator[Act]:
    return list_new(what, "handled")


def _read_opened(desk: Desk, briefing: Briefing) -> Json | None:
    """The article that was asked for on this page last, if no other was since."""
    opened = st.session_state.get("opened", {})
    if opened.get("briefing") != briefing.id:
        return None
    return open_note(desk.assistant, briefing, opened["note"])


def _handle(desk: Desk, briefing: str, act: Act) -> None:
    """Do what a reader asks of a briefing; what makes no sense is passed over."""
    state, case = st.session_state, desk.briefcase
    match act:
        case {"do": "back"}:
            turn_to_briefing(None)
        case {"do": "open", "n": int(n), "article": str(article), "start": int(s), "end": int(e)}:
            seq = state.get("opened", {}).get("seq", 0) + 1
            note = Opened(n, (article, s, e), seq)
            state["opened"] = {"briefing": briefing, "note": note, "seq": seq}
        case {
            "do": "write",
            "field": str(field),
            "text": str(text),
            "was": str(was),
            "seq": int(n),
        }:
            _write(desk, briefing, Words(field, text, was), n)
        case {"do": "move", "entry": str(entry), "way": str(way)} if way in WAYS:
            _try(lambda: case.move(briefing, entry, way))
        case {"do": "take", "entry": str(entry), "place": int(place), "taken": bool(taken)}:
            _try(lambda: case.take(briefing, entry, place, taken=taken))
        case {"do": "remove", "entry": str(entry)}:
            _try(lambda: state.update({"removed-entry": case.remove(entry)}))
        case {"do": "put-back"} if "removed-entry" in state:
            if _try(lambda: case.put_back(state["removed-entry"])):
                del state["removed-entry"]


def _try(change: Callable[[], object]) -> bool:
    """Change the briefing, and whether that worked; what stands in its way is said on the page."""
    st.session_state.pop("briefing-problem", None)
    try:
        change()
    except DatelineError as error:
        st.session_state["briefing-problem"] = error
        return False
    return True


def _write(desk: Desk, briefing: str, words: Words, seq: int) -> None:
    """Keep what was typed into a field; the page is told what became of it."""
    case, joined = desk.briefcase, False
    of, _, entry = words.field.partition(" ")

    def change() -> None:
        nonlocal joined
        match of:
            case "title":
                case.rename(briefing, words.text)
            case "heading":
                case.entitle(briefing, entry, words.text)
            case "comment":
                joined = case.annotate(briefing, entry, words.text, words.was)

    worked = _try(change)
    kept = Kept(words.field, seq, joined=joined, failed=not worked)
    st.session_state["kept-words"] = (*st.session_state.get("kept-words", ()), kept)
