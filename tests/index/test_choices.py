"""What is chosen in a home stays chosen, and costs nothing when it cannot be read."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from rag.index.choices import Choices, Chosen, Examined
from rag.index.library import Library
from rag.index.schema import FILE_NAME

MODEL = Examined("ollama 127.0.0.1:11434", "m:latest", "sha256:1", "answer.v1 abc")
ALL = Chosen("ollama:m", "ollama:nomic", True, ("http://127.0.0.1:9000/v1",))


def test_nothing_is_chosen_in_a_new_home(library: Library):
    assert library.choices.read() == Chosen()
    assert library.choices.exam(MODEL) is None


def test_choices_stay_when_the_library_is_closed(home: Path, library: Library):
    library.choices.change(**asdict(Chosen(engine="openai:x", servers=("http://a/v1",))))
    library.choices.change(**asdict(ALL))
    other = Library.open(home)
    assert other.choices.read() == ALL
    other.close()


def test_a_choice_can_be_taken_back(library: Library):
    library.choices.change(**asdict(ALL))
    library.choices.change(**asdict(replace(ALL, engine=None, servers=())))
    assert library.choices.read() == replace(ALL, engine=None, servers=())


@pytest.mark.parametrize(
    ("name", "torn", "left"),
    [
        ("engine", "{", replace(ALL, engine=None)),
        ("engine", "[1]", replace(ALL, engine=None)),
        ("local_only", '"yes"', replace(ALL, local_only=False)),
        ("servers", '"http://a"', replace(ALL, servers=())),
        ("servers", "[1]", replace(ALL, servers=())),
        ("servers", "[" * 100_000, replace(ALL, servers=())),
    ],
)
def test_a_choice_that_cannot_be_read_was_not_made(
    home: Path, library: Library, name: str, torn: str, left: Chosen
):
    library.choices.change(**asdict(ALL))
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("UPDATE choices SET value = ? WHERE name = ?", (torn, name))
    db.close()
    assert library.choices.read() == left


def test_an_exam_is_of_just_its_model_and_prompt(library: Library):
    library.choices.keep_exam(MODEL, "first")
    library.choices.keep_exam(MODEL, "second")
    assert library.choices.exam(MODEL) == "second"
    for other in (
        replace(MODEL, place="ollama 127.0.0.1:9"),
        replace(MODEL, model="n"),
        replace(MODEL, identity="sha256:2"),
        replace(MODEL, prompt="answer.v2 abc"),
    ):
        assert library.choices.exam(other) is None


def test_names_with_half_a_character_can_be_kept(library: Library):
    strange = replace(MODEL, model="m\ud800")
    library.choices.keep_exam(strange, "kept")
    assert library.choices.exam(strange) == "kept"


def test_an_older_library_that_cannot_be_written_has_no_choices(home: Path, library: Library):
    with sqlite3.connect(home / FILE_NAME) as db:
        db.executescript(
            "DROP TABLE choices; DROP TABLE exams; DROP TABLE frozen; DROP TABLE entries;"
            " DROP TABLE briefings; DROP TABLE bands; DROP TABLE sketches; DROP TABLE superseded;"
            " DROP INDEX articles_published;"
            " PRAGMA user_version = 2;"
        )
    db.close()
    choices = Choices.open(home / FILE_NAME)
    assert choices.read() == Chosen()
    assert choices.exam(MODEL) is None
    choices.close()
