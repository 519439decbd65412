"""A list of the sidebar whose reader opens, renames and deletes what stands in it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rag.errors import DatelineError, UsageError
from rag.ui import shelf
from rag.ui.component import Act, draw
from rag.ui.words import Json


def draw_list(kind: str, read: Callable[[], Json], change: Callable[[Act], bool]) -> None:
    """The list that `read` returns, in a fragment of its own.

    `change` does what its reader asks, and returns whether other parts of the page show that too.
    """
    st.fragment(_draw)(kind, read, change)


def _draw(kind: str, read: Callable[[], Json], change: Callable[[Act], bool]) -> None:
    state, trouble, elsewhere = st.session_state, f"{kind}-trouble", f"{kind}-elsewhere"

    def act(what: Act) -> None:
        state.pop(trouble, None)
        try:
            if change(what):
                state[elsewhere] = True
        except UsageError:
            # Another page has deleted it meanwhile: the list will show that.
            state[elsewhere] = True
        except DatelineError as error:
            state[trouble] = error

    try:
        data = read()
    except DatelineError:
        # A library that cannot be written yet, as one from an older version, keeps none. Whoever
        # asks or adds something is told what stands in the way.
        return
    draw(data, kind, act)
    if trouble in state:
        draw(shelf.draw_notice(state[trouble]), trouble)
    if state.pop(elsewhere, False):
        st.rerun()
