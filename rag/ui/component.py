"""The one component that draws text of articles, models and people: as text and nothing else.

Streamlit fetches images and makes links live wherever it renders Markdown, labels, captions and
errors included. So whatever is not a constant of this program is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from rag.ui.whole import done_whole
from rag.ui.words import Json

FOLDER = Path(__file__).parent / "static"
#: In the order in which they are read: each uses what stands before it.
SCRIPTS = (
    *("text", "panel", "answer", "details", "lists", "models", "coverage"),
    *("fields", "briefing", "library", "opened", "aside", "main"),
)
STYLES = ("base", "answer", "panel", "lists", "briefing", "library")

PLACE = '<div class="dateline"></div>'

#: What a reader did: `do` names it, the rest is what it was done to.
Act = dict[str, Any]


def _join(names: tuple[str, ...], suffix: str) -> str:
    files = (FOLDER / f"{name}.{suffix}" for name in names)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


_mount_shared = st.components.v2.component("dateline-shared", html=PLACE, js=_join(SCRIPTS, "js"))
_mount = st.components.v2.component("dateline", html=PLACE, js=_join(("loader",), "js"))
_STYLES = _join(STYLES, "css")


def draw_shared() -> None:
    """Bring to the page what every `draw` on it needs, and the panel; once a run."""
    _mount_shared(key="drawn-shared", data={"kind": "panel", "styles": _STYLES})


def draw(data: Json, key: str, on_act: Callable[[Act], None] | None = None) -> None:
    """Draw what the functions of `rag.ui.view` and its like return; `key` is unique on the page.

    `on_act` is called with what its reader does, before the page is drawn again.
    """

    # The page's own state is kept under keys of the same dictionary.
    place = f"drawn-{key}"

    @done_whole()
    def pass_on() -> None:
        act = st.session_state[place].get("act")
        if on_act is not None and isinstance(act, dict) and isinstance(act.get("do"), str):
            on_act(act)

    _mount(key=place, data=data, on_act_change=pass_on)
