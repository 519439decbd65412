"""The chat page, from top to bottom.

Nothing that comes from articles, models or people goes to Streamlit's own text elements: see
`rag.ui.component`. The labels in this and the modules that it draws are constants of this program.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from rag.assistant import Assistant, Overview
from rag.errors import DatelineError
from rag.retrieve.question import MAX_QUESTION
from rag.settings import load_settings
from rag.ui import shelf
from rag.ui.address import (
    address,
    find_briefing,
    find_library,
    has_arrived,
    show_address,
    turn_to_library,
)
from rag.ui.briefing_list import list_briefings
from rag.ui.briefing_page import draw_briefing_page, note_arrival
from rag.ui.chat import Chat
from rag.ui.component import draw, draw_shared
from rag.ui.conversation import draw_conversation, draw_welcome, take_question
from rag.ui.desk import Desk
from rag.ui.library import draw_adding
from rag.ui.library_page import draw_library_page
from rag.ui.sidebar import Choice, draw_sidebar, list_chats
from rag.ui.whole import done_whole

ICON = Path(__file__).parent / "icon.svg"


def draw_page() -> None:
    st.set_page_config("Dateline", ICON, menu_items={"Get help": None, "Report a bug": None})
    draw_shared()
    try:
        desk = open_desk()
        overview = desk.overview()
    except DatelineError as error:
        draw(shelf.draw_failure(error), "failure")
        st.button("Try again")
        return
    if overview.articles or find_briefing() or find_library():
        _draw_views(desk, overview)
    else:
        _draw_empty(desk)


def _draw_views(desk: Desk, overview: Overview) -> None:
    """A chat, or the briefing or the library that lies over it, beside the sidebar."""
    chat = _find_chat(desk)
    with st.sidebar:
        choice, lists = draw_sidebar(desk, overview)
    briefing, library = find_briefing(), find_library()
    # Not below a briefing: Streamlit goes to the end of a page that has it.
    if not (briefing or library):
        for question in _take_questions():
            take_question(desk, chat, question, choice)
    note_arrival(desk, briefing)
    with lists:
        list_chats(desk, None if briefing or library else chat)
        list_briefings(desk, None if library else briefing)
    if library:
        draw_library_page(desk, overview)
    elif briefing:
        draw_briefing_page(desk, briefing)
    else:
        _draw_chat(desk, chat, overview, choice)


def _take_questions() -> Iterator[str]:
    """What was put and is not being answered yet, each once.

    What the field itself returns is gone with the run that it came with, and that run may be ended
    above here: by a change of the library that is over, by a click.
    """
    st.chat_input("Ask a question", key="question", max_chars=MAX_QUESTION, on_submit=_keep)
    put = st.session_state.get("put", [])
    while put:
        yield put.pop(0)


@done_whole()
def _keep() -> None:
    st.session_state.setdefault("put", []).append(st.session_state["question"])


def _draw_chat(desk: Desk, chat: Chat, overview: Overview, choice: Choice) -> None:
    if overview.samples:
        draw(shelf.draw_samples(only=overview.only_samples), "samples")
    if problem := chat.unkept or chat.unfrozen:
        draw(shelf.draw_unkept(problem, sources=not chat.unkept), "unkept")
    if chat.exchanges:
        st.session_state.pop("notice", None)
    else:
        if "notice" in st.session_state:
            draw(shelf.draw_notice(st.session_state["notice"]), "notice")
        draw_welcome(desk, chat, overview, choice)
    draw_conversation(desk, chat)


def open_desk() -> Desk:
    """What all sessions of this server share. Raises DatelineError."""
    settings = load_settings()
    return _open_desk(str(settings.home.absolute()))


@st.cache_resource(show_spinner=False)
def _open_desk(home: str) -> Desk:
    assistant = Assistant(load_settings(home=Path(home)), create=True)
    # Opened here, where the cache lets one session in at a time, and not in the first answer.
    assistant.warm()
    # What is there now is there for good: no collection of garbage need look at it again.
    gc.collect()
    gc.freeze()
    return Desk(assistant)


def _draw_empty(desk: Desk) -> None:
    draw(shelf.draw_invitation(str(desk.assistant.settings.home.absolute())), "invitation")
    draw_adding(desk)
    st.button("Look again")
    # There are those that were removed, and what was passed over.
    st.button("Library", on_click=turn_to_library, args=(True,), key="open-library")


def _find_chat(desk: Desk) -> Chat:
    """The chat that the page's address names; a new one where it names none.

    The address is what a refresh keeps, and what a page that connects again comes back with.
    """
    chat: Chat | None = st.session_state.get("chat")
    named = st.query_params.get("chat")
    if chat is None:
        chat = _open_named(desk, named) if named else desk.reopen() or Chat()
    elif chat.deleted:
        chat = Chat()
    elif named != address(chat) and has_arrived():
        # The browser has gone on to another address, forth or back.
        chat = _open_named(desk, named)
    st.session_state["chat"] = chat
    show_address(chat)
    return chat


def _open_named(desk: Desk, named: str | None) -> Chat:
    try:
        return desk.open_chat(named) if named else Chat()
    except DatelineError as error:
        st.session_state["notice"] = error
        return Chat()
