"""The part of the sidebar that goes over to another embedder, once its reader has agreed."""

from __future__ import annotations

import streamlit as st

from rag.embedders import EmbedderInfo
from rag.ui import models
from rag.ui.component import Act, draw
from rag.ui.desk import Desk
from rag.ui.library import start_change
from rag.ui.lookout import draw_anew_after


def choose_embedder(desk: Desk) -> None:
    """The menu of embedders, where there is a choice; what a change of it would mean."""
    over = desk.embedders.over
    infos = {info.name: info for info in desk.embedders.seen()}
    draw_anew_after(desk.embedders, over)
    used = next((one.name for one in infos.values() if one.in_use), None)
    if used is None or len(infos) < 2:
        return
    chosen = st.selectbox("Searched by", list(infos), index=list(infos).index(used), key="embedder")
    if chosen == used:
        draw(models.draw_embedder(infos[used]), "embedder")
    else:
        _offer(desk, infos[chosen])


def _offer(desk: Desk, info: EmbedderInfo) -> None:
    """Ask before every article is embedded again."""
    planned = st.session_state.get("swap")
    if planned is None or planned.name != info.name:
        planned = desk.assistant.plan_swap(info.name)
        if planned.problem is None:
            st.session_state["swap"] = planned

    def act(what: Act) -> None:
        if what["do"] == "swap":
            start_change(lambda: desk.jobs.swap(info.name, desk.embedders.look))
            st.session_state.pop("swap", None)

    draw(models.draw_swap(planned), "swap", act)
