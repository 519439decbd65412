"""Settings from flags, the environment and `.env`, in that order of precedence.

Nothing is read at import: `load_settings` reads when a front asks it to.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import platformdirs
from dotenv import dotenv_values

from rag.errors import SettingsError

#: Setting -> the variables that may hold it, the program's own first, then the ecosystem's.
VARIABLES: dict[str, tuple[str, ...]] = {
    "home": ("DATELINE_HOME",),
    "cache": ("DATELINE_CACHE",),
    "embedder_dir": ("DATELINE_EMBEDDER_DIR",),
    "embedder": ("DATELINE_EMBEDDER",),
    "engine": ("DATELINE_ENGINE",),
    "local_only": ("DATELINE_LOCAL_ONLY",),
    "servers": ("DATELINE_SERVERS",),
    "ollama_host": ("OLLAMA_HOST",),
    "model": ("DATELINE_MODEL", "OPENAI_MODEL"),
    "base_url": ("DATELINE_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "api_key": ("OPENAI_API_KEY",),
    "confidence": ("DATELINE_CONFIDENCE",),
    "window": ("DATELINE_WINDOW",),
    "connect_timeout": ("DATELINE_CONNECT_TIMEOUT",),
    "first_timeout": ("DATELINE_FIRST_TIMEOUT", "DATELINE_READ_TIMEOUT"),
    "token_timeout": ("DATELINE_TOKEN_TIMEOUT", "DATELINE_READ_TIMEOUT"),
    "answer_timeout": ("DATELINE_ANSWER_TIMEOUT",),
    "tracing": ("DATELINE_TRACING",),
}

#: Where Ollama, llama.cpp, LM Studio and vLLM listen if nobody tells them otherwise.
USUAL_SERVERS = tuple(f"http://127.0.0.1:{port}/v1" for port in (11434, 8080, 1234, 8000))
#: What `DATELINE_SERVERS` says where none is to be looked for.
NO_SERVERS = "none"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set.

    `home` holds all state, `cache` what can be made again (the model's graph). `engine`, `embedder`
    and `local_only` are None where only what was chosen in the home counts; `servers` are the
    addresses at which model servers are looked for. `confidence` is the probability below which the
    quotes engine refuses; `window` is the most that is used of a chat model's context, in tokens.
    Time-outs are in seconds: to connect, to the first token, from token to token, for a whole
    answer. `tracing` leaves LangSmith as the environment has it, off otherwise.
    """

    home: Path = Path(".dateline")
    cache: Path = Path(platformdirs.user_cache_dir("dateline", appauthor=False))
    embedder_dir: Path | None = None
    embedder: str | None = None
    engine: str | None = None
    local_only: bool | None = None
    servers: tuple[str, ...] = USUAL_SERVERS
    ollama_host: str | None = None
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = None
    confidence: float = 0.3
    window: int | None = None
    connect_timeout: float = 5.0
    first_timeout: float = 60.0
    token_timeout: float = 30.0
    answer_timeout: float = 900.0
    tracing: bool = False

    def __repr__(self) -> str:
        # A key must never reach a log or an error through a stray repr.
        shown = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "api_key"}
        return f"Settings({shown}, api_key={'set' if self.api_key else 'unset'})"


def load_settings(
    env: Mapping[str, str] | None = None, folder: Path | None = None, **flags: Any
) -> Settings:
    """Settings from `flags` (None counts as not given), then `env`, then `.env` in `folder`.

    Defaults to the process's environment and the current folder. Raises SettingsError, naming the
    variable, where a value cannot be read.
    """
    env = os.environ if env is None else env
    try:
        dotenv = dotenv_values((folder or Path.cwd()) / ".env")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(".env cannot be read as UTF-8 text.", "Save it as UTF-8.") from error
    found: dict[str, Any] = {}
    for name, variables in VARIABLES.items():
        for source in (env, dotenv):
            variable = next((v for v in variables if source.get(v)), None)
            if variable is not None:
                found[name] = _parse(name, variable, str(source[variable]))
                break
        if name == "local_only" and source is dotenv and found.get(name) is False:
            # What a folder holds may close a home, and not open it.
            del found[name]
    if not any(env.get(v) for v in VARIABLES["base_url"]) and "base_url" in found:
        # A folder's .env may name a server, but not have the environment's key sent to it.
        own = next((dotenv[v] for v in VARIABLES["api_key"] if dotenv.get(v)), None)
        found["api_key"] = own
    found |= {name: value for name, value in flags.items() if value is not None}
    return Settings(**found)


def _parse(name: str, variable: str, value: str) -> Any:
    try:
        if name in ("home", "cache", "embedder_dir"):
            return Path(value).expanduser()
        if name == "window":
            return int(_at_least(int(value), 512))
        if name == "confidence":
            return _within(float(value), 0.0, 1.0)
        if name.endswith("_timeout"):
            return _at_least(float(value), 0.1)
        if name in ("tracing", "local_only"):
            return _parse_switch(value)
        if name == "servers":
            return _parse_list(value)
    except (ValueError, RuntimeError) as error:
        raise SettingsError(
            f"{variable}={value} cannot be used: {error}.", "Correct it."
        ) from error
    return value


def _at_least(value: float, least: float) -> float:
    if value < least:
        raise ValueError(f"it must be {least} or more")
    return value


def _within(value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise ValueError(f"it must be from {least:g} to {most:g}")
    return value


def _parse_switch(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise ValueError("it must be 1 or 0")
    return words[value.lower()]


def _parse_list(value: str) -> tuple[str, ...]:
    if value.strip().lower() == NO_SERVERS:
        return ()
    return tuple(part.strip() for part in value.split(",") if part.strip())


def write_setting(value: Any) -> str:
    """A setting as a variable has it, which reads as the same again from any folder."""
    if isinstance(value, Path):
        return str(value.absolute())
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(value) or NO_SERVERS
    return str(value)
