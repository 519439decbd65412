"""How Streamlit is set up: closed to the outside, quiet, and in the page's colours.

`.streamlit/config.toml` says the same for those who start the page with `streamlit run app.py`.
"""

from __future__ import annotations

from typing import Any

LOOPBACK = ("127.0.0.1", "localhost", "::1")

#: Streamlit's options, but for the address and the port.
OPTIONS: dict[str, Any] = {
    "logger.level": "warning",
    "server.headless": True,
    "server.fileWatcherType": "none",
    # Megabytes: an article is some kilobytes, a saved page with all in it a few megabytes.
    "server.maxUploadSize": 50,
    # Whatever a configuration file in the current folder says: pages of other origins stay out.
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.corsAllowedOrigins": [],
    # A way to drive the page that needs no browser is one more door.
    "server.enableAgentApi": False,
    # A whole collection of garbage after every click takes a tenth of a second, and all sessions
    # wait for it. Python's own collects what has to be.
    "runner.postScriptGC": False,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    # Paper and ink, and one accent. White on `primaryColor` and `linkColor` on the background
    # both reach a contrast of 4.5.
    "theme.baseRadius": "0.5rem",
    "theme.showWidgetBorder": True,
    "theme.light.primaryColor": "#1f6f78",
    "theme.light.linkColor": "#1f6f78",
    "theme.light.backgroundColor": "#fcfbf8",
    "theme.light.secondaryBackgroundColor": "#f3f1eb",
    "theme.light.textColor": "#20262e",
    "theme.light.borderColor": "#dedad0",
    "theme.dark.primaryColor": "#2e8288",
    "theme.dark.linkColor": "#7cc7cb",
    "theme.dark.backgroundColor": "#15191e",
    "theme.dark.secondaryBackgroundColor": "#1e242b",
    "theme.dark.textColor": "#e6e3dc",
    "theme.dark.borderColor": "#38414b",
}


def list_options(host: str, port: int) -> dict[str, Any]:
    """Everything that is set, which wins over any configuration file or variable."""
    options = OPTIONS | {"server.address": host, "server.port": port}
    # The address is printed by the command, which knows what else to say.
    options["logger.hideWelcomeMessage"] = True
    # A page of another site that has its name point at this machine is not let in.
    options["server.allowedHosts"] = list(LOOPBACK) if host in LOOPBACK else []
    return options
