"""The buttons that hand a briefing out as files, made when they are asked for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from rag.brief.export import MIME, Format, name_file
from rag.errors import DatelineError
from rag.types import Briefing
from rag.ui import shelf
from rag.ui.component import draw
from rag.ui.desk import Desk
from rag.ui.surprise import describe_surprise

#: Most files are made within this time, in seconds: then what stood in the way is said at once.
AT_ONCE = 1.5
#: How often a page looks whether a file is made, in seconds, and for how long it does.
LOOK_EVERY, PATIENCE = 0.5, 60.0
LOG = logging.getLogger(__name__)


class Making:
    """The files that a page has asked for: whether one is being made, and what failed last.

    Streamlit makes a file in a thread of its own, beside the script that draws the page, and tells
    the browser alone what became of it.
    """

    def __init__(self) -> None:
        self.problem: DatelineError | None = None
        self._ended, self._seen, self._until = 0, 0, 0.0
        self._news = threading.Condition()

    @property
    def is_running(self) -> bool:
        """Whether one was asked for of which nothing has been heard yet, and not long ago."""
        return self._ended <= self._seen and time.monotonic() < self._until

    def ask(self) -> None:
        """Note that one was asked for, and return when it is there, or after AT_ONCE."""
        with self._news:
            self._until = time.monotonic() + PATIENCE
            # The two threads begin at the same time: it may have been made already.
            if self._news.wait_for(lambda: self._ended > self._seen, AT_ONCE):
                self._seen, self._until = self._ended, 0.0

    def settle(self) -> None:
        """What is there is nothing to wait for: the next one is another."""
        with self._news:
            self._seen = self._ended

    def make(self, write: Callable[[], bytes]) -> bytes:
        """What `write` returns. Whatever it raises is the page's problem, until the next one."""
        problem: DatelineError | None = None
        try:
            return write()
        except DatelineError as error:
            problem = error
            raise
        except Exception as error:
            LOG.exception("a briefing could not be written")
            problem = describe_surprise(error, "while it wrote the file")
            raise
        finally:
            with self._news:
                self.problem = problem
                self._ended += 1
                self._news.notify_all()


def draw_downloads(desk: Desk, briefing: Briefing, *, empty: bool) -> None:
    """A button for each format; where nothing can be exported they are there, and cannot be used.

    What went wrong with the last one stands below them.
    """
    kept = st.session_state.get("making")
    if kept is None or kept[0] != briefing.id:
        kept = st.session_state["making"] = briefing.id, Making()
    making: Making = kept[1]
    every = LOOK_EVERY if making.is_running else None
    st.fragment(_draw_buttons, run_every=every)(desk, briefing, making, empty, making.is_running)


def _draw_buttons(
    desk: Desk, briefing: Briefing, making: Making, empty: bool, was_running: bool
) -> None:
    def offer(form: Format) -> dict[str, Any]:
        return {
            "data": lambda: making.make(lambda: desk.briefcase.export(briefing.id, form)),
            "file_name": name_file(briefing, form),
            "mime": MIME[form],
            "key": f"download-{form}",
            "on_click": making.ask,
            "disabled": empty,
        }

    with st.container(horizontal=True, gap="xsmall"):
        st.download_button("Word", **offer("docx"))
        st.download_button("Markdown", **offer("md"))
        st.download_button("HTML", **offer("html"))
        st.download_button("BibTeX", **offer("bib"))
        st.download_button("CSL-JSON", **offer("json"))
    if making.problem:
        draw(shelf.draw_notice(making.problem), "unmade")
    if making.is_running != was_running:
        if was_running:
            making.settle()
        # Whether this is run again by itself was settled when the page was drawn.
        st.rerun()
