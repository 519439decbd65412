"""The part of the sidebar that chooses what answers: engines, their servers, their exams."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rag.engines import EngineInfo, find_info
from rag.errors import DatelineError
from rag.ui import models
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.embedding import choose_embedder
from rag.ui.lookout import draw_anew_after
from rag.ui.shelf import draw_notice
from rag.ui.whole import done_whole

#: How often a page looks how far an exam is, in seconds.
LOOK_EVERY = 0.5


def choose_engine(desk: Desk) -> str:
    """The menu of engines with what there is to know of the chosen one; its name."""
    over = desk.lookout.over
    infos = {info.name: info for info in desk.lookout.seen()}
    state = st.session_state
    chosen = state.get("engine") or desk.assistant.engines.name
    # `ollama` alone is the first model that Ollama lists, once somebody has looked.
    found = find_info(list(infos.values()), chosen)
    chosen = found.name if found else chosen
    if chosen not in infos:
        # What was chosen stays chosen, whatever has become of its server: no question goes
        # anywhere that its asker has not named.
        infos[chosen] = models.describe_missing(chosen, looking=desk.lookout.is_looking)
    labels = {name: models.write_option(info) for name, info in infos.items()}
    if state.get("engine-labels") != labels:
        # The menu's own memory is of its labels, which an exam changes: it is told anew.
        state["engine-labels"], state["engine"] = labels, chosen
    _show("engine", chosen)
    name: str = st.selectbox(
        "Answered by",
        list(infos),
        format_func=labels.__getitem__,
        key="engine",
        on_change=_choose,
        args=(desk,),
    )
    _draw_engine(desk, infos[name])
    if desk.lookout.problem is not None:
        draw(draw_notice(desk.lookout.problem), "lookout")
    _draw_servers(desk)
    draw_anew_after(desk.lookout, over)
    return name


def _draw_engine(desk: Desk, info: EngineInfo) -> None:
    job = desk.exams.find(info.name)
    running = job is not None and not job.is_over.is_set()
    st.fragment(_draw_chosen, run_every=LOOK_EVERY if running else None)(desk, info, running)


def _draw_chosen(desk: Desk, info: EngineInfo, was_running: bool) -> None:
    job = desk.exams.find(info.name)
    if was_running and (job is None or job.is_over.is_set()):
        desk.lookout.look()
        st.rerun()

    def act(what: Act) -> None:
        match what:
            case {"do": "examine"}:
                desk.exams.start(info.name)
                st.session_state["examining"] = True
            case {"do": "stop"} if job is not None:
                job.halt.pull()

    draw(models.draw_engine(info, job), "engine", act)
    if st.session_state.pop("examining", False):
        st.rerun()


def _draw_servers(desk: Desk) -> None:
    engines = desk.assistant.engines
    with st.expander("Model servers", key="servers", on_change="rerun") as folded:
        if not folded.open:
            return
        # Another page may have switched it.
        _show("local-only", engines.is_local_only)
        st.toggle(
            "This machine only",
            key="local-only",
            disabled=engines.is_local_fixed,
            on_change=_switch,
            args=(desk,),
            help="Refuses whatever would send words to another machine.",
        )
        st.text_input(
            "Add a server's address",
            key="address",
            placeholder="http://127.0.0.1:9000/v1",
            max_chars=300,
            on_change=_add_server,
            args=(desk,),
        )
        if "engine-trouble" in st.session_state:
            draw(draw_notice(st.session_state["engine-trouble"]), "engine-trouble")

        def act(what: Act) -> None:
            _handle(desk, what)

        draw(models.draw_servers(engines.chosen(), looking=desk.lookout.is_looking), "servers", act)
        choose_embedder(desk)


def _show(key: str, value: object) -> None:
    """Have a widget show a value, where it shows another.

    What it is told while its reader changes it comes after the change and takes it back.
    """
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _switch(desk: Desk) -> None:
    _try(desk, lambda: desk.assistant.engines.set_local_only(st.session_state["local-only"]))


@done_whole()
def _add_server(desk: Desk) -> None:
    typed = st.session_state["address"].strip()
    if typed and _try(desk, lambda: _add(desk, typed)):
        st.session_state["address"] = ""


def _add(desk: Desk, typed: str) -> None:
    listing = desk.assistant.engines.add_server(typed)
    if listing.problem:
        raise listing.problem


def _handle(desk: Desk, act: Act) -> None:
    match act:
        case {"do": "look"}:
            desk.lookout.look()
            desk.embedders.look()
        case {"do": "remove", "server": str(address)}:
            _try(desk, lambda: desk.assistant.engines.remove_server(address))


def _choose(desk: Desk) -> None:
    _try(desk, lambda: desk.assistant.engines.choose(st.session_state["engine"]))


def _try(desk: Desk, change: Callable[[], None]) -> bool:
    """Change what may answer, and whether that worked; what stands in its way is said."""
    st.session_state.pop("engine-trouble", None)
    try:
        change()
    except DatelineError as error:
        st.session_state["engine-trouble"] = error
        return False
    finally:
        desk.lookout.look()
    return True
