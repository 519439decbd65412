"""What went wrong at a model server, in the words that its user reads; never with a key in them."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from rag.errors import ModelBusy, ModelError, ModelUnreachable, PromptTooLong
from rag.llm.http import TooMuch
from rag.llm.server import QUOTES_INSTEAD, ServedModel, begin_with

#: How much of a server's own words is shown, in characters.
MAX_WORDS = 200
#: A delay that is longer than this, in seconds, is not told in figures.
LONGEST_WAIT = 86_400
#: So much of a key in a row, letters and figures alone, and the words are not shown at all.
KEY_PIECE = 6
_OVERFLOW = re.compile(
    r"context[ _](?:length|size|window)|exceed_context|prompt (?:is )?too long|n_ctx",
    re.IGNORECASE,
)
_TOLD_WINDOW = re.compile(
    r"n_ctx\W{1,6}(\d{2,9})|context (?:length|size|window) (?:is|of)(?: only)? (\d{2,9})",
    re.IGNORECASE,
)
_LOADING = re.compile(r"loading model|model is (?:still )?loading", re.IGNORECASE)


class Refused(Exception):
    """A server answered with an error, as a status or in the middle of a stream."""

    def __init__(self, status: int | None, body: str, retry_after: float | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body
        self.retry_after = retry_after

    @property
    def said(self) -> str:
        """The server's own words, where its body has some."""
        return _find_words(self.body)

    @property
    def is_busy(self) -> bool:
        """Whether the same may well be answered in a moment."""
        return self.status in (429, 503)

    @property
    def is_overflow(self) -> bool:
        return self.status in (None, 400, 413, 422, 500) and bool(_OVERFLOW.search(self.body))

    @property
    def window(self) -> int | None:
        """The window, in tokens, where the error tells it, in llama.cpp's way or in vLLM's."""
        found = _TOLD_WINDOW.search(self.body)
        return int(found[1] or found[2]) if found else None


#: What the readers of the protocols raise, the last ones where a server sends what nobody expects.
FAILURES = (
    Refused,
    ModelError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
    ArithmeticError,
)


def read_refusal(response: httpx2.Response, body: str) -> Refused:
    """What a response with an error status says."""
    return Refused(response.status_code, body[:100_000], read_retry_after(response.headers))


def read_retry_after(headers: httpx2.Headers) -> float | None:
    """The delay that a server asks for, in seconds; None where it asks for none."""
    milliseconds, said = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds:
            return max(0.0, float(milliseconds) / 1000)
        if said and re.fullmatch(r"\s*\d+(\.\d+)?\s*", said):
            return float(said)
        if said:
            until = parsedate_to_datetime(said)
            until = until if until.tzinfo else until.replace(tzinfo=UTC)
            return max(0.0, (until - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        # A delay that cannot be read is none.
        return None
    return None


def explain(error: BaseException, model: ServedModel) -> ModelError:
    """What an exception means to the one who asked."""
    server = begin_with(model.at)
    if isinstance(error, ModelError):
        return error
    if isinstance(error, Refused):
        return _explain_refusal(error, model, server)
    if isinstance(error, TooMuch):
        return ModelError(f"{server} sent {error}, which is no answer.", QUOTES_INSTEAD)
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        why, hint = explain_distance(error)
        return ModelUnreachable(f"{server} cannot be reached: {why}.", f"{hint} {QUOTES_INSTEAD}")
    if isinstance(error, httpx2.TransportError):
        return ModelError(f"{server} broke off.", f"Ask again. {QUOTES_INSTEAD}")
    return ModelError(
        f"{server} sent something that cannot be read: it is no answer.",
        f"Ask again; if it stays so, see whether a model server is at that address."
        f" {QUOTES_INSTEAD}",
    )


def explain_distance(error: BaseException) -> tuple[str, str]:
    """Why no connection came about, and what to do."""
    causes = list(_list_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "its certificate is not trusted", "Correct the address, or the certificate there."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "it does not speak HTTPS", "Write http:// in place of https:// in its address."
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "no machine of that name is known here", "Correct the address, or the network."
    if isinstance(error, httpx2.ConnectTimeout):
        return "nobody answers in time", "See that it runs, or set DATELINE_CONNECT_TIMEOUT higher."
    return "nobody answers", "Start it, or correct the address."


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    # An exception that is raised again may come round to itself.
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _explain_refusal(error: Refused, model: ServedModel, server: str) -> ModelError:
    words = scrub(error.said, model.server.api_key)
    said = f": “{words}”" if words else ""
    if error.status in (401, 403):
        return _explain_key(model, server)
    if error.is_overflow:
        return PromptTooLong(
            f"The prompt is longer than what {model.name or 'the model'} reads{said}.",
            f"Set DATELINE_WINDOW to what it reads, in tokens. {QUOTES_INSTEAD}",
            window=error.window,
        )
    if error.status is not None and 300 <= error.status < 400:
        return ModelError(
            f"{server} sends elsewhere (status {error.status}), which is not followed.",
            f"Correct the address: https:// in place of http://, or another path. {QUOTES_INSTEAD}",
        )
    if error.status == 404:
        return ModelError(
            f"{server} does not know the model “{model.name}”, or its address is wrong{said}.",
            f"`dateline engines` lists what is there; an address usually ends in /v1."
            f" {QUOTES_INSTEAD}",
        )
    if error.status == 503 and _LOADING.search(error.body):
        return ModelBusy(f"{server} is still loading its model.", f"Ask again. {QUOTES_INSTEAD}")
    if error.is_busy:
        asked = error.retry_after or 0.0
        wait = f" for {asked:,.0f} seconds" if 1 <= asked <= LONGEST_WAIT else ""
        many = "takes no more requests now" if error.status == 429 else "is busy"
        return ModelBusy(
            f"{server} {many} (status {error.status}).",
            f"Wait{wait or ' a moment'}, then ask again. {QUOTES_INSTEAD}",
        )
    failed = f"failed with status {error.status}" if error.status else "sent an error"
    return ModelError(f"{server} {failed}{said}.", f"Try again. {QUOTES_INSTEAD}")


def _explain_key(model: ServedModel, server: str) -> ModelError:
    if model.server.api_key:
        return ModelError(
            f"{server} does not accept the key.", f"Correct OPENAI_API_KEY. {QUOTES_INSTEAD}"
        )
    return ModelError(
        f"{server} wants a key, and there is none for it.",
        "Set OPENAI_BASE_URL to its address and OPENAI_API_KEY to the key, and start again."
        f" {QUOTES_INSTEAD}",
    )


def scrub(words: str, key: str | None) -> str:
    """A server's words, cut, or none at all where a part of the key stands in them."""
    line = " ".join(words.split())
    if key:
        plain, secret = (re.sub(r"[\W_]", "", text).casefold() for text in (line, key))
        pieces = {secret[n : n + KEY_PIECE] for n in range(len(secret) - KEY_PIECE + 1)} or {secret}
        if any(piece and piece in plain for piece in pieces):
            return ""
    return line if len(line) <= MAX_WORDS else line[:MAX_WORDS].rsplit(" ", 1)[0] + " …"


def _find_words(body: str) -> str:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "" if re.search(r"<\s*(?:!doctype|html)", body, re.IGNORECASE) else body.strip()
    for name in ("error", "error", "message", "detail"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    if isinstance(found, str) and found.lstrip().startswith("{") and found != body:
        # Ollama hands on what the program below it said, as JSON within its own.
        return _find_words(found)
    return found.strip() if isinstance(found, str) else ""
