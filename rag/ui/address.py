"""The page's address, which names the chat that it shows: `?chat=ID`."""

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
    st.session_state["turned"] = time.monotonic()
    show_address(chat)


def has_arrived() -> bool:
    """Whether the browser has had the address that it was last given: then another one is meant.

    A click that was made before then still brings the address before, which says nothing.
    """
    turned: float = st.session_state.get("turned", -ARRIVAL)
    return time.monotonic() - turned >= ARRIVAL
