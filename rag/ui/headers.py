"""What a browser is told about every answer of the server: above all what it must not load.

The page draws nothing of others' but text (see `rag.ui.component`). Should that ever fail, in
Streamlit or here, a browser that keeps to this policy still asks no other machine for anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
FIXED = {
    # The page's address holds a chat's id, which is nobody else's business.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def write_policy(inline_scripts: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of a page that has these scripts written in it.

    Styles are written into the page as it runs, by Streamlit's front end; a component's script and
    style come to it as text and are loaded from a blob. Nothing else is let in from anywhere.
    """
    hashes = [f"'sha256-{_hash(script)}'" for script in inline_scripts]
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", "blob:", *hashes],
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "img-src": ["'self'", "data:", "blob:"],
        # The WebSocket: 'self' means it too in browsers of today.
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["blob:"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in rules.items())


def read_inline_scripts() -> list[str]:
    """The scripts that stand in the page that Streamlit serves."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    return _INLINE.findall(page.read_text(encoding="utf-8"))


def is_own(headers: Headers) -> bool:
    """Whether what knocks is a page of this server, or no page at all.

    Streamlit lets in the pages of every port of this machine: those of any other program on it.
    """
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


class Guard:
    """Puts the headers on every answer, and lets no page of another origin at the WebSocket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        policy = write_policy(read_inline_scripts())
        self._headers = {"Content-Security-Policy": policy, **FIXED}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not is_own(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_on)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
