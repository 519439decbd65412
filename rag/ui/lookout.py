"""The engines as they were last seen, looked for again beside the page, which never waits."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from rag.errors import DatelineError

if TYPE_CHECKING:
    from rag.engines import EngineInfo, Engines

#: How long what was seen holds while a page looks at it, in seconds.
HOLDS = 30.0
LOG = logging.getLogger(__name__)


class Lookout:
    """Looks for engines in a thread of its own; safe to use from all pages."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._lock = threading.Lock()
        self._seen: list[EngineInfo] = []
        self._since: float | None = None
        self._looking = False
        self._again = False

    @property
    def is_looking(self) -> bool:
        return self._looking

    def engines(self) -> list[EngineInfo]:
        """What was seen last, the quotes engine at least; looked for anew where that is old."""
        with self._lock:
            old = self._since is None or time.monotonic() - self._since > HOLDS
            seen = list(self._seen)
        if old:
            self.look()
        return seen or self._engines.at_hand()

    def look(self) -> None:
        """Look again, now; where somebody looks already, once more after that."""
        with self._lock:
            self._again = self._looking
            if self._looking:
                return
            self._looking = True
        threading.Thread(target=self._look, name="engines", daemon=True).start()

    def _look(self) -> None:
        again = True
        while again:
            seen: list[EngineInfo] = []
            try:
                seen = self._engines.find()
            except DatelineError as error:
                LOG.warning("engines cannot be looked for: %s", error)
            finally:
                with self._lock:
                    self._seen, self._since = seen or self._seen, time.monotonic()
                    again, self._again = self._again, False
                    self._looking = again
