"""The weights that were learnt, from `weights.toml`: small, readable, and written by a command."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights.toml")


@cache
def read_weights(table: str) -> Mapping[str, float]:
    """The numbers of one table of the file, by name."""
    with WEIGHTS.open("rb") as file:
        return {name: float(value) for name, value in tomllib.load(file)[table].items()}
