"""The page's address, which names the chat that it shows: `?chat=ID`."""

from __future__ import annotations

import streamlit as st

from rag.ui.chat import Chat


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
    # Whatever address the browser had, it has not had this one yet.
    st.session_state["seen"] = ""
    show_address(chat)
