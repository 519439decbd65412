"""An installed wheel can ask and serve: prompts and pages travel with the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_command import BRIDGE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, away from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, check=True, capture_output=True, cwd=ROOT, timeout=120)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_what_is_needed_and_nothing_beside(installed: Path) -> None:
    names = {p.name for p in installed.iterdir()}
    assert names == {"rag", "dateline-0.1.0.dist-info"}
    shipped = {str(p.relative_to(installed)) for p in (installed / "rag" / "_shipped").rglob("*")}
    assert "rag/_shipped/app.py" in shipped
    assert "rag/_shipped/prompts/answer.v1.md" in shipped


def test_the_wheel_indexes_and_asks(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "bridge.md").write_text(BRIDGE)
    env = os.environ | {"PYTHONPATH": str(installed)}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "rag", *arguments, "--json"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=env, timeout=120, check=True
        )
        return done.stdout

    run("index", "bridge.md")
    answer = json.loads(run("ask", "Who opened the bridge?"))
    assert answer["citations"][0]["quote"] == "The mayor opened the new bridge."
    assert answer["citations"][0]["file"] == "bridge.md"


def test_the_wheels_prompt_and_page_are_found(installed: Path, tmp_path: Path) -> None:
    program = (
        "import rag.shipped, rag.answer.prompts as p; print(p.load_prompt(p.ANSWER).name);"
        "print(rag.shipped.find_shipped('app.py'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        check=True,
    )
    assert done.stdout.split() == ["answer.v1", str(installed / "rag" / "_shipped" / "app.py")]
