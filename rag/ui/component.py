"""The one component that draws text of articles, models and people: as text and nothing else.

Streamlit fetches images and makes links live wherever it renders Markdown, labels, captions and
errors included. So whatever is not a constant of this program is drawn here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from rag.ui.view import Json

FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "dateline",
    html='<div class="dateline"></div>',
    css=(FOLDER / "answer.css").read_text(encoding="utf-8"),
    js=(FOLDER / "answer.js").read_text(encoding="utf-8"),
)


def draw(data: Json, key: str) -> None:
    """Draw what a function of `rag.ui.view` returned; `key` is unique on the page."""
    _mount(key=key, data=data)
