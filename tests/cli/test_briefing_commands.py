"""`dateline briefings`, `export`, `verify` and `ask --brief`, over a scripted assistant."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from made_briefings import ANSWER, BRIEFING, ENVOY, SECOND, FakeFrozen, make_briefing, make_entry

from rag import cli, cli_briefings
from rag.errors import UsageError
from rag.index.briefings import BriefingInfo
from rag.types import Answer, Briefing, Entry

#: The command in a process of its own, with something to print.
PROGRAM = """
import sys
from rag import cli
cli.build_parser = lambda: type("P", (), {"parse_args": lambda *_: options})
options = type("O", (), {"run": lambda *_: print("x" * 99), "home": None})
cli._settings = lambda _: None
sys.exit(cli.main())
"""
OTHER = replace(make_briefing(make_entry(SECOND), title="Ferries"), id="c" * 32)


@dataclass(slots=True)
class FakeBriefings:
    kept: list[Briefing]
    current: str | None = None

    def list(self) -> Sequence[BriefingInfo]:
        return [
            BriefingInfo(b.id, b.title, b.created, b.changed, len(b.entries)) for b in self.kept
        ]

    def load(self, briefing: str) -> Briefing:
        return next(one for one in self.kept if one.id == briefing)

    def find_current(self) -> str | None:
        return self.current


@dataclass(slots=True)
class FakeAssistant:
    briefings: FakeBriefings
    frozen: FakeFrozen = field(default_factory=FakeFrozen)
    answer: Answer = ANSWER
    added: list[Answer] = field(default_factory=list)
    embedder: None = None

    @property
    def library(self) -> SimpleNamespace:
        return SimpleNamespace(briefings=self.briefings, frozen=self.frozen)

    def __call__(self, *_: object, **__: object) -> FakeAssistant:
        return self

    def __enter__(self) -> FakeAssistant:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ask(self, question: str, **_: object) -> Answer:
        if question == "fail":
            raise UsageError("It failed.")
        return self.answer

    def brief(self, answer: Answer, briefing: str | None = None) -> tuple[Briefing, Entry]:
        self.added.append(answer)
        return self.briefings.kept[0], make_entry(answer)


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> FakeAssistant:
    fake = FakeAssistant(FakeBriefings([BRIEFING, OTHER], current=OTHER.id))
    monkeypatch.setattr(cli, "Assistant", fake)
    monkeypatch.setattr(cli_briefings, "Assistant", fake)
    return fake


@pytest.fixture
def run(assistant: FakeAssistant, home: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command: the exit code, standard output, standard error."""

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            code = cli.main([*map(str, arguments), "--home", str(home)])
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_briefings_are_listed_and_the_current_one_is_marked(run: Any) -> None:
    code, out, _ = run("briefings")
    assert code == 0
    assert out.splitlines() == [
        "  bbbbbbbbbbbb   22 November 2026   2 answers  Launches this week",
        "* cccccccccccc   22 November 2026    1 answer  Ferries",
        "2 briefings.",
    ]
    code, out, _ = run("briefings", "--json")
    assert json.loads(out)[1] == {
        "id": "c" * 32,
        "title": "Ferries",
        "created": "2026-11-20T09:00:00+00:00",
        "changed": "2026-11-22T12:00:00+00:00",
        "entries": 1,
        "current": True,
    }


def test_the_current_briefing_is_exported(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "b.md"
    code, out, _ = run("export", path)
    assert code == 0
    assert out == f"{path}: 3 sentences with 3 footnotes.\n"
    assert path.read_text().startswith("# Ferries\n")


def test_where_there_is_no_briefing_that_is_told(
    run: Any, assistant: FakeAssistant, tmp_path: Path
) -> None:
    assistant.briefings.current = None
    code, _, err = run("export", tmp_path / "c.md")
    assert (code, err.count("\n")) == (1, 1)
    assert "There is no briefing yet." in err


@pytest.mark.parametrize(
    ("named", "said"), [("zzz", "There is no briefing “zzz”"), ("", "There is no briefing “”")]
)
def test_an_unknown_briefing_is_told(run: Any, tmp_path: Path, named: str, said: str) -> None:
    code, _, err = run("export", tmp_path / "b.md", "--briefing", named)
    assert code == 1
    assert said in err
    assert not list(tmp_path.glob("*.md"))


def test_a_briefing_is_named_by_the_beginning_of_its_id(
    run: Any, assistant: FakeAssistant, tmp_path: Path
) -> None:
    code, out, _ = run("export", tmp_path / "b.md", "--briefing", "bbb", "--title", "<i>Mine</i>")
    assert "2 sentences marked as unsupported." in out
    assert code == 0
    assert (tmp_path / "b.md").read_text().startswith("# \\<i>Mine\\</i>\n")
    assistant.briefings.kept.append(replace(BRIEFING, id="bbbc"))
    code, _, err = run("export", tmp_path / "c.md", "--briefing", "bbb")
    assert (code, "More than one briefing" in err) == (1, True)


def test_a_file_is_replaced_by_force_alone(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "b.md"
    path.write_text("mine")
    code, _, err = run("export", path)
    assert code == 1
    assert err == f"dateline: {path} exists already. Give --force to replace it.\n"
    assert path.read_text() == "mine"
    assert run("export", path, "--force")[0] == 0
    assert path.read_text() != "mine"


def test_a_folder_gets_a_word_document_named_for_the_briefing(run: Any, tmp_path: Path) -> None:
    code, out, _ = run("export", tmp_path, "--json")
    assert code == 0
    assert json.loads(out) == {
        "briefing": "c" * 32,
        "title": "Ferries",
        "file": str(tmp_path / "Ferries.docx"),
        "format": "docx",
        "entries": 1,
        "sentences": 3,
        "footnotes": 3,
        "unsupported": 0,
    }
    assert (tmp_path / "Ferries.docx").read_bytes().startswith(b"PK")


def test_a_dash_writes_to_standard_output(run: Any) -> None:
    code, out, _ = run("export", "-")
    assert (code, out.startswith("# Ferries\n")) == (0, True)
    code, out, _ = run("export", "-", "--format", "html")
    assert (code, out.startswith("<!DOCTYPE html>")) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [("-", "--json"), ("b.md", "--title", " "), ("b.md", "--format", "pdf"), ()],
)
def test_wrong_usage_is_told(run: Any, arguments: tuple[str, ...]) -> None:
    assert run("export", *arguments)[0] == 2


def test_an_unknown_ending_is_told(run: Any, tmp_path: Path) -> None:
    code, _, err = run("export", tmp_path / "b.pdf")
    assert (code, err.count("\n")) == (1, 1)
    assert ".docx, .md, .html, .bib, .json" in err


def test_an_empty_briefing_is_told(run: Any, assistant: FakeAssistant, tmp_path: Path) -> None:
    assistant.briefings.kept[1] = replace(OTHER, entries=())
    code, _, err = run("export", tmp_path / "b.md")
    assert code == 1
    assert err.startswith("dateline: The briefing “Ferries” holds no sentence.")


def test_a_file_that_stands_is_told_in_a_line(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "b.docx"
    assert run("export", path)[0] == 0
    assert run("verify", path) == (0, "All stand: 3 footnotes.\n", "")


def test_articles_that_changed_since_are_listed(
    run: Any, assistant: FakeAssistant, tmp_path: Path
) -> None:
    run("export", tmp_path / "b.md")
    assistant.frozen = FakeFrozen(standing="removed")
    code, out, _ = run("verify", tmp_path / "b.md")
    assert code == 0
    assert out.splitlines()[1] == "   2  removed since  “All of them were saved.”"


def test_a_file_that_does_not_stand_is_told_footnote_by_footnote(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "b.md"
    run("export", path)
    path.write_text(path.read_text().replace("40 people", "44 people"))
    code, out, _ = run("verify", path)
    assert code == 1
    assert out.splitlines() == [
        "   1  changed        Harbor Ledger, undated: “The ferry sank off Tarn Point with 44"
        " people …",
        "    The footnote has “44” where the article has “40”.",
        "2 of 3 footnotes stand.",
    ]


def test_verification_as_json(run: Any, assistant: FakeAssistant, tmp_path: Path) -> None:
    run("export", tmp_path / "b.html", "--briefing", "b")
    assistant.frozen = FakeFrozen((ENVOY,))
    code, out, _ = run("verify", tmp_path / "b.html", "--json")
    found = json.loads(out)
    assert code == 1
    assert list(found) == "file format stands recorded footnotes problems notes".split()
    assert (found["format"], found["stands"], found["recorded"]) == ("html", False, True)
    last = found["footnotes"][-1]
    assert list(last) == (
        "n state standing why unsupported heading sentence source quote hash".split()
    )
    assert (last["n"], last["state"], last["standing"]) == (8, "unknown", None)


def test_a_file_that_cannot_be_verified_is_told_in_one_line(run: Any, tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("It rained.")
    for name in ("b.md", "missing.docx", "b.bib"):
        code, out, err = run("verify", tmp_path / name)
        assert (code, out, err.count("\n")) == (1, "", 1)


def test_an_answer_is_added_to_the_current_briefing(run: Any, assistant: FakeAssistant) -> None:
    code, out, err = run("ask", "What happened?", "--brief", "--json")
    assert code == 0
    assert json.loads(out)["question"] == ANSWER.question
    assert err == "Added to the briefing “Launches this week”.\n"
    assert assistant.added == [ANSWER]
    run("ask", "What happened?")
    assert len(assistant.added) == 1


def test_of_a_chat_the_last_answer_alone_is_added(run: Any, assistant: FakeAssistant) -> None:
    run("ask", "And then?", "--after", "What happened?", "--brief")
    assert len(assistant.added) == 1


def test_a_refusal_is_not_added_and_no_failure(run: Any, assistant: FakeAssistant) -> None:
    assistant.answer = Answer("What?", "quotes")
    code, out, err = run("ask", "What?", "--brief")
    assert code == 0
    assert "The articles do not say." in out
    assert err == "Nothing was added to the briefing: the articles do not say.\n"
    assert assistant.added == []


def test_a_batch_adds_every_answer(run: Any, assistant: FakeAssistant, tmp_path: Path) -> None:
    lines = [{"id": n, "question": text} for n, text in enumerate(["a", "fail", "b"])]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)))
    code, out, _ = run("ask", "--batch", tmp_path / "q.jsonl", "--brief")
    assert code == 1
    assert len(out.splitlines()) == 3
    assert len(assistant.added) == 2


@pytest.mark.parametrize("name", ["x" * 256 + ".md", "x" * 300])
def test_a_name_that_is_too_long_is_one_clear_line(name: str, run: Any, tmp_path: Path) -> None:
    code, _, err = run("export", tmp_path / name, "--format", "md")
    assert (code, err.count("\n")) == (1, 1)
    code, _, err = run("export", tmp_path / "a.md" / name)
    assert (code, err.count("\n")) == (1, 1)


def test_a_full_disk_behind_standard_output_is_one_clear_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    program = [sys.executable, "-c", PROGRAM]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert b"No space left" in done.stderr
