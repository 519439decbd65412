"""The answers of one chat on the page, and what a reader does with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from rag.assistant import Overview
from rag.errors import DatelineError
from rag.ui import shelf
from rag.ui.address import turn_to, turn_to_briefing
from rag.ui.chat import QUOTES, Chat, Exchange
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.panel import open_place
from rag.ui.sidebar import Choice
from rag.ui.view import describe_end, draw_briefed, draw_exchange
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
    # It may end while it is drawn.
    seen = exchange.as_it_is()
    if seen.is_running != was_running:
        # Whether the fragment is run again by itself was settled when the page was drawn.
        st.rerun()

    def act(what: Act) -> None:
        handle(desk, chat, exchange, what)

    data = draw_exchange(
        seen,
        opened=_read_opened(desk, seen),
        explained=exchange.id in st.session_state.get("explained", ()),
        today=date.today(),
        briefed=_read_briefed(desk, seen),
    )
    data["fresh"] = st.session_state.get("asked") == exchange.id
    draw(data, f"exchange-{exchange.id}", act)
    if st.session_state.pop("briefed", False):
        # The sidebar counts the briefing's answers, or another page is shown.
        st.rerun()


def handle(desk: Desk, chat: Chat, exchange: Exchange, act: Act) -> None:
    """Do what a reader asks of an exchange; what makes no sense is passed over."""
    match act:
        case {"do": "stop"}:
            exchange.stop()
        case {"do": "retry"} if not exchange.is_running:
            desk.retry(chat, exchange, exchange.engine)
        case {"do": "quote"} if exchange.can_be_quoted:
            desk.retry(chat, exchange, QUOTES)
        case {"do": "brief"} if exchange.can_be_briefed:
            _add_to_briefing(desk, exchange)
        case {"do": "open-briefing", "briefing": str(briefing)}:
            turn_to_briefing(briefing)
            st.session_state["briefed"] = True
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


def _add_to_briefing(desk: Desk, exchange: Exchange) -> None:
    answer, end = exchange.answer, describe_end(exchange)
    if answer is None:
        return
    st.session_state.pop("unbriefed", None)
    try:
        # What is not whole says so in the briefing too.
        desk.briefcase.add(answer.with_notes(end) if end else answer)
    except DatelineError as error:
        st.session_state["unbriefed"] = exchange.id, error
    st.session_state["briefed"] = True


def _read_briefed(desk: Desk, exchange: Exchange) -> Json | None:
    """How an answer stands with the current briefing; None where it is nothing for one."""
    answer = exchange.answer
    if answer is None or not exchange.can_be_briefed:
        return None
    failed, error = st.session_state.get("unbriefed", (None, None))
    try:
        held = desk.briefcase.holds(answer)
    except DatelineError:
        # A library that cannot be read says so when something is added.
        held = None
    return draw_briefed(held, error if failed == exchange.id else None)


def _read_opened(desk: Desk, exchange: Exchange) -> Json | None:
    """The article that was asked for in this exchange last, if no other was since."""
    opened: dict[str, Any] = st.session_state.get("opened", {})
    answer = exchange.answer
    if opened.get("exchange") != exchange.id or answer is None:
        return None
    return open_place(desk.assistant, answer, opened["at"], opened["seq"])
