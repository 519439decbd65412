"""How long a busy server is waited for."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rag.llm.failures import Refused

#: A busy server is asked so often in all for one question, its condensing counted in, and waited
#: for so long between, in seconds, where it asks for nothing else.
TRIES = 3
PAUSE = 1.0
#: A server that asks for more patience than this is not waited for, in seconds.
MAX_PAUSE = 30.0


@dataclass(slots=True)
class Patience:
    """How often a server may still be busy within one question, and when it may be asked again.

    `ready` is by `time.monotonic`.
    """

    left: int = TRIES
    ready: float = 0.0

    def renew(self) -> None:
        """Another question begins; a delay that was asked for still holds."""
        self.left = TRIES

    def wait(self) -> float:
        """How long it is until the server may be asked, in seconds."""
        return max(0.0, self.ready - time.monotonic())

    def allows(self, refused: Refused) -> bool:
        """Whether a server that refused may be asked again, which is after `wait`."""
        pause = PAUSE if refused.retry_after is None else refused.retry_after
        self.left -= refused.is_busy
        if not refused.is_busy or self.left <= 0 or pause > MAX_PAUSE:
            return False
        self.ready = time.monotonic() + pause
        return True
