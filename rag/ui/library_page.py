"""The page of the library: its articles found, read, corrected, taken out and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from rag.errors import DatelineError
from rag.index.filling import DAYS, check_values
from rag.ingest.moments import read_moment
from rag.ui.acts import draw_handled, list_new
from rag.ui.address import turn_to_library
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.jobs import Job
from rag.ui.library import draw_adding, start_change
from rag.ui.library_view import (
    LABELS,
    Told,
    View,
    draw_bar,
    draw_library,
    draw_set_aside,
    draw_trouble,
    read_view,
)
from rag.ui.words import Json

if TYPE_CHECKING:
    from rag.assistant import Overview

HANDLED = "library-handled"
#: What is filled in is mostly kept within this time, in seconds.
SAVED_WITHIN = 3.0
SAVED, UNSAVED = "Saved.", "Nothing was saved yet."


def draw_library_page(desk: Desk, overview: Overview) -> None:
    """The library, in place of the chat."""

    def act(what: Act) -> None:
        match what:
            case {"do": "back"}:
                turn_to_library(False)
            case {"do": "reindex"}:
                start_change(desk.jobs.reindex)

    draw(draw_bar(overview), "library-bar", act)
    draw_adding(desk)
    st.fragment(_draw)(desk)


def _draw(desk: Desk) -> None:
    """The list, in a fragment of its own."""

    def act(what: Act) -> None:
        for one in list_new(what, HANDLED):
            handle(desk, one)

    def set_aside(what: Act) -> None:
        handle(desk, what)

    try:
        listed, aside = _read(desk), _read_set_aside(desk)
    except DatelineError as error:
        draw(draw_trouble(error), "library-trouble")
        return
    draw(listed | {"handled": draw_handled(HANDLED)}, "library", act)
    draw(aside, "set-aside", set_aside)
    if st.session_state.pop("changed", False):
        st.rerun()


def _read(desk: Desk) -> Json:
    state, catalogue = st.session_state, desk.catalogue
    view = _view()
    removed = {one.id: one for one in catalogue.removed()}
    return draw_library(
        view,
        catalogue.turn_to(view.wanted, view.page),
        opened=catalogue.open(view.opened) if view.opened else None,
        told=state.get("library-told"),
        outlets=catalogue.outlets(),
        undo=[removed[one] for one in state.get("library-undo", ()) if one in removed],
    )


def _read_set_aside(desk: Desk) -> Json:
    catalogue = desk.catalogue
    return draw_set_aside(catalogue.skipped(), catalogue.removed(), desk.assistant.settings.home)


def _view() -> View:
    view: View = st.session_state.setdefault("library-view", View())
    return view


def handle(desk: Desk, act: Act) -> None:
    """Do what a reader asks of the library; what makes no sense is passed over."""
    state, jobs = st.session_state, desk.jobs
    match act:
        case {"do": "look", "view": dict(said)}:
            view = read_view(said)
            if view.opened != _view().opened:
                state.pop("library-told", None)
            state["library-view"] = view
        case {"do": "fill", "article": str(article), "values": dict(values)}:
            _fill(desk, article, {str(name): str(value) for name, value in values.items()})
        case {"do": "unfill", "article": str(article), "field": str(field)} if field in LABELS:
            _save(article, lambda: jobs.unfill(article, [field]))
        case {"do": "remove", "article": str(article)}:
            if start_change(lambda: jobs.remove(article)):
                state["library-undo"] = [article]
        case {"do": "restore", "article": str(article)}:
            start_change(lambda: jobs.restore(article))
        case {"do": "forget", "article": str(article)}:
            start_change(lambda: jobs.forget(article))


def _fill(desk: Desk, article: str, said: Mapping[str, str]) -> None:
    """Keep what was filled in, or say beside each field what is wrong with it: all or nothing."""
    faults: dict[str, DatelineError] = {}
    values = {field: _write_day(value) if field in DAYS else value for field, value in said.items()}
    for field, value in values.items():
        try:
            check_values({field: value})
        except DatelineError as error:
            faults[field] = error
    if faults:
        st.session_state["library-told"] = Told(article, UNSAVED, faults)
    elif values:
        _save(article, lambda: desk.jobs.fill(article, {**values}))


def _write_day(said: str) -> str:
    """A day that was written in words, as the library takes it; anything else as it is."""
    day = read_moment(said).day
    return day.isoformat() if day else said


def _save(article: str, begin: Callable[[], Job]) -> None:
    """Change an article, and keep it open under the id that it has then."""
    state = st.session_state
    job = start_change(begin, SAVED_WITHIN)
    if job is None:
        told = Told(article, str(state["refused"].problem))
    elif job.problem:
        told = Told(article, job.problem.problem)
    elif job.article:
        state["library-view"] = replace(_view(), opened=job.article)
        told = Told(job.article, SAVED)
    else:
        told = Told(article, "It is being saved …")
    state["library-told"] = told
