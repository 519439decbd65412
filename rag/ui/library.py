"""What changes the library, wherever it stands: the field for files, and how far a change is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from rag.errors import DatelineError
from rag.ui import shelf
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.jobs import Job
from rag.ui.whole import done_whole

#: How often a page looks how far a change is, in seconds.
LOOK_EVERY = 0.5
#: A removal is mostly over within this time, in seconds.
AT_ONCE = 1.0


def draw_library(desk: Desk) -> None:
    """Where articles are dropped, folded away, and how far a change is."""
    with st.expander("Add articles", key="shelf", on_change="rerun") as folded:
        if folded.open:
            _draw_field(desk)
    _draw_change(desk)


def draw_adding(desk: Desk) -> None:
    """Where articles are dropped, and how far the adding is."""
    _draw_field(desk)
    # What stands below keeps its place on the page, and with it what is typed and scrolled there.
    with st.container():
        _draw_change(desk)


def _draw_field(desk: Desk) -> None:
    # A new key is a new, empty field: what was dropped on the old one has been taken.
    turn = st.session_state.setdefault("turn", 0)
    key = f"files-{turn}"
    # Of any type: what cannot be read is refused by us, in words and with what could be.
    st.file_uploader(
        "Add articles",
        accept_multiple_files=True,
        key=key,
        on_change=_take_files,
        args=(desk, key),
    )


def _draw_change(desk: Desk) -> None:
    if "refused" in st.session_state:
        draw(shelf.draw_notice(st.session_state["refused"]), "refused")
    job = _find_job(desk)
    if job is None:
        return
    running = not job.is_over.is_set()
    if not running and st.session_state.get("over") is not job:
        # It may have ended since this run has looked at the library: it is looked at once more.
        st.session_state["over"] = job
        st.rerun()
    st.fragment(_draw_job, run_every=LOOK_EVERY if running else None)(job, running)


@done_whole()
def _take_files(desk: Desk, key: str) -> None:
    # Of one that is gone again Streamlit gives something that has no bytes.
    given = st.session_state.get(key) or []
    files = [file for file in given if isinstance(file, UploadedFile)]
    if files and start_change(
        lambda: desk.jobs.add([(file.name, file.getvalue()) for file in files])
    ):
        st.session_state["turn"] += 1


def _find_job(desk: Desk) -> Job | None:
    """The change that this page asked for last; after a refresh, the one that still runs."""
    if "job" not in st.session_state and desk.jobs.is_running:
        st.session_state["job"] = desk.jobs.last
    job: Job | None = st.session_state.get("job")
    return job


def _draw_job(job: Job, was_running: bool) -> None:
    if was_running and job.is_over.is_set():
        # The library is another one now: the whole page looks at it anew.
        st.rerun()
    draw(shelf.draw_job(job), "job", _dismiss)
    if st.session_state.pop("dismissed", False):
        st.rerun()


def _dismiss(act: Act) -> None:
    job = st.session_state.get("job")
    if act["do"] == "dismiss" and job is not None and job.is_over.is_set():
        del st.session_state["job"]
        st.session_state["dismissed"] = True


def start_change(begin: Callable[[], Job], wait: float = AT_ONCE) -> Job | None:
    """Begin a change, and wait some seconds for its end; None where it could not begin.

    What stands in its way is said beside what is said of the change.
    """
    state = st.session_state
    state.pop("refused", None)
    state["changed"] = True
    try:
        job = begin()
    except DatelineError as error:
        state["refused"] = error
        return None
    is_over = job.is_over.wait(wait)
    if not is_over or job.report or job.note or job.problem:
        # What leaves nothing to say does not take the place of what was said before.
        state["job"] = job
    return job
