"""Model servers that behave as the real ones were seen to: lists, windows, overflow, errors."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from loopback import (
    DONE,
    STREAM,
    Loopback,
    Reply,
    Request,
    Step,
    Wait,
    say,
    write_chunk,
    write_event,
)

#: What Ollama reads where nobody tells it how much.
OLLAMA_WINDOW = 4096


@dataclass(frozen=True)
class Model:
    """`window` is the most that it reads; `remote` the host that Ollama sends the words on to."""

    name: str = "tiny-1"
    window: int = 8192
    embeds: bool = False
    remote: str | None = None
    digest: str = "sha256:1"


def count(text: str) -> int:
    """Tokens, as these servers make them: some four letters each, as English has it."""
    return sum(1 + (len(word) - 1) // 4 for word in re.findall(r"\w+|[^\w\s]", text))


class ModelServer(Loopback):
    """What they have in common: `says` is the answer, `thoughts` the reasoning before it.

    `busy` refusals come first; `breaks` ends an answer with an error in the middle; `answered_by`
    is the model that answers, whatever was asked for.
    """

    def __init__(self, *models: Model, key: str | None = None) -> None:
        super().__init__()
        self.models = list(models or (Model(),))
        self.key = key
        self.says: list[str] = ["The treaty is of 1961 [2]."]
        self.thoughts: list[str] = []
        self.finish: str = "stop"
        #: Seconds between two pieces of an answer.
        self.pause = 0.0
        self.loading = False
        self.busy = 0
        self.retry_after: str | None = None
        self.breaks: str | None = None
        self.answered_by: str | None = None
        #: Replies that come before everything else, for a path.
        self.instead: dict[str, Reply] = {}

    @property
    def asked(self) -> list[Request]:
        """The questions to a model."""
        return [one for one in self.requests if one.path in ("/v1/chat/completions", "/api/chat")]

    def respond(self, request: Request) -> Reply:
        path = request.path.partition("?")[0]
        if path in self.instead:
            return self.instead[path]
        if self.loading:
            return self.refuse_loading()
        if self.key and request.key != f"Bearer {self.key}":
            return self.refuse_key()
        route = self.routes().get((request.method, path))
        return route(request) if route else say({"error": "not found"}, 404)

    def routes(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        return {
            ("GET", "/v1/models"): lambda _: say({"object": "list", "data": self.rows()}),
            ("POST", "/v1/chat/completions"): self.chat,
        }

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]: ...

    def find(self, name: str) -> Model | None:
        return next((model for model in self.models if model.name == name), None)

    def refuse_loading(self) -> Reply:
        return say({"error": {"message": "Loading", "code": 503}}, 503)

    def refuse_key(self) -> Reply:
        return say({"error": {"message": "Invalid API Key", "code": 401}}, 401)

    def refuse_busy(self) -> Reply | None:
        if not self.busy:
            return None
        self.busy -= 1
        wait = {"retry_after": self.retry_after} if self.retry_after else {}
        return say({"error": {"message": "too many requests"}}, 429, **wait)

    def refuse_model(self, name: str) -> Reply | None:
        return None

    def refuse_length(self, model: Model, tokens: int) -> Reply | None:
        return None

    def chat(self, request: Request) -> Reply:
        name = str(request.json["model"])
        if refused := self.refuse_busy() or self.refuse_model(name):
            return refused
        model = self.find(name) or self.models[0]
        tokens = count(request.prompt)
        if tokens > model.window and (refused := self.refuse_length(model, tokens)):
            return refused
        return Reply(200, self.stream(self.answered_by or name, tokens), STREAM)

    def stream(self, name: str, tokens: int) -> Iterator[Step]:
        for thought in self.thoughts:
            yield write_chunk(model=name, **{self.thinks_in(): thought})
        for text in self.says:
            yield write_chunk(text, model=name)
            yield Wait(self.pause)
        if self.breaks is not None:
            yield from self.write_break(self.breaks)
            return
        yield write_chunk(finish=self.finish, model=name)
        if self.tells_usage():
            usage = {"prompt_tokens": tokens, "completion_tokens": 5, "total_tokens": tokens + 5}
            yield write_event({**json.loads(write_chunk(model=name)[6:]), "choices": []}
                              | {"usage": usage})  # fmt: skip
        yield DONE

    def thinks_in(self) -> str:
        return "reasoning_content"

    def tells_usage(self) -> bool:
        return True

    def write_break(self, words: str) -> Iterator[Step]:
        yield write_event({"error": {"code": 500, "message": words, "type": "server_error"}})


class Ollama(ModelServer):
    """`version` below 0.12.6 cuts a prompt silently, whatever it is told."""

    version = "0.40.2"

    def routes(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        return {
            **super().routes(),
            ("GET", "/api/version"): lambda _: say({"version": self.version}),
            ("GET", "/api/tags"): lambda _: say({"models": list(map(self.tag, self.models))}),
            ("POST", "/api/show"): self.show,
            ("POST", "/api/chat"): self.chat,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [{"id": m.name, "object": "model", "owned_by": "library"} for m in self.models]

    def tag(self, model: Model) -> dict[str, Any]:
        remote = {"remote_host": f"https://{model.remote}:443"} if model.remote else {}
        return {"name": model.name, "model": model.name, "digest": model.digest, **remote}

    def show(self, request: Request) -> Reply:
        model = self.find(request.json["model"])
        if model is None:
            return say({"error": "model not found"}, 404)
        return say(
            {
                "capabilities": ["embedding"] if model.embeds else ["completion", "tools"],
                "model_info": {
                    "general.architecture": "llama",
                    "llama.context_length": model.window,
                },
            }
        )

    def refuse_busy(self) -> Reply | None:
        if not self.busy:
            return None
        self.busy -= 1
        words = "server busy, please try again.  maximum pending requests exceeded"
        return say({"error": words}, 503)

    def chat(self, request: Request) -> Reply:
        asked = request.json
        if refused := self.refuse_busy():
            return refused
        model = self.find(asked["model"])
        if model is None:
            return say({"error": f'model "{asked["model"]}" not found, try pulling it first'}, 404)
        if model.remote and not self.key:
            return say({"error": "unauthorized"}, 401)
        window = min(asked.get("options", {}).get("num_ctx", OLLAMA_WINDOW), model.window)
        tokens = count(request.prompt)
        old = tuple(map(int, self.version.split("."))) < (0, 12, 6)
        if tokens > window and not old and not asked.get("truncate", True):
            return self.refuse_window(tokens, window)
        read = tokens if tokens <= window else window // 2 + 2
        kind = {"Content-Type": "application/x-ndjson"}
        return Reply(200, self.write_lines(model.name, read), kind)

    def refuse_window(self, tokens: int, window: int) -> Reply:
        if self.version.startswith("0.12."):
            return say({"error": "the input length exceeds the context length"}, 400)
        below = {
            "code": 400,
            "message": f"request ({tokens} tokens) exceeds the available context size ({window}"
            " tokens), try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": tokens,
            "n_ctx": window,
        }
        return say({"error": json.dumps({"error": below})}, 400)

    def write_lines(self, name: str, read: int) -> Iterator[Step]:
        said = [{"content": "", "thinking": text} for text in self.thoughts]
        said += [{"content": text} for text in self.says]
        for message in said:
            message["role"] = "assistant"
            line = {"model": self.answered_by or name, "message": message, "done": False}
            yield json.dumps(line).encode() + b"\n"
            yield Wait(self.pause)
        if self.breaks is not None:
            yield json.dumps({"error": self.breaks}).encode() + b"\n"
            return
        last = {"done": True, "done_reason": self.finish, "eval_count": 5}
        told = {"model": name, "message": {"role": "assistant", "content": ""}}
        yield json.dumps({**told, **last, "prompt_eval_count": read}).encode() + b"\n"


class LlamaCpp(ModelServer):
    """`tells_window` is whether the list of models has it; older ones have it in /props alone."""

    tells_window = True

    def routes(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        settings = {"n_ctx": self.models[0].window}
        return {
            **super().routes(),
            ("GET", "/props"): lambda _: say({"default_generation_settings": settings}),
            ("POST", "/tokenize"): lambda asked: say(
                {"tokens": list(range(count(asked.json["content"])))}
            ),
        }

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "id": model.name,
                "owned_by": "llamacpp",
                "meta": {"n_params": 1, "size": 2}
                | ({"n_ctx": model.window} if self.tells_window else {}),
            }
            for model in self.models
        ]

    def refuse_loading(self) -> Reply:
        return say(
            {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}, 503
        )

    def refuse_model(self, name: str) -> Reply | None:
        if len(self.models) == 1 or self.find(name):
            return None
        return say({"error": {"code": 400, "message": f"model '{name}' not found"}}, 400)

    def refuse_length(self, model: Model, tokens: int) -> Reply:
        message = (
            f"request ({tokens} tokens) exceeds the available context size ({model.window} tokens),"
            " try increasing it"
        )
        kind = "exceed_context_size_error"
        told = {"code": 400, "message": message, "type": kind}
        return say({"error": {**told, "n_prompt_tokens": tokens, "n_ctx": model.window}}, 400)


class VLLM(ModelServer):
    def routes(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        return {
            **super().routes(),
            ("POST", "/tokenize"): lambda asked: say({"count": count(asked.json["prompt"])}),
        }

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"id": model.name, "owned_by": "vllm", "max_model_len": model.window}
            for model in self.models
        ]

    def refuse_key(self) -> Reply:
        return say({"error": "Unauthorized"}, 401)

    def refuse_model(self, name: str) -> Reply | None:
        if self.find(name):
            return None
        message = f"The model `{name}` does not exist."
        told = {"message": message, "type": "NotFoundError", "param": "model", "code": 404}
        return say({"error": told}, 404)

    def refuse_length(self, model: Model, tokens: int) -> Reply:
        message = (
            f"This model's maximum context length is {model.window} tokens. However, your request"
            f" has {tokens} input tokens. Please reduce the length of the input messages."
        )
        return say({"error": {"message": message, "type": "BadRequestError", "code": 400}}, 400)

    def thinks_in(self) -> str:
        return "reasoning"


class LMStudio(ModelServer):
    """`overflow` is how a prompt that is too long is told: an event, a word, or nothing at all."""

    overflow = "event"

    def routes(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        return {**super().routes(), ("GET", "/api/v0/models"): lambda _: say({"data": self.own()})}

    def rows(self) -> list[dict[str, Any]]:
        owner = "organization_owner"
        return [{"id": m.name, "object": "model", "owned_by": owner} for m in self.models]

    def own(self) -> list[dict[str, Any]]:
        return [
            {
                "id": model.name,
                "type": "embeddings" if model.embeds else "llm",
                "state": "loaded",
                "max_context_length": 131072,
                "loaded_context_length": model.window,
            }
            for model in self.models
        ]

    def refuse_model(self, name: str) -> Reply | None:
        if not self.models:
            words = "No models loaded. Please load a model in the developer page."
            return say({"error": {"message": words}}, 404)
        # With one loaded, that one answers.
        return None

    def refuse_length(self, model: Model, tokens: int) -> Reply:
        words = (
            "The number of tokens to keep from the initial prompt is greater than the context"
            f" length (n_keep: {tokens}>= n_ctx: {model.window}). Try to load the model with a"
            " larger context length, or provide a shorter input."
        )
        if self.overflow == "silent":
            return Reply(200, [write_chunk(finish="stop"), DONE], STREAM)
        told: Any = {"message": words} if self.overflow == "event" else words
        said = write_event({"error": told, "message": words})
        return Reply(200, [b"event: error\n" + said], STREAM)


class LlamaCppPython(ModelServer):
    """Any other request ends the answer that it is giving; it tells no usage."""

    def stream(self, name: str, tokens: int) -> Iterator[Step]:
        mine = len(self.requests)
        for step in super().stream(name, tokens):
            if len(self.requests) != mine:
                yield DONE
                return
            yield step

    def rows(self) -> list[dict[str, Any]]:
        return [{"id": m.name, "owned_by": "me", "permissions": []} for m in self.models]

    def refuse_key(self) -> Reply:
        return say({"detail": "Invalid API key"}, 401)

    def refuse_model(self, name: str) -> Reply | None:
        return None

    def refuse_length(self, model: Model, tokens: int) -> Reply:
        return Reply(200, [], STREAM)

    def tells_usage(self) -> bool:
        return False
