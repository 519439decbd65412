"""The sidebar: the chats, the briefings, what answers, and where is searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import streamlit as st

from rag.assistant import Overview
from rag.types import Filters
from rag.ui import shelf
from rag.ui.address import find_library, turn_to, turn_to_library
from rag.ui.answering import choose_engine
from rag.ui.chat import Chat
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.library import draw_library
from rag.ui.listing import draw_list
from rag.ui.whole import done_whole
from rag.ui.words import Json

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True, slots=True)
class Choice:
    """What the next question is asked with."""

    filters: Filters
    engine: str


def draw_sidebar(desk: Desk, overview: Overview) -> tuple[Choice, DeltaGenerator]:
    """The whole sidebar but its lists; returns what is chosen, and where chats and briefings go.

    They are listed last: a chat is one of them as soon as something is asked in it.
    """
    draw(shelf.draw_name(), "name")
    st.button("New chat", on_click=_start_chat, width="stretch", key="new")
    st.button("Library", on_click=_open_library, width="stretch", key="open-library")
    place = st.container()
    if not find_library():
        # On its own page all of it stands in the middle.
        draw_library(desk)
    engine = choose_engine(desk)
    filters = _choose_filters(overview)
    draw(shelf.draw_coverage(overview, filters), "coverage", _narrow)
    return Choice(filters, engine), place


def list_chats(desk: Desk, chat: Chat | None) -> None:
    """The chats that are kept, `chat` being the one that is open, if one is."""

    def read() -> Json:
        containing = st.session_state.get("containing", "")
        deleted = st.session_state.get("deleted-chat")
        return shelf.draw_chats(
            desk.list_chats(containing),
            datetime.now().astimezone(),
            opened=chat.id if chat else "",
            containing=containing,
            deleted=deleted[0].title if deleted else None,
        )

    draw_list("chats", read, lambda act: _change(desk, act))


@done_whole()
def _start_chat() -> None:
    turn_to(Chat())


@done_whole()
def _open_library() -> None:
    turn_to_library(True)


def _change(desk: Desk, act: Act) -> bool:
    """Do what a reader asks of a chat in the list, and whether the page shows another one now."""
    state = st.session_state
    match act:
        case {"do": "search", "text": str(text)}:
            state["containing"] = text.strip()
        case {"do": "open", "chat": str(chat)}:
            turn_to(desk.open_chat(chat))
            return True
        case {"do": "rename", "chat": str(chat), "title": str(title)} if title.strip():
            desk.rename(chat, title)
        case {"do": "delete", "chat": str(chat)}:
            state["deleted-chat"] = desk.delete(chat)
            if state["chat"].id == chat and not (state.get("briefing") or state.get("library")):
                _start_chat()
                return True
        case {"do": "undelete"} if "deleted-chat" in state:
            desk.restore(*state["deleted-chat"])
            del state["deleted-chat"]
    return False


def _choose_filters(overview: Overview) -> Filters:
    # What is chosen stands in the page's address: a reload keeps it, as it keeps the chat.
    outlets = st.multiselect(
        "Outlets",
        overview.outlets,
        placeholder="All outlets",
        key="outlets",
        select_all=False,
        bind="query-params",
    )
    first, last = _find_years(overview)
    since = st.date_input(
        "Since", None, first, last, key="since", format="YYYY-MM-DD", bind="query-params"
    )
    until = st.date_input(
        "Until", None, first, last, key="until", format="YYYY-MM-DD", bind="query-params"
    )
    undated = st.checkbox(
        "Include undated articles",
        key="undated",
        disabled=since is None and until is None,
        bind="query-params",
    )
    return Filters(since, until, tuple(outlets), undated)


def _find_years(overview: Overview) -> tuple[date, date]:
    """The days that can be chosen: whole years around what the library holds and what is chosen."""
    days = [day for day, _ in overview.days] or [date.today()]
    days += [day for key in ("since", "until") if (day := st.session_state.get(key))]
    return date(min(days).year, 1, 1), date(max(days).year, 12, 31)


def _narrow(act: Act) -> None:
    """Search only the time that was selected in the chart, or all of it again."""
    match act:
        case {"do": "narrow", "since": str(since), "until": str(until)}:
            try:
                chosen = date.fromisoformat(since), date.fromisoformat(until)
            except ValueError:
                return
            st.session_state["since"], st.session_state["until"] = min(chosen), max(chosen)
        case {"do": "widen"}:
            st.session_state["since"] = st.session_state["until"] = None
