from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fake_assistant import BROKEN, FERRY, PAID, QUOTED, REFUSED, RETURNED, WRITTEN

import rag.ui
from rag.errors import DatelineError
from rag.types import REFUSAL, Answer, Filters
from rag.ui import shelf, view, words
from rag.ui.chat import Exchange
from rag.ui.component import FOLDER, SCRIPTS, STYLES

UI = Path(rag.ui.__file__).parent


def test_quotations_stand_in_quotation_marks_behind_their_lead_in():
    drawn = view.draw_answer(QUOTED)
    sentences = [sentence for block in drawn["blocks"] for sentence in block["sentences"]]
    assert sentences[0] == {
        "lead": "The Skell Courier, 4 May 2024:",
        "text": f"“{RETURNED}”",
        "citations": [1],
    }
    assert [block["label"] for block in drawn["blocks"]] == [None, None]


def test_what_follows_a_lead_stands_under_it():
    first, second = QUOTED.sentences[:2]
    goes_on = replace(first, lead=None)
    other = replace(second, lead="Mara Quist said:")
    blocks = view.draw_answer(replace(QUOTED, sentences=(first, goes_on, other)))["blocks"]
    leads = [[sentence["lead"] for sentence in block["sentences"]] for block in blocks]
    assert leads == [["The Skell Courier, 4 May 2024:", None], ["Mara Quist said:"]]


def test_checked_sentences_form_one_paragraph_and_are_not_called_true():
    block = view.draw_answer(WRITTEN)["blocks"][0]
    assert (block["check"], len(block["sentences"])) == ("checked", 2)
    assert block["label"] == "checked against the passage"
    assert "true" not in json.dumps(view.LABELS)


def test_unsupported_sentences_stand_alone_with_their_reason():
    twice = replace(WRITTEN, sentences=(WRITTEN.sentences[2],) * 2)
    blocks = view.draw_answer(twice)["blocks"]
    assert len(blocks) == 2
    assert blocks[0]["why"] == "The number 900 does not stand in the passage it cites."
    assert blocks[0]["label"] == "Not borne out by the articles"


def test_a_citation_says_all_that_a_footnote_needs():
    first, second = view.draw_answer(QUOTED, today=date(2024, 5, 26))["citations"]
    assert first == {
        "n": 1,
        "article": FERRY.id,
        "start": 0,
        "end": len(RETURNED),
        "quote": RETURNED,
        "title": "Ferry returns to Skell Island",
        "outlet": "The Skell Courier",
        "byline": "by Mara Quist",
        "date": "4 May 2024",
        "age": "3 weeks ago",
        "url": "https://skell-courier.example/ferry",
        "file": "/press/ferry.md",
        "also": None,
    }
    assert second["quote"] == PAID
    assert (second["outlet"], second["byline"], second["date"], second["age"]) == (
        "unknown outlet",
        None,
        "undated",
        None,
    )


def test_the_words_that_answer_are_drawn_apart_where_there_are_any():
    assert view.draw_answer(QUOTED)["short"] is None
    assert view.draw_answer(replace(QUOTED, short="4 May"))["short"] == "4 May"


def test_a_refusal_offers_the_nearest_passages_and_its_notes():
    drawn = view.draw_answer(replace(REFUSED, hits=REFUSED.hits * 4))
    assert drawn["refusal"] == REFUSAL
    assert drawn["blocks"] == drawn["citations"] == []
    assert len(drawn["nearest"]) == view.NEAREST
    assert drawn["notes"] == ["“Atlantis” stands in no article."]


def test_an_answer_offers_no_passages_beside_its_citations():
    drawn = view.draw_answer(QUOTED)
    assert drawn["refusal"] is None
    assert drawn["nearest"] == []


def test_an_unfinished_answer_without_a_sentence_is_no_refusal():
    drawn = view.draw_answer(Answer("Why?", "openai:m"), whole=False)
    assert drawn["refusal"] is None
    assert drawn["timing"] is None


def test_the_timing_names_the_engine():
    assert words.write_timing(QUOTED) == "quotes · searched in 0.02 s · answered in 0.05 s"
    assert words.write_timing(Answer("Why?", "quotes")) == "quotes"


@pytest.mark.parametrize(
    ("filters", "written"),
    [
        (Filters(), None),
        (Filters(undated=True), None),
        (Filters(outlets=("A", "B")), "Only A · B"),
        (Filters(since=date(2022, 3, 1)), "Only since 1 March 2022"),
        (
            Filters(date(2022, 3, 1), date(2022, 3, 9), undated=True),
            "Only 1 March 2022 to 9 March 2022 · undated articles too",
        ),
        (Filters(until=date(2022, 3, 9)), "Only until 9 March 2022"),
    ],
)
def test_the_scope_of_a_question_is_said_in_words(filters: Filters, written: str | None):
    assert words.write_scope(filters) == written


def test_an_exchange_says_how_far_it_is():
    exchange = Exchange("Why?", Filters(), "openai:m")
    assert view.draw_exchange(exchange)["progress"] == view.LOOKING
    exchange.state, exchange.answer = "asking", QUOTED
    assert view.draw_exchange(exchange)["progress"] == view.ANSWERING
    exchange.state = "stopped"
    drawn = view.draw_exchange(exchange)
    assert (drawn["progress"], drawn["stopped"]) == (None, view.STOPPED)


def test_a_failure_keeps_what_had_arrived_and_says_why_it_ended():
    exchange = Exchange(
        "Why?", Filters(), "openai:m", state="failed", answer=QUOTED, problem=BROKEN
    )
    drawn = view.draw_exchange(exchange)
    assert drawn["stopped"] == view.FAILED_PART
    assert drawn["answer"]["blocks"]
    assert drawn["problem"]["problem"] == BROKEN.problem


def test_commands_in_hints_are_told_apart_from_words():
    drawn = words.draw_problem(DatelineError("No library.", "`dateline index PATH` makes one."))
    assert drawn["hint"] == [
        {"text": "dateline index PATH", "code": True},
        {"text": " makes one.", "code": False},
    ]


def test_what_can_be_done_depends_on_what_became_of_an_answer():
    exchange = Exchange("Why?", Filters(), "openai:m", answer=WRITTEN)

    def offers() -> list[str]:
        return [offer["do"] for offer in view.draw_exchange(exchange)["offers"]]

    assert offers() == ["stop"]
    exchange.state = "done"
    assert offers() == []
    exchange.state = "stopped"
    assert offers() == ["retry"]
    exchange.state = "failed"
    assert offers() == ["quote", "retry"]
    exchange.engine = "quotes"
    assert offers() == ["retry"]


def test_a_whole_answer_can_be_copied_with_its_sources():
    exchange = Exchange("Why?", Filters(), "quotes", state="done", answer=QUOTED)
    copies = view.draw_exchange(exchange)["answer"]["copies"]
    assert f"“{RETURNED}” [^1]" in copies["markdown"]
    assert "[^1]: Mara Quist" in copies["markdown"]
    assert f"“{RETURNED}” [1]" in copies["plain"]
    # Nobody has opened the address: the program reads files.
    assert "accessed" not in json.dumps(copies)
    assert set(copies["citations"]) == {"1", "2"}


def test_a_copy_of_an_answer_that_was_stopped_says_so():
    exchange = Exchange("Why?", Filters(), "quotes", state="stopped", answer=QUOTED)
    copies = view.draw_exchange(exchange)["answer"]["copies"]
    assert copies["plain"].endswith(view.STOPPED)
    assert view.STOPPED.rstrip(".") in copies["markdown"]


def test_an_answer_is_not_copied_while_it_grows():
    exchange = Exchange("Why?", Filters(), "openai:m", answer=WRITTEN)
    assert view.draw_exchange(exchange)["answer"]["copies"] is None
    exchange.answer, exchange.state = Answer("Why?", "openai:m"), "stopped"
    assert view.draw_exchange(exchange)["answer"]["copies"] is None


def test_all_that_is_drawn_is_json():
    exchange = Exchange("Why?", Filters(), "quotes", state="done", answer=WRITTEN, problem=BROKEN)
    for drawn in (
        view.draw_exchange(exchange, explained=True),
        shelf.draw_samples(),
        shelf.draw_invitation("/home"),
        shelf.draw_failure(BROKEN),
        shelf.draw_name(),
    ):
        assert json.loads(json.dumps(drawn)) == drawn


def test_the_component_reads_no_markup_and_sets_no_address():
    assert {f"{name}.js" for name in (*SCRIPTS, "loader")} == {
        file.name for file in FOLDER.glob("*.js")
    }
    assert {f"{name}.css" for name in STYLES} == {file.name for file in FOLDER.glob("*.css")}
    markup = r"innerHTML|outerHTML|insertAdjacent|DOMParser|createContextual|eval|Function\("
    addresses = r"href|src\b|fetch\(|import\(|window\.open|location|action\b"
    for file in FOLDER.glob("*.js"):
        script = file.read_text(encoding="utf-8")
        assert not re.findall(f"{markup}|{addresses}", script), file.name
        attributes = set(re.findall(r"setAttribute\(\s*\"([^\"]+)\"", script))
        assert all(name == "role" or name.startswith("aria-") for name in attributes), file.name
        assert script.count("setAttribute(") == len(re.findall(r"setAttribute\(\s*\"", script))
    for file in FOLDER.glob("*.css"):
        assert not re.findall(r"url\(|@import", file.read_text(encoding="utf-8")), file.name


def test_the_page_uses_none_of_streamlit_s_elements_that_render_markdown():
    used = {
        name
        for file in UI.glob("*.py")
        for name in re.findall(r"\bst\.(\w+)", file.read_text(encoding="utf-8"))
    }
    assert used <= {
        *("set_page_config", "session_state", "cache_resource", "cache_data", "components"),
        *("sidebar", "button", "selectbox", "multiselect", "date_input", "checkbox"),
        *("chat_input", "fragment", "rerun", "query_params", "container", "App"),
        *("expander", "file_uploader", "toggle", "text_input", "download_button"),
    }


def test_no_label_of_streamlit_s_holds_anything_but_a_constant():
    labelled = "button selectbox multiselect date_input checkbox chat_input expander file_uploader"
    labelled += " toggle text_input download_button"
    calls = rf"st\.(?:{labelled.replace(' ', '|')})"
    for file in UI.glob("*.py"):
        for after in re.findall(rf"{calls}\(\s*(\S)", file.read_text(encoding="utf-8")):
            assert after == '"', file.name
