"""The part of the sidebar that changes the library: articles added, removed and brought back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from rag.errors import DatelineError
from rag.ingest.readers import READERS
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
    """What is in the library, and how it is changed."""
    with st.expander("Articles", key="shelf", on_change="rerun") as folded:
        if folded.open:
            _draw_field(desk)
            list_articles(desk)
    _draw_change(desk)


def draw_adding(desk: Desk) -> None:
    """Where articles are dropped, and how far the adding is."""
    _draw_field(desk)
    _draw_change(desk)


def _draw_field(desk: Desk) -> None:
    # A new key is a new, empty field: what was dropped on the old one has been taken.
    turn = st.session_state.setdefault("turn", 0)
    key = f"files-{turn}"
    st.file_uploader(
        "Add articles",
        type=[suffix.lstrip(".") for suffix in READERS],
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
    draw(shelf.draw_job(job), "job")


def list_articles(desk: Desk) -> None:
    """The articles, and those that were removed."""
    st.fragment(_draw_articles)(desk)


def _draw_articles(desk: Desk) -> None:
    containing = st.session_state.get("articles-containing", "")

    def act(what: Act) -> None:
        _handle(desk, what)

    try:
        listed = desk.list_articles(containing)
    except DatelineError as error:
        draw(shelf.draw_notice(error), "articles")
        return
    draw(shelf.draw_articles(listed, containing), "articles", act)
    if st.session_state.pop("changed", False):
        st.rerun()


def _handle(desk: Desk, act: Act) -> None:
    match act:
        case {"do": "search", "text": str(text)}:
            st.session_state["articles-containing"] = text.strip()
        case {"do": "remove", "article": str(article)}:
            start_change(lambda: desk.jobs.remove(article))
        case {"do": "restore", "article": str(article)}:
            start_change(lambda: desk.jobs.restore(article))


def start_change(begin: Callable[[], Job]) -> bool:
    """Begin a change, and whether it has begun; what stands in its way is said beside the other."""
    state = st.session_state
    state.pop("refused", None)
    state["changed"] = True
    try:
        job = begin()
    except DatelineError as error:
        state["refused"] = error
        return False
    job.is_over.wait(AT_ONCE)
    state["job"] = job
    return True
