"""What a page asks for in order, each thing once; see `queueActs` in static/fields.js."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from rag.ui.component import Act
from rag.ui.words import Json


def list_new(what: Act, key: str) -> Iterator[Act]:
    """What the page has asked for and was not done yet, in order.

    Streamlit drops an act where another follows at once, so the page sends along what it has not
    been told to be done. What was done is noted under `key`.
    """
    match what:
        case {"do": "all", "page": str(page), "acts": list(acts)}:
            known, done = st.session_state.get(key, ("", 0))
            for act in acts:
                if not (isinstance(act, dict) and isinstance(seq := act.get("seq"), int)):
                    continue
                if page != known or seq > done:
                    known, done = page, seq
                    st.session_state[key] = page, seq
                    yield act


def draw_handled(key: str) -> Json:
    """What the page is told to be done."""
    page, seq = st.session_state.get(key, ("", 0))
    return {"page": page, "seq": seq}
