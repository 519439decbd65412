"""How Streamlit is set up: closed to the outside, quiet, and in the page's colours.

`.streamlit/config.toml` says the same for those who start the page with `streamlit run app.py`.
"""

from __future__ import annotations

LOOPBACK = ("127.0.0.1", "localhost", "::1")

#: Streamlit's options, but for the address and the port.
OPTIONS: dict[str, str] = {
    "logger.level": "warning",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    # Paper and ink, and one accent. White on `primaryColor` and `linkColor` on the background
    # both reach a contrast of 4.5.
    "theme.baseRadius": "0.5rem",
    "theme.showWidgetBorder": "true",
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


def list_flags(host: str, port: int) -> list[str]:
    """The flags of `streamlit run`, which win over any configuration file or variable."""
    options = {"server.address": host, "server.port": str(port)} | OPTIONS
    # The address is printed by the command, which knows what else to say.
    options["logger.hideWelcomeMessage"] = "true"
    flags = [f"--{name}={value}" for name, value in options.items()]
    if host in LOOPBACK:
        # A page of another site that has its name point at this machine is not let in.
        flags += [f"--server.allowedHosts={name}" for name in LOOPBACK]
    return flags
