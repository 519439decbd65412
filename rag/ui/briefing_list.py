"""The part of the sidebar that lists the briefings."""

from __future__ import annotations

from datetime import date

import streamlit as st

from rag.answer.dates import write_date
from rag.errors import DatelineError, UsageError
from rag.ui import shelf
from rag.ui.address import turn_to_briefing
from rag.ui.briefing_view import draw_briefings
from rag.ui.component import Act, draw
from rag.ui.desk import Desk


def list_briefings(desk: Desk, opened: str | None) -> None:
    """The briefings that are kept, `opened` being the one on the page, if one is."""
    st.fragment(_draw_list)(desk, opened)


def _draw_list(desk: Desk, opened: str | None) -> None:
    try:
        found = desk.briefcase.list()
    except DatelineError:
        # As with the chats: whoever adds something is told what stands in the way.
        return
    deleted = st.session_state.get("deleted-briefing")

    def act(what: Act) -> None:
        _handle(desk, what)

    data = draw_briefings(found, opened=opened, deleted=deleted.title if deleted else None)
    draw(data, "briefings", act)
    if "briefing-trouble" in st.session_state:
        draw(shelf.draw_notice(st.session_state["briefing-trouble"]), "briefing-trouble")
    if st.session_state.pop("rebriefed", False):
        st.rerun()


def _handle(desk: Desk, act: Act) -> None:
    """Do what a reader asks of a briefing in the list; one that is gone by now is passed over."""
    state = st.session_state
    state.pop("briefing-trouble", None)
    # Titles, counts and the marks of what is added stand elsewhere on the page too.
    state["rebriefed"] = True
    try:
        match act:
            case {"do": "open", "briefing": str(briefing)}:
                turn_to_briefing(briefing)
            case {"do": "new"}:
                turn_to_briefing(desk.briefcase.create(f"Briefing of {write_date(date.today())}"))
            case {"do": "rename", "briefing": str(briefing), "title": str(title)} if title.strip():
                desk.briefcase.rename(briefing, title)
            case {"do": "delete", "briefing": str(briefing)}:
                state["deleted-briefing"] = desk.briefcase.delete(briefing)
                if state.get("briefing") == briefing:
                    turn_to_briefing(None)
            case {"do": "undelete"} if state.get("deleted-briefing"):
                desk.briefcase.restore(state["deleted-briefing"])
                del state["deleted-briefing"]
    except UsageError:
        # Another page has deleted it meanwhile: the list shows that.
        return
    except DatelineError as error:
        state["briefing-trouble"] = error
