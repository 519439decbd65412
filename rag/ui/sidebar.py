"""The sidebar: the chats, the briefings, what answers, and where is searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import streamlit as st

from rag.assistant import Overview
from rag.errors import DatelineError, UsageError
from rag.types import Filters
from rag.ui import shelf
from rag.ui.address import turn_to
from rag.ui.answering import choose_engine
from rag.ui.chat import Chat
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.library import draw_library

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
    place = st.container()
    draw_library(desk)
    engine = choose_engine(desk)
    filters = _choose_filters(overview)
    draw(shelf.draw_coverage(overview, filters), "coverage", _narrow)
    return Choice(filters, engine), place


def list_chats(desk: Desk, chat: Chat | None) -> None:
    """The chats that are kept, `chat` being the one that is open, if one is."""
    st.fragment(_draw_chats)(desk, chat)


def _start_chat() -> None:
    turn_to(Chat())


def _draw_chats(desk: Desk, chat: Chat | None) -> None:
    containing = st.session_state.get("containing", "")
    try:
        found = desk.list_chats(containing)
    except DatelineError:
        # A library that cannot be written yet, as one from an older version, keeps no chats.
        return
    deleted = st.session_state.get("deleted")

    def act(what: Act) -> None:
        _handle(desk, what)

    data = shelf.draw_chats(
        found,
        datetime.now().astimezone(),
        opened=chat.id if chat else "",
        containing=containing,
        deleted=deleted[0].title if deleted else None,
    )
    draw(data, "chats", act)
    if "trouble" in st.session_state:
        draw(shelf.draw_notice(st.session_state["trouble"]), "trouble")
    if st.session_state.pop("moved", False):
        st.rerun()


def _handle(desk: Desk, act: Act) -> None:
    """Do what a reader asks of a chat in the list; one that is gone meanwhile is passed over."""
    state = st.session_state
    state.pop("trouble", None)
    try:
        match act:
            case {"do": "search", "text": str(text)}:
                state["containing"] = text.strip()
            case {"do": "open", "chat": str(chat)}:
                turn_to(desk.open_chat(chat))
                state["moved"] = True
            case {"do": "rename", "chat": str(chat), "title": str(title)} if title.strip():
                desk.rename(chat, title)
            case {"do": "delete", "chat": str(chat)}:
                state["deleted"] = desk.delete(chat)
                if state["chat"].id == chat and not state.get("briefing"):
                    _start_chat()
                    state["moved"] = True
            case {"do": "undelete"} if state.get("deleted"):
                desk.restore(*state["deleted"])
                del state["deleted"]
    except UsageError:
        # Another page has deleted it meanwhile: the list will show that.
        state["moved"] = True
    except DatelineError as error:
        state["trouble"] = error


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
