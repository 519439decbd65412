"""The command: the JSON that others rely on, exit codes, one-line errors."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from command import ROOT, dateline, read, start
from conftest import write_md
from fake_openai import serve_fake
from fake_reader import FakeReader

from rag.assistant import Assistant
from rag.errors import one_line
from rag.reader.shipped import HINT, read_shipped
from rag.types import REFUSAL

#: An address at which nothing listens.
NOBODY = "http://127.0.0.1:9/v1"

ENVOY = write_md(
    "The envoy Mina Calder flew to Port Ellery on Monday.\n\n"
    "Calder telephoned her counterpart Jonas Weir on March 10.\n\n"
    "The ministry counted 11 launches since January.",
    title="Envoy presses the neighbours",
    outlet="Example Wire",
    author="A. Sample",
    published="2022-03-13",
    url="https://example.com/envoy",
)
BRIDGE = write_md("The mayor opened the new bridge.", title="Bridge opens", outlet="Harbor Ledger")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home and a folder that stands in it, indexed once."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "envoy.md").write_text(ENVOY)
    (folder / "bridge.md").write_text(BRIDGE)
    (folder / "empty.txt").write_text("")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\0\0")
    home = tmp_path_factory.mktemp("state") / "home"
    report = read("index", folder, home=home)
    assert (report["added"], report["articles"], report["passages"]) == (2, 2, 2)
    assert sorted(Path(s["file"]).name for s in report["skipped"]) == ["empty.txt", "photo.jpg"]
    assert all(s["reason"] for s in report["skipped"])
    return home, folder


def test_articles_and_show_give_the_contracts_fields(library: tuple[Path, Path]) -> None:
    home, folder = library
    first, second = read("articles", home=home)
    assert list(first) == "id title outlet author published url file passages".split()
    assert first["title"] == "Envoy presses the neighbours"
    assert (first["published"], second["published"]) == ("2022-03-13", None)
    assert first["file"] == str(folder / "envoy.md")
    shown = read("show", first["id"], home=home)
    assert list(shown) == [*first, "text"]
    assert shown["text"].startswith("The envoy Mina Calder")


def test_ask_gives_the_contracts_object_and_exact_offsets(library: tuple[Path, Path]) -> None:
    home, _ = library
    answer = read("ask", "Whom did Calder telephone on March 10?", home=home)
    assert list(answer) == (
        "question answer short refused engine sentences citations passages notes seconds".split()
    )
    assert (answer["refused"], answer["engine"]) == (False, "quotes")
    first = answer["sentences"][0]
    assert first == {
        "lead": "Example Wire, 13 March 2022:",
        "text": "Calder telephoned her counterpart Jonas Weir on March 10.",
        "citations": [1],
        "check": "quoted",
        "why": None,
    }
    cited = answer["citations"][0]
    assert list(cited) == (
        "n article title outlet author published url file quote start end".split()
    )
    text = read("show", cited["article"], home=home)["text"]
    assert text[cited["start"] : cited["end"]] == cited["quote"] == first["text"]
    for passage in answer["passages"]:
        whole = read("show", passage["article"], home=home)["text"]
        assert whole[passage["start"] : passage["end"]] == passage["text"]
    assert answer["answer"].startswith("Example Wire, 13 March 2022: “Calder telephoned")
    assert set(answer["seconds"]) == {"retrieve", "answer"}


def test_the_words_that_answer_stand_in_a_quotation_and_above_the_answer(
    library: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = library
    asked = ("ask", "How many launches did the ministry count?", "--confidence", "0")
    for odds, short in ((9.0, "11"), (-0.1, None)):
        monkeypatch.setattr(Assistant, "reader", FakeReader({"11": odds}))
        answer = read(*asked, home=home)
        printed = dateline(*asked, home=home).stdout
        assert answer["citations"][0]["quote"] == "The ministry counted 11 launches since January."
        assert answer["short"] == short
        assert printed.startswith("Short answer: 11\n\n") is bool(short)
        assert ("Short answer" in printed) is bool(short)


def test_the_reader_that_travels_along_has_a_short_answer_of_the_quotations_own(
    library: tuple[Path, Path],
) -> None:
    asked = (
        "Whom did Calder telephone on March 10?",
        "How many launches did the ministry count?",
        "Who opened the new bridge?",
        "Where did the envoy Mina Calder fly?",
    )
    answers = [read("ask", question, home=library[0]) for question in asked]
    answered = [answer for answer in answers if answer["short"] is not None]
    # Not sure of every one, but of some.
    assert answered
    for answer in answered:
        assert any(answer["short"] in one["quote"] for one in answer["citations"])
    assert not [note for answer in answers for note in answer["notes"] if "reader" in note]


def test_doctor_says_what_to_do_about_a_reader_that_is_missing(
    library: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = tmp_path / "reader.safetensors"
    monkeypatch.setattr("rag.reader.reader.read_shipped", lambda: read_shipped(gone))
    [finding] = [one for one in read("doctor", home=library[0]) if one["what"] == "reader"]
    assert finding["state"] == "warn"
    assert str(gone) in finding["found"]
    assert finding["found"].endswith("Answering without it.")
    assert finding["hint"] == HINT


def test_a_process_of_its_own_prints_the_same_and_exits_the_same(
    library: tuple[Path, Path],
) -> None:
    for arguments in (
        ("ask", "Whom did Calder telephone on March 10?"),
        ("search", "new bridge"),
        ("ask", "?!"),
        ("fly",),
    ):
        here, there = (run(*arguments, home=library[0]) for run in (dateline, start))
        assert (here.returncode, here.stderr) == (there.returncode, there.stderr)
        assert here.stdout == there.stdout


def test_a_refusal_has_the_fixed_phrase_and_the_nearest_passages(
    library: tuple[Path, Path],
) -> None:
    answer = read("ask", "What does Zebulon Quist eat for breakfast?", home=library[0])
    assert (answer["refused"], answer["answer"]) == (True, REFUSAL)
    assert answer["sentences"] == answer["citations"] == []
    assert answer["short"] is None
    assert answer["passages"]
    assert any("Searched 2 articles" in note for note in answer["notes"])


def test_search_gives_passages_best_first(library: tuple[Path, Path]) -> None:
    found = read("search", "new bridge", "-k", "1", home=library[0])
    assert (found["query"], len(found["passages"])) == ("new bridge", 1)
    [passage] = found["passages"]
    assert list(passage) == "article title outlet published start end text score".split()
    assert passage["title"] == "Bridge opens"


def test_filters_leave_undated_articles_out_and_say_so(library: tuple[Path, Path]) -> None:
    home, _ = library
    dated = read("ask", "Who opened the bridge?", "--since", "2022-01-01", home=home)
    assert {p["title"] for p in dated["passages"]} == {"Envoy presses the neighbours"}
    assert any("1 undated article was left out" in note for note in dated["notes"])
    both = read("ask", "Who opened the bridge?", "--since", "2022-01-01", "--undated", home=home)
    assert "Bridge opens" in {p["title"] for p in both["passages"]}
    one = read("search", "bridge", "--outlet", "harbor ledger", home=home)
    assert {p["outlet"] for p in one["passages"]} == {"Harbor Ledger"}


def test_a_batch_answers_in_order_and_a_bad_question_costs_its_own_line_only(
    library: tuple[Path, Path], tmp_path: Path
) -> None:
    batch = tmp_path / "questions.jsonl"
    lines = [
        {"id": 7, "question": "Who opened the bridge?"},
        {"id": "x", "question": "  "},
        {"id": 9, "query": "When did Calder fly to Port Ellery?"},
        {"id": 10, "question": "Who \ud800 opened\u2028the bridge?"},
    ]
    written = "\n\n".join(json.dumps(line) for line in lines)
    batch.write_text(written.replace("\\u2028", "\u2028"), encoding="utf-8")
    done = dateline("ask", "--batch", batch, home=library[0])
    answers = [json.loads(line) for line in done.stdout.strip().split("\n")]
    assert [answer["id"] for answer in answers] == [7, "x", 9, 10]
    assert "empty" in answers[1]["error"]
    assert answers[0]["citations"]
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    searched = dateline("search", "--batch", batch, home=library[0])
    assert len(searched.stdout.split("\n")) == 5


def test_a_follow_up_is_completed_and_says_to_what(
    library: tuple[Path, Path], tmp_path: Path
) -> None:
    home, _ = library
    first = "Whom did Mina Calder telephone on March 10?"
    answer = read("ask", "When was that?", "--after", first, home=home)
    assert answer["question"] == "When was that?"
    assert answer["notes"][0].startswith("Searched for: When was that (")
    assert "Calder" in answer["notes"][0]
    batch = tmp_path / "chat.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": "When was that?", "after": first}))
    [line] = dateline("ask", "--batch", batch, home=home).stdout.splitlines()
    assert json.loads(line)["notes"][0] == answer["notes"][0]


def test_the_confidence_asked_for_moves_the_refusal(library: tuple[Path, Path]) -> None:
    home, _ = library
    question = "Whom did Calder telephone on March 10?"
    assert read("ask", question, "--confidence", "1", home=home)["refused"]
    assert not read("ask", question, "--confidence", "0", home=home)["refused"]
    assert dateline("ask", question, "--confidence", "2", home=home).returncode == 2


def test_a_batch_that_is_no_batch_is_refused_before_anything_is_asked(
    library: tuple[Path, Path], tmp_path: Path
) -> None:
    nan = '{"id": NaN, "question": "Who opened it?"}'
    for content in (
        '{"id": 1}',
        "[1]",
        "{",
        nan,
        '{"question": "Who?"}',
        '{"id": 1, "question": 2}',
    ):
        batch = tmp_path / "bad.jsonl"
        batch.write_text('{"id": 0, "question": "Who opened it?"}\n' + content)
        done = dateline("ask", "--batch", batch, home=library[0])
        assert (done.returncode, done.stdout) == (1, "")
        assert "Line 2" in done.stderr


def test_indexing_again_adds_nothing_and_a_removed_file_is_dropped_on_request(
    tmp_path: Path,
) -> None:
    home, folder = tmp_path / "home", tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").write_text(ENVOY)
    (folder / "b.md").write_text(BRIDGE)
    assert read("index", folder, home=home)["added"] == 2
    again = read("index", folder, home=home)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 2)
    (folder / "a.md").write_text(ENVOY.replace("11 launches", "12 launches"))
    (folder / "b.md").unlink()
    changed = read("index", folder, home=home)
    assert (changed["updated"], changed["dropped"], changed["articles"]) == (1, 0, 2)
    assert read("index", folder, "--prune", home=home)["dropped"] == 1
    answer = read("ask", "How many launches did the ministry count?", home=home)
    assert "12 launches" in answer["answer"]


def test_what_was_cited_is_shown_as_it_was_by_its_footnotes_hash(tmp_path: Path) -> None:
    home, article = tmp_path / "home", tmp_path / "a.md"
    article.write_text(ENVOY)
    read("index", article, home=home)
    asked = dateline("ask", "Whom did Calder telephone on March 10?", "--brief", home=home)
    assert asked.returncode == 0
    exported = dateline("export", "-", "--format", "md", home=home).stdout
    digits = re.search(r"(?P<digits>sha256:[0-9a-f]{8,})", exported)
    assert digits is not None
    article.write_text(ENVOY.replace("11 launches", "12 launches"))
    read("index", article, home=home)
    shown = dateline("show", digits["digits"], home=home).stdout
    assert "11 launches" in shown
    assert "It has changed since." in shown
    assert "11 launches" in read("show", digits["digits"], home=home)["text"]
    live = dateline("show", read("articles", home=home)[0]["id"], home=home).stdout
    assert "12 launches" in live
    assert "since." not in live


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", ""), "The question is empty"),
        (("ask", "?!"), "The question is empty"),
        (("ask", "why " * 2500), "at most 2,000"),
        (("index", "/nowhere/at/all"), "/nowhere/at/all"),
        (("show", "zzzz"), "No article has the id"),
        (("ask", "Who?", "--outlet", "The Moon"), "No article is from “The Moon”"),
        (("ask", "Who?", "--since", "2022-02-01", "--until", "2022-01-01"), "No day"),
        (("ask", "Who?", "--engine", "oracle"), "There is no engine “oracle”"),
        (("ask", "Who?", "--engine", "openai:gpt"), "OPENAI_API_KEY"),
        (("ask", "Who flew?", "--engine", "openai:x", "--base-url", NOBODY), "cannot be reached"),
        (("ask", "--batch", "/nowhere.jsonl"), "/nowhere.jsonl"),
        (("ask", "Who?", "--engine", "openai:x", "--base-url", "http://[::1/v1"), "is no address"),
        (("ask", "Who?", "--engine", "openai:x", "--base-url", "http://a:99999"), "is no address"),
    ],
)
def test_bad_input_gets_one_line_with_what_to_do(
    library: tuple[Path, Path], arguments: tuple[str, ...], said: str
) -> None:
    done = dateline(*arguments, home=library[0])
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert read("articles", home=library[0])


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("ask",),
        ("index",),
        ("ask", "Who?", "--since", "March"),
        ("search", "x", "-k", "0"),
        ("fly",),
    ],
)
def test_wrong_usage_exits_with_2(library: tuple[Path, Path], arguments: tuple[str, ...]) -> None:
    assert dateline(*arguments, home=library[0]).returncode == 2


def test_another_languages_question_is_answered_or_refused_without_an_error(
    library: tuple[Path, Path],
) -> None:
    for question in ("Wer hat die Brücke eröffnet?", "谁打开了桥？", "من افتتح الجسر؟"):
        assert "answer" in read("ask", question, home=library[0])


def test_without_a_library_nothing_is_made_and_the_way_is_told(tmp_path: Path) -> None:
    done = dateline("ask", "Who?", home=tmp_path / "none")
    assert "dateline index PATH" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_corrupt_library_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    path.write_bytes(b"garbage" * 500)
    done = dateline("ask", "Who?", home=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "damaged" in done.stderr
    assert path.read_bytes() == b"garbage" * 500


def test_a_second_writer_is_refused_within_two_seconds(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "a.md").write_text(ENVOY)
    read("index", tmp_path / "a.md", home=home)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib; from rag.index.library import Library\n"
            "with Library.open(pathlib.Path(sys.argv[1])).writer():\n"
            "    print('held', flush=True); sys.stdin.read()",
            str(home),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = dateline("index", tmp_path / "a.md", home=home)
        assert "Another process is writing" in done.stderr
        assert done.returncode == 1
        assert read("ask", "Whom did Calder telephone?", home=home)["citations"]
    finally:
        holder.communicate("")


def test_engines_and_doctor_say_what_can_answer(library: tuple[Path, Path]) -> None:
    home, _ = library
    [quotes] = read("engines", home=home)
    assert quotes["name"] == "quotes"
    assert "nothing leaves this machine" in quotes["where"]
    findings = {finding["what"]: finding["state"] for finding in read("doctor", home=home)}
    assert findings == {
        "home": "ok",
        "embedder": "ok",
        "reader": "ok",
        "library": "ok",
        "copy": "ok",
        "indexes": "ok",
        "engine": "ok",
    }


def test_a_served_model_is_found_and_answers(library: tuple[Path, Path]) -> None:
    home, _ = library
    with serve_fake() as fake:
        env = {"OPENAI_BASE_URL": fake.url}
        names = [engine["name"] for engine in read("engines", home=home, env=env)]
        assert names == ["quotes", "openai:tiny-1", "openai:tiny-2"]
        fake.say("Calder telephoned Jonas Weir on March 10 [1]. It rained [1].")
        answer = read("ask", "Whom did Calder call?", "--engine", "openai", home=home, env=env)
    assert answer["engine"] == "openai:tiny-1"
    assert [s["check"] for s in answer["sentences"]] == ["checked", "unsupported"]
    assert answer["short"] is None


def test_a_server_is_added_and_a_model_chosen_for_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    article = tmp_path / "a.md"
    article.write_text("Calder telephoned Jonas Weir on March 10.", encoding="utf-8")
    read("index", article, home=home)
    with serve_fake() as fake:
        name = f"{fake.url}#tiny-2"
        fake.say("Calder telephoned Jonas Weir on March 10 [1].")
        read("engines", "--add", fake.url.removeprefix("http://"), "--use", name, home=home)
        listed = {one["name"]: one for one in read("engines", home=home)}
        assert listed[name]["chosen"]
        assert (listed[name]["model"], listed[name]["local"]) == ("tiny-2", True)
        assert (listed[name]["window"], listed[name]["window_told"]) == (8192, False)
        question = "Whom did Calder telephone?"
        assert read("ask", question, home=home)["engine"] == name
        assert read("ask", question, home=home, env={"DATELINE_ENGINE": "quotes"})["engine"] == (
            "quotes"
        )
    # The server has gone: what was chosen stays so, and no other engine answers in its place.
    listed = {one["name"]: one for one in read("engines", home=home)}
    assert "not there now" in listed[name]["problem"]
    done = dateline("ask", question, home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be reached" in done.stderr


def test_an_exam_is_shown_as_a_table_and_remembered(library: tuple[Path, Path]) -> None:
    home, _ = library
    with serve_fake() as fake:
        fake.say(REFUSAL)
        env = {"OPENAI_BASE_URL": fake.url, "DATELINE_MODEL": "tiny-2"}
        done = dateline("exam", "--engine", "openai", home=home, env=env)
        assert done.returncode == 0
        assert re.search(r"^refuses what articles do not say +4 of 4$", done.stdout, re.MULTILINE)
        assert "Verdict: unsuitable" in done.stdout
        exams = {one["name"]: one["exam"] for one in read("engines", home=home, env=env)}
        assert exams["openai:tiny-2"]["verdict"]["grade"] == "unsuitable"
        assert exams["openai:tiny-1"] is None
        fake.say("Calder telephoned Jonas Weir on March 10 [1].")
        answer = read("ask", "Whom did Calder call?", "--engine", "openai", home=home, env=env)
        assert any("unsuitable" in note for note in answer["notes"])
    assert "nothing to examine" in dateline("exam", "--engine", "quotes", home=home).stderr


def test_this_machine_only_holds_for_the_home_and_for_a_call(library: tuple[Path, Path]) -> None:
    home, _ = library
    remote = ("--engine", "http://models.example/v1#m")
    done = dateline("ask", "Whom did Calder call?", *remote, "--local-only", home=home)
    assert "“This machine only” is on" in done.stderr
    read("engines", "--this-machine-only", "on", home=home)
    try:
        done = dateline("ask", "Whom did Calder call?", *remote, home=home)
        assert "models.example" in done.stderr
        assert "“This machine only” is on" in done.stderr
        env = {"OPENAI_API_KEY": "sk-canary-123", "DATELINE_MODEL": "gpt"}
        listed = {one["name"]: one for one in read("engines", home=home, env=env)}
        assert "“This machine only” is on" in listed["openai:gpt"]["problem"]
    finally:
        read("engines", "--this-machine-only", "off", home=home)


def test_the_key_is_in_no_output_and_no_file(library: tuple[Path, Path]) -> None:
    home, _ = library
    env = {"OPENAI_API_KEY": "sk-canary-123", "OPENAI_BASE_URL": NOBODY}
    for arguments in (("ask", "Who?", "--engine", "openai:x"), ("engines",), ("doctor",)):
        done = start(*arguments, home=home, env=env)
        assert "sk-canary" not in done.stdout + done.stderr
    for path in home.rglob("*"):
        assert not path.is_file() or b"sk-canary" not in path.read_bytes()


HEAVY = {
    "rag": "chromadb streamlit langchain openai onnxruntime numpy tantivy trafilatura",
    "rag.cli": "chromadb streamlit openai onnxruntime trafilatura",
}


@pytest.mark.parametrize("module", HEAVY)
def test_importing_loads_nothing_heavy(module: str) -> None:
    program = (
        f"import sys, {module}; print(sorted(set({HEAVY[module].split()}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_newer_library_is_refused_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(BRIDGE)
    home = tmp_path / "home"
    read("index", tmp_path / "a.md", home=home)
    with sqlite3.connect(home / "library.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert "newer Dateline" in dateline("articles", home=home).stderr


def test_one_line_folds_every_white_space() -> None:
    assert one_line("a\n\n b\tc ") == "a b c"
