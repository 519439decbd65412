"""A callback is not ended in its middle, by whatever the page asks for while it runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.runtime.state import SafeSessionState, SessionState

from rag.ui.whole import done_whole


class PageAsksForAnother(BaseException):
    """What Streamlit ends a run with."""


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> SafeSessionState:
    """The state of a session whose page has asked for another run."""

    def look() -> None:
        raise PageAsksForAnother

    state = SafeSessionState(SessionState(), look)
    context = SimpleNamespace(session_state=state)
    monkeypatch.setattr("rag.ui.whole.get_script_run_ctx", lambda **_: context)
    return state


def test_what_a_reader_did_is_done_to_its_end(state: SafeSessionState) -> None:
    with pytest.raises(PageAsksForAnother):
        state["taken"] = 1
    taken = []

    @done_whole()
    def take() -> None:
        taken.append("article")
        state["taken"] = len(taken)
        assert "taken" in state

    take()
    assert taken == ["article"]
    with pytest.raises(PageAsksForAnother):
        state["taken"]


def test_what_fails_in_it_leaves_the_session_as_it_was(state: SafeSessionState) -> None:
    with pytest.raises(ZeroDivisionError), done_whole():
        1 / 0  # noqa: B018
    with pytest.raises(PageAsksForAnother):
        state["taken"] = 1


def test_without_a_session_it_is_done_all_the_same() -> None:
    done = []
    with done_whole():
        done.append(1)
    assert done == [1]
