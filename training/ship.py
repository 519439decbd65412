"""Puts a trained reader in its place in the program: its updates in 16 bits, and its record.

python -m training.ship FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save

from rag.index.weights import find_weights
from rag.reader.graph import DOWN, UP
from rag.reader.shipped import RECORD, WEIGHTS
from training.model import LAYERS, Reader, load_reader

#: The parts of a layer here, and as the embedder's tensors are named.
PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "joined": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "first": "attention.output.LayerNorm",
    "second": "output.LayerNorm",
}
LICENCE = "Apache-2.0, as all-MiniLM-L6-v2's"


def to_shipped(reader: Reader) -> dict[str, np.ndarray]:
    """The reader's parameters by the names of the tensors that they change or add to."""
    names = {"types": "embeddings.token_type_embeddings.weight"}
    for number in range(LAYERS):
        for own, whole in PARTS.items():
            for part, ending in (
                ("down", DOWN),
                ("up", UP),
                ("bias", ".bias"),
                ("weight", ".weight"),
            ):
                names[f"layers.{number}.{own}.{part}"] = f"encoder.layer.{number}.{whole}{ending}"
    for part in ("weight", "bias"):
        names[f"norm.{part}"] = f"embeddings.LayerNorm.{part}"
    return {names.get(name, name): _write(value) for name, value in reader.named_parameters()}


def ship(reader: Reader, record: dict[str, Any], folder: Path = WEIGHTS.parent) -> None:
    """Writes the weights, and the record with their hash beside them."""
    data = save(to_shipped(reader), {"format": "pt", "licence": LICENCE})
    (folder / WEIGHTS.name).write_bytes(data)
    told = {"sha256": hashlib.sha256(data).hexdigest(), "licence": LICENCE} | record
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    (folder / RECORD.name).write_text(text, encoding="utf-8")


def _write(value: torch.Tensor) -> np.ndarray:
    return value.detach().to("cpu").half().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where training.train has put it")
    folder = parser.parse_args().folder
    reader = load_reader(find_weights().model)
    reader.load_state_dict(torch.load(folder / "reader.pt", map_location="cpu"))
    ship(reader, json.loads((folder / "record.json").read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
