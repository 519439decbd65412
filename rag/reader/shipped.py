"""The reader's weights: low-rank updates of the embedder's, and the record of their training."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from rag.errors import EmbedderError

MODELS = Path(__file__).parents[1] / "models"
WEIGHTS = MODELS / "reader.safetensors"
#: Says what the weights were trained on and how, under which licence, and what they hash to.
RECORD = MODELS / "reader.json"

HINT = "Install Dateline again, or train the reader: docs/reader.md says how."


@dataclass(frozen=True, slots=True)
class Shipped:
    """The weights' bytes, checked, and their SHA-256 in hexadecimal digits."""

    data: bytes
    sha256: str


def read_shipped(weights: Path = WEIGHTS, record: Path = RECORD) -> Shipped:
    """The weights that travel with the program.

    Raises EmbedderError where they are missing or are not those of the record.
    """
    try:
        data = weights.read_bytes()
        told = json.loads(record.read_text(encoding="utf-8"))["sha256"]
    except OSError as error:
        raise EmbedderError(f"{error.filename} cannot be read: {error.strerror}.", HINT) from error
    except (ValueError, KeyError, TypeError) as error:
        raise EmbedderError(f"{record} is no record of the reader's training.", HINT) from error
    found = hashlib.sha256(data).hexdigest()
    if found != told:
        raise EmbedderError(f"{weights} is damaged: its SHA-256 is {found}, not {told}.", HINT)
    return Shipped(data, found)
