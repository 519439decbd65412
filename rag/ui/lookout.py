"""What model servers have, as it was last seen: looked for beside the page, which never waits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import streamlit as st

from rag.errors import DatelineError
from rag.ui.surprise import describe_surprise

Info = TypeVar("Info")

#: How long what was seen holds while a page looks at it, in seconds.
HOLDS = 30.0
#: How often a page looks whether a look is over, in seconds.
LOOK_EVERY = 0.5
LOG = logging.getLogger(__name__)


class Lookout(Generic[Info]):
    """Looks in a thread of its own, by `find`; safe to use from all pages.

    `at_hand` gives what is there before anybody has looked.
    """

    def __init__(
        self, find: Callable[[], list[Info]], at_hand: Callable[[], list[Info]] = list
    ) -> None:
        self._find = find
        self._at_hand = at_hand
        self._lock = threading.Lock()
        #: Why the last look has found nothing.
        self.problem: DatelineError | None = None
        #: Awaited looks that are over: a page that was drawn before the last one shows less.
        self.over = 0
        self._seen: list[Info] = []
        self._since: float | None = None
        self._looking = False
        self._again = False
        self._awaited = False

    @property
    def is_looking(self) -> bool:
        return self._looking

    @property
    def is_awaited(self) -> bool:
        """Whether a page is to be drawn anew after this look.

        What is looked at again because it is old shows with the next drawing: one that comes by
        itself would take the page from under the hands of who types.
        """
        return self._looking and self._awaited

    def seen(self) -> list[Info]:
        """What was seen last; looked for anew where that is old."""
        with self._lock:
            first = self._since is None
            old = first or time.monotonic() - (self._since or 0.0) > HOLDS
            seen = list(self._seen)
        if old:
            self.look(awaited=first)
        return seen or self._at_hand()

    def look(self, *, awaited: bool = True) -> None:
        """Look again, now; where somebody looks already, once more after that."""
        with self._lock:
            self._awaited = awaited or (self._looking and self._awaited)
            self._again = self._looking
            if self._looking:
                return
            self._looking = True
        threading.Thread(target=self._look, name="lookout", daemon=True).start()

    def _look(self) -> None:
        again = True
        while again:
            seen: list[Info] = []
            problem: DatelineError | None = None
            try:
                seen = self._find()
            except DatelineError as error:
                problem = error
            except Exception as error:
                # The thread's end: without this the page would say for ever that it looks.
                LOG.exception("looking at model servers broke")
                problem = describe_surprise(error)
            finally:
                with self._lock:
                    self._seen, self._since = seen or self._seen, time.monotonic()
                    self.problem = problem
                    again, self._again = self._again, False
                    self._looking = again
                    self.over += self._awaited


def draw_anew_after(lookout: Lookout[Info], over: int) -> None:
    """Draw the whole page once more when a look that it waits for is over.

    `over` is the lookout's own count from before its `seen` was drawn: a look may end between that
    and here, and nothing would be left to wait for.
    """
    waits = lookout.is_awaited or lookout.over != over

    def watch() -> None:
        if lookout.over != over and not lookout.is_looking:
            # What was found belongs into a menu, which is drawn with the whole page.
            st.rerun()

    st.fragment(watch, run_every=LOOK_EVERY if waits else None)()
