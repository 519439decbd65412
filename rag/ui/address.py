"""The page's address, which names the chat or the briefing that it shows: `?chat=ID`.

A briefing lies over the chat that it was opened from: `?briefing=ID`, or both; the library over
either of them: `?library=1`. Each step from one view to another changes one of the three, so that
each is one step back.
"""

from __future__ import annotations

import time

import streamlit as st

from rag.ui.chat import Chat

#: What an address may take to the browser and the next click back, in seconds.
ARRIVAL = 1.5


def address(chat: Chat) -> str | None:
    """What the page's address says of a chat; nothing while nothing has been asked in it."""
    return chat.id if chat.exchanges else None


def show_address(chat: Chat) -> None:
    """Have the browser show the chat's address."""
    named = address(chat)
    if named:
        st.query_params["chat"] = named
    else:
        st.query_params.pop("chat", None)


def turn_to(chat: Chat) -> None:
    """Have the page show another chat from its next run on."""
    st.session_state["chat"] = chat
    turn_to_briefing(None)
    turn_to_library(False)
    show_address(chat)


def turn_to_briefing(briefing: str | None) -> None:
    """Have the page show a briefing from its next run on; None is for the chat below it."""
    st.session_state["briefing"] = briefing
    st.session_state["turned"] = time.monotonic()
    if briefing:
        turn_to_library(False)
    _show_briefing(briefing)


def turn_to_library(on: bool) -> None:
    """Have the page show the library from its next run on, or what lies below it."""
    st.session_state["library"] = on
    st.session_state["turned"] = time.monotonic()
    _show_library(on)


def find_briefing() -> str | None:
    """The id of the briefing that the page is to show; None where it is to show a chat."""
    state, named = st.session_state, st.query_params.get("briefing")
    if "briefing" not in state or (named != state["briefing"] and has_arrived()):
        # The page is new, or its browser has gone to another address, forth or back.
        state["briefing"] = named
    briefing: str | None = state["briefing"]
    _show_briefing(briefing)
    return briefing


def find_library() -> bool:
    """Whether the page is to show the library."""
    state, named = st.session_state, bool(st.query_params.get("library"))
    if "library" not in state or (named != state["library"] and has_arrived()):
        state["library"] = named
    on: bool = state["library"]
    _show_library(on)
    return on


def has_arrived() -> bool:
    """Whether the browser has had the address that it was last given: then another one is meant.

    A click that was made before then still brings the address before, which says nothing.
    """
    turned: float = st.session_state.get("turned", -ARRIVAL)
    return time.monotonic() - turned >= ARRIVAL


def _show_briefing(briefing: str | None) -> None:
    if briefing:
        st.query_params["briefing"] = briefing
    else:
        st.query_params.pop("briefing", None)


def _show_library(on: bool) -> None:
    if on:
        st.query_params["library"] = "1"
    else:
        st.query_params.pop("library", None)
