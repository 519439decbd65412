"""Chat models, by LangChain: opened, streamed, and their failures put into words."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessageChunk
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable

from rag.errors import ModelError, ModelUnreachable, UsageError
from rag.index.schema import storable
from rag.settings import Settings

OPENAI = "https://api.openai.com/v1"
#: One first try and two more where the server is busy; the client keeps the delay it is told.
RETRIES = 2
#: A local server that is up lists its models at once, in seconds.
LIST_TIMEOUT = 2.0
#: No answer of some sentences is as long, reasoning counted in: a server that goes on is left.
MAX_CHARACTERS = 100_000
MAX_CHUNKS = 50_000
#: What the clients raise, the last ones where a server sends what the protocol does not know.
FAILURES = (
    openai.OpenAIError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
)
_SENT = "The question, the passages found for it and, for a follow-up, the exchanges before it"
QUOTES_INSTEAD = "Or ask the quotes engine, which needs no model."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is served and what it is called there."""

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or self.base_url

    @property
    def is_local(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def where(self) -> str:
        if self.is_local:
            return f"{_SENT} go to {self.address}, on this machine."
        return f"{_SENT} are sent to {self.host}."

    @property
    def address(self) -> str:
        """Host and port, without any user name or password that the address may carry."""
        parts = urlsplit(self.base_url)
        return f"{self.host}:{parts.port}" if parts.port else self.host


def find_endpoint(settings: Settings, model: str | None) -> Endpoint:
    """The endpoint that the settings name; the model that the server lists first, for None.

    Raises UsageError where a key or a model name is missing, ModelError where nobody answers.
    """
    base_url = check_address(settings.base_url or OPENAI)
    key = settings.api_key
    if base_url == OPENAI and not key:
        raise UsageError(
            "No model is set up: there is neither a key for OpenAI nor another server's address.",
            "Set OPENAI_API_KEY, or OPENAI_BASE_URL=http://127.0.0.1:PORT/v1 for a server of your"
            f" own. {QUOTES_INSTEAD}",
        )
    wanted = model or settings.model
    endpoint = Endpoint(base_url, wanted or "", key)
    if wanted:
        return endpoint
    if base_url == OPENAI:
        raise UsageError("No model is named.", "Set DATELINE_MODEL to one of OpenAI's models.")
    listed = list_models(endpoint)
    if not listed:
        raise ModelError(f"The server at {endpoint.address} lists no model.", "Set DATELINE_MODEL.")
    return Endpoint(base_url, listed[0], key)


def check_address(address: str) -> str:
    """The address without a slash at its end. Raises UsageError where it is none."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(
            "The model server's address is no address.", "Write http://127.0.0.1:PORT/v1."
        )
    return address.rstrip("/")


def list_models(endpoint: Endpoint) -> list[str]:
    """The models that a server offers, in its order. Raises ModelError where it does not say."""
    try:
        with (
            _open_client(endpoint) as http,
            openai.OpenAI(
                base_url=endpoint.base_url,
                api_key=endpoint.api_key or "none",
                timeout=LIST_TIMEOUT,
                max_retries=0,
                http_client=http,
            ) as client,
        ):
            return [model.id for model in client.models.list().data]
    except FAILURES as error:
        raise explain(error, endpoint) from error


def _open_client(endpoint: Endpoint) -> httpx2.Client:
    # A proxy of the environment would carry off what is said to stay on this machine.
    # And what a server redirects to is not where the words are said to go.
    return openai.DefaultHttpxClient(trust_env=not endpoint.is_local, follow_redirects=False)


def _open_model(endpoint: Endpoint, settings: Settings, http: httpx2.Client) -> BaseChatModel:
    model = init_chat_model(
        endpoint.model,
        model_provider="openai",
        base_url=endpoint.base_url,
        # Servers of one's own want no key, but the client wants something to send.
        api_key=endpoint.api_key or "none",
        timeout=openai.Timeout(settings.read_timeout, connect=settings.connect_timeout),
        max_retries=RETRIES,
        http_client=http,
        stream_usage=True,
        temperature=0,
    )
    assert isinstance(model, BaseChatModel)  # noqa: S101 (for the type checker)
    return model


@dataclass(slots=True)
class Stream:
    """A running generation: iterate over its text, then read how it ended.

    At most `limit` characters are read; `received` counts them. `finish` is the server's word, None
    where it did not say.
    """

    endpoint: Endpoint
    settings: Settings
    system: str
    user: str
    limit: int = MAX_CHARACTERS
    finish: str | None = None
    received: int = 0

    def __iter__(self) -> Iterator[str]:
        """The text as it arrives. Raises ModelError, in words."""
        try:
            with _open_client(self.endpoint) as http:
                yield from self._read(_open_model(self.endpoint, self.settings, http))
        except FAILURES as error:
            raise explain(error, self.endpoint) from error

    def _read(self, model: BaseChatModel) -> Iterator[str]:
        prompt = ChatPromptTemplate.from_messages([("system", "{system}"), ("human", "{user}")])
        chain: Runnable[dict[str, Any], BaseMessageChunk] = prompt | model  # type: ignore[assignment]
        chunks = chain.stream({"system": self.system, "user": self.user})
        for number, chunk in enumerate(chunks, start=1):
            self.finish = chunk.response_metadata.get("finish_reason") or self.finish
            # Half a character, which JSON can spell, is no text that anything else could take.
            text = storable(str(chunk.text))[: self.limit - self.received]
            self.received += len(text)
            yield text
            if number >= MAX_CHUNKS or self.received >= self.limit:
                self.finish = "length"
                return


def explain(error: Exception, endpoint: Endpoint) -> ModelError:
    """What a client's exception means to the one who asked; never with a key in it."""
    server = f"the model server at {endpoint.address}"
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return ModelUnreachable(f"{server.capitalize()} did not answer in time.", QUOTES_INSTEAD)
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return ModelError(
            f"{server.capitalize()} does not accept the key.",
            f"Correct OPENAI_API_KEY. {QUOTES_INSTEAD}",
        )
    if isinstance(error, openai.NotFoundError):
        return ModelError(
            f"{server.capitalize()} does not know the model “{endpoint.model}”, or its address is"
            " wrong.",
            f"Correct DATELINE_MODEL or the address (it usually ends in /v1). {QUOTES_INSTEAD}",
        )
    if isinstance(error, openai.RateLimitError):
        return ModelError(
            f"{server.capitalize()} takes no more requests now.", f"Wait. {QUOTES_INSTEAD}"
        )
    if isinstance(error, openai.APIStatusError):
        return ModelError(
            f"{server.capitalize()} failed with status {error.status_code}.",
            f"Try again. {QUOTES_INSTEAD}",
        )
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        # The client wraps only what fails before the answer begins.
        early = isinstance(error, openai.APIConnectionError | httpx2.ConnectError)
        kind = ModelUnreachable if early else ModelError
        return kind(
            f"{server.capitalize()} cannot be reached, or it broke off.",
            f"Start it, or correct the address. {QUOTES_INSTEAD}",
        )
    return ModelError(
        f"{server.capitalize()} sent something that is no answer ({type(error).__name__}).",
        f"Is it an OpenAI-compatible server? {QUOTES_INSTEAD}",
    )
