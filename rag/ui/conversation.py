"""The answers of one chat on the page, and what a reader does with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from rag.assistant import Overview
from rag.errors import DatelineError
from rag.ui import shelf
from rag.ui.address import turn_to
from rag.ui.chat import QUOTES, Chat, Exchange
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.panel import open_place
from rag.ui.sidebar import Choice
from rag.ui.view import draw_exchange
from rag.ui.words import Json

#: How often a page looks for more of an answer that grows, in seconds.
LOOK_EVERY = 0.5
#: Quotes are mostly there within this time, in seconds: then the answer is drawn at once, whole.
AT_ONCE = 1.5


def take_question(desk: Desk, chat: Chat, question: str, choice: Choice) -> None:
    """Have a question answered in this chat, which its page's address names from now on."""
    exchange = desk.ask(chat, question, choice.filters, choice.engine)
    st.session_state["asked"] = exchange.id
    turn_to(chat)
    if choice.engine == QUOTES:
        exchange.wait(AT_ONCE)


def draw_welcome(desk: Desk, chat: Chat, overview: Overview, choice: Choice) -> None:
    """The first screen; its suggestions come as soon as they are made."""
    pending = _suggest(desk) is None
    fragment = st.fragment(_draw_welcome, run_every=1.0 if pending else None)
    fragment(desk, chat, overview, choice, pending)


def draw_conversation(desk: Desk, chat: Chat) -> None:
    """Every exchange in a fragment of its own: what happens in one leaves the others alone."""
    for exchange in list(chat.exchanges):
        running = exchange.is_running
        every = LOOK_EVERY if running else None
        st.fragment(_draw_exchange, run_every=every)(desk, chat, exchange, running)


def _draw_welcome(
    desk: Desk, chat: Chat, overview: Overview, choice: Choice, pending: bool
) -> None:
    made = _suggest(desk)
    if pending and made is not None:
        st.rerun()

    def act(what: Act) -> None:
        if what["do"] == "ask" and isinstance(question := what.get("question"), str):
            take_question(desk, chat, question, choice)

    draw(shelf.draw_welcome(overview, made or ()), "welcome", act)
    if chat.exchanges:
        st.rerun()


def _suggest(desk: Desk) -> list[str] | None:
    try:
        return desk.suggestions()
    except DatelineError:
        # Where the library cannot be read just now, the first question will say so.
        return []


def _draw_exchange(desk: Desk, chat: Chat, exchange: Exchange, was_running: bool) -> None:
    if exchange.is_running != was_running:
        # Whether the fragment is run again by itself was settled when the page was drawn.
        st.rerun()

    def act(what: Act) -> None:
        handle(desk, chat, exchange, what)

    data = draw_exchange(
        exchange,
        opened=_read_opened(desk, exchange),
        explained=exchange.id in st.session_state.get("explained", ()),
        today=date.today(),
    )
    data["fresh"] = st.session_state.get("asked") == exchange.id
    draw(data, f"exchange-{exchange.id}", act)


def handle(desk: Desk, chat: Chat, exchange: Exchange, act: Act) -> None:
    """Do what a reader asks of an exchange; what makes no sense is passed over."""
    match act:
        case {"do": "stop"}:
            exchange.stop()
        case {"do": "retry"} if not exchange.is_running:
            desk.retry(chat, exchange, exchange.engine)
        case {"do": "quote"} if exchange.can_be_quoted:
            desk.retry(chat, exchange, QUOTES)
        case {"do": "explain", "show": bool(show)}:
            before = st.session_state.get("explained", frozenset())
            st.session_state["explained"] = (
                before | {exchange.id} if show else before - {exchange.id}
            )
        case {"do": "open", "article": str(article), "start": int(start), "end": int(end)}:
            seq = st.session_state.get("opened", {}).get("seq", 0) + 1
            st.session_state["opened"] = {
                "exchange": exchange.id,
                "at": (article, start, end),
                "seq": seq,
            }


def _read_opened(desk: Desk, exchange: Exchange) -> Json | None:
    """The article that was asked for in this exchange last, if no other was since."""
    opened: dict[str, Any] = st.session_state.get("opened", {})
    answer = exchange.answer
    if opened.get("exchange") != exchange.id or answer is None:
        return None
    return open_place(desk.assistant, answer, opened["at"], opened["seq"])
