"""The reader's files as they travel, and that nothing of torch does."""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path

import rag
from rag.reader.shipped import RECORD, WEIGHTS

#: What the issue allows for the weights.
MOST_BYTES = 5_000_000
SOURCES = sorted(Path(rag.__file__).parent.rglob("*.py"))


def test_the_weights_are_small_and_those_of_their_record() -> None:
    data = WEIGHTS.read_bytes()
    assert len(data) < MOST_BYTES
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert record["sha256"] == hashlib.sha256(data).hexdigest()
    assert "Apache-2.0" in record["licence"]


def test_the_record_says_how_the_weights_came_about() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    while record:
        assert record["trained on"]
        assert all(count > 0 for count in record["trained on"].values())
        assert record["seed"] >= 0
        assert record["rate"] > 0
        record = record["went on from"]


def list_imported(path: Path) -> set[str]:
    """The packages that a module imports, wherever in it."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported.add(node.module.split(".")[0])
    return imported


def test_no_module_of_the_program_imports_torch_or_what_trains_by_it() -> None:
    imported = {str(path): list_imported(path) for path in SOURCES}
    assert any("onnxruntime" in found for found in imported.values())
    assert [
        path for path, found in imported.items() if found & {"torch", "training", "bench"}
    ] == []
