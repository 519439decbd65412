"""Runs the page's server in this process: `python -m rag.ui.launch PAGE HOST PORT`.

It is Streamlit's, with what a browser is told to refuse, and without Streamlit's look-up of this
machine's public address: Streamlit asks checkip.amazonaws.com for it when a page of another origin
knocks at the WebSocket, to compare the two. Such a page is turned away here without asking anyone.
"""

from __future__ import annotations

import sys

import streamlit as st
from starlette.middleware import Middleware
from streamlit import net_util

from rag.ui.headers import Guard
from rag.ui.options import list_options


def _no_address() -> None:
    return None


if __name__ == "__main__":
    page, host, port = sys.argv[1:]
    # The command line is this module's and not the page's.
    sys.argv[1:] = []
    net_util.get_external_ip = _no_address
    net_util.get_internal_ip = _no_address
    app = st.App(page, middleware=[Middleware(Guard)])
    app.run(config=list_options(host, int(port)))
