"""The part of the sidebar that lists the briefings."""

from __future__ import annotations

from datetime import date

import streamlit as st

from rag.answer.dates import write_date
from rag.ui.address import turn_to_briefing
from rag.ui.briefing_view import draw_briefings
from rag.ui.component import Act
from rag.ui.desk import Desk
from rag.ui.listing import draw_list
from rag.ui.words import Json


def list_briefings(desk: Desk, opened: str | None) -> None:
    """The briefings that are kept, `opened` being the one on the page, if one is."""

    def read() -> Json:
        deleted = st.session_state.get("deleted-briefing")
        title = deleted.title if deleted else None
        return draw_briefings(desk.briefcase.list(), opened=opened, deleted=title)

    draw_list("briefings", read, lambda act: _change(desk, act))


def _change(desk: Desk, act: Act) -> bool:
    """Do what a reader asks of a briefing in the list; what makes no sense is passed over."""
    state, case = st.session_state, desk.briefcase
    match act:
        case {"do": "open", "briefing": str(briefing)}:
            turn_to_briefing(briefing)
        case {"do": "new"}:
            turn_to_briefing(case.create(f"Briefing of {write_date(date.today())}"))
        case {"do": "rename", "briefing": str(briefing), "title": str(title)} if title.strip():
            case.rename(briefing, title)
        case {"do": "delete", "briefing": str(briefing)}:
            state["deleted-briefing"] = case.delete(briefing)
            if state.get("briefing") == briefing:
                turn_to_briefing(None)
        case {"do": "undelete"} if "deleted-briefing" in state:
            case.restore(state["deleted-briefing"])
            del state["deleted-briefing"]
    # Titles, and the marks of what was added, stand elsewhere on the page too.
    return True
