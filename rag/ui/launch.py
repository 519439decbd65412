"""`streamlit`, without its look-up of this machine's public address.

Streamlit asks checkip.amazonaws.com for it when a page of another origin knocks at the WebSocket,
to compare the two. Such a page is turned away here without asking anyone.
"""

from __future__ import annotations

from streamlit import net_util
from streamlit.web import cli


def _no_address() -> None:
    return None


if __name__ == "__main__":
    net_util.get_external_ip = _no_address
    net_util.get_internal_ip = _no_address
    cli.main(prog_name="streamlit")
