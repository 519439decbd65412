"""The chat page, from top to bottom.

Nothing that comes from articles, models or people goes to Streamlit's own text elements: see
`rag.ui.component`. The labels below are constants of this program.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag.errors import DatelineError
from rag.settings import load_settings
from rag.types import Filters
from rag.ui import view
from rag.ui.chat import QUOTES, Chat, Exchange, answer
from rag.ui.component import draw

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from rag.assistant import Assistant, EngineInfo, Overview

ICON = Path(__file__).parent / "icon.svg"
#: How long the list of engines holds before the model server is asked again, in seconds.
ENGINES_HOLD = 30


def draw_page() -> None:
    st.set_page_config("Dateline", ICON, menu_items={"Get help": None, "Report a bug": None})
    try:
        assistant = open_assistant()
        overview = _read_overview(assistant)
    except DatelineError as error:
        draw(view.draw_failure(error), "failure")
        st.button("Try again")
        return
    if not overview.articles:
        draw(view.draw_invitation(str(assistant.settings.home.absolute())), "invitation")
        st.button("Look again")
        return
    with st.sidebar:
        filters, engine = _draw_sidebar(assistant, overview)
    _draw_chat(assistant, overview, filters, engine)


def open_assistant() -> Assistant:
    """The assistant that all sessions of this server share. Raises DatelineError."""
    settings = load_settings()
    return _open_assistant(str(settings.home.absolute()))


@st.cache_resource(show_spinner=False)
def _open_assistant(home: str) -> Assistant:
    from rag.assistant import Assistant

    assistant = Assistant(load_settings(home=Path(home)), create=True)
    # Opened here, where the cache lets one session in at a time, and not in the first answer.
    assistant.warm()
    return assistant


def _read_overview(assistant: Assistant) -> Overview:
    return _read_overview_at(
        str(assistant.settings.home), assistant.library.last_change(), assistant
    )


@st.cache_data(show_spinner=False, max_entries=2)
def _read_overview_at(home: str, change: int, _assistant: Assistant) -> Overview:
    """What the library held after a change: counting it anew at every click would be waste."""
    del home, change
    return _assistant.overview()


@st.cache_data(show_spinner=False, ttl=ENGINES_HOLD)
def _find_engines(home: str, _assistant: Assistant) -> list[EngineInfo]:
    """The engines; asking a model server that is down at every click would hold up the page."""
    del home
    return _assistant.engines()


def _draw_sidebar(assistant: Assistant, overview: Overview) -> tuple[Filters, str]:
    """What the next question will be asked with."""
    draw(view.draw_name(), "name")
    st.button("New chat", on_click=_start_chat, width="stretch", key="new")
    engine = _choose_engine(assistant)
    filters = _choose_filters(assistant, overview)
    draw(view.draw_library(overview), "library")
    return filters, engine


def _choose_engine(assistant: Assistant) -> str:
    engines = {info.name: info for info in _find_engines(str(assistant.settings.home), assistant)}
    names = list(engines)
    wanted = assistant.settings.engine
    # `openai` alone stands for the first model that the server lists.
    default = next((name for name in names if name == wanted or name.startswith(f"{wanted}:")), "")
    chosen = st.selectbox(
        "Answered by", names, index=names.index(default) if default else 0, key="engine"
    )
    draw(view.draw_engine(engines[chosen]), "where")
    return chosen


def _choose_filters(assistant: Assistant, overview: Overview) -> Filters:
    outlets = st.multiselect(
        "Outlets", overview.outlets, placeholder="All outlets", key="outlets", select_all=False
    )
    first, last = _find_years(assistant)
    since = st.date_input("Since", None, first, last, key="since", format="YYYY-MM-DD")
    until = st.date_input("Until", None, first, last, key="until", format="YYYY-MM-DD")
    undated = st.checkbox(
        "Include undated articles", key="undated", disabled=since is None and until is None
    )
    return Filters(since, until, tuple(outlets), undated)


def _find_years(assistant: Assistant) -> tuple[date, date]:
    """The days that can be chosen: whole years around what the library holds and what is chosen."""
    days = [*(assistant.library.date_range() or [date.today()])]
    days += [day for key in ("since", "until") if (day := st.session_state.get(key))]
    return date(min(days).year, 1, 1), date(max(days).year, 12, 31)


def _draw_chat(assistant: Assistant, overview: Overview, filters: Filters, engine: str) -> None:
    chat: Chat = st.session_state.setdefault("chat", Chat())
    if overview.samples:
        draw(view.draw_samples(), "samples")
    for exchange in chat.exchanges:
        # A click has started this run beside the one that was answering, which Streamlit ends as
        # soon as it draws again.
        exchange.interrupt()
    question = st.chat_input("Ask a question", key="question")
    if question:
        chat.ask(question, filters, engine)
    if not chat.exchanges:
        draw(view.draw_welcome(overview), "welcome")
    for exchange in chat.exchanges:
        _draw_exchange(assistant, chat, exchange)


def _draw_exchange(assistant: Assistant, chat: Chat, exchange: Exchange) -> None:
    draw(view.draw_exchange(exchange), f"exchange-{exchange.id}")
    if exchange.state == "waiting":
        _answer(assistant, chat, exchange)
    if exchange.can_be_quoted:
        _offer("Answer with quotes instead", exchange, QUOTES)
    if exchange.state == "stopped":
        _offer("Answer it again", exchange, exchange.engine)


def _answer(assistant: Assistant, chat: Chat, exchange: Exchange) -> None:
    """Has the answer drawn as it grows.

    Streamlit draws a component once a run and makes another of it under another key, which blinks.
    So what is new is brought to the one on the page by others that draw nothing themselves.
    """
    place = st.empty()
    with closing(answer(exchange, assistant, chat.before(exchange))) as steps:
        for _ in steps:
            _bring(exchange, place)
    _bring(exchange, place)


def _bring(exchange: Exchange, place: DeltaGenerator) -> None:
    with place:
        draw(view.draw_news(exchange), f"news-{exchange.id}-{exchange.version}")


def _offer(label: str, exchange: Exchange, engine: str) -> None:
    st.button(label, key=f"{label}-{exchange.id}", on_click=exchange.retry, args=(engine,))


def _start_chat() -> None:
    st.session_state["chat"] = Chat()
