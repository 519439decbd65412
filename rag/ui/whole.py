"""What a reader did, done wholly and once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner import get_script_run_ctx


@contextmanager
def done_whole() -> Iterator[None]:
    """Lets a callback end, whatever else the page asks for meanwhile.

    Streamlit ends a run at its next look at the session's state where the page has asked for
    another run. A callback that is ended so is called once more for the same click: an article
    would be taken twice. The look at what the page asks for comes when the callback is over.
    """
    context = get_script_run_ctx(suppress_warning=True)
    state = context.session_state if context else None
    look = getattr(state, "_yield_callback", None)
    if look is None:
        yield
        return
    # It refuses to be set as other attributes are: those would be the session's.
    object.__setattr__(state, "_yield_callback", _look_later)
    try:
        yield
    finally:
        object.__setattr__(state, "_yield_callback", look)


def _look_later() -> None:
    """Looks at nothing."""
