"""The words of a quotation that answer: which are shown, with what, and when none are."""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import make_hit, write_md
from fake_reader import FakeReader
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.evidence import Asked, Evidence, Features, Read
from rag.answer.kinds import find_kind
from rag.answer.quotes import QuotesEngine
from rag.answer.short import SURE, find_short
from rag.index.store import Store
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.types import Answer, Filters, Span

NOTHING = Features(*[0.0] * len(Features.__slots__))
SAID = "More than 90 percent of the trade goes through Skell."


def ask_short(
    text: str, pointed: str, question: str = "How much?", odds: float = 5.0, before: str = ""
) -> str | None:
    """What is shown where the reader points at some words of a sentence."""
    hit = make_hit(text, before=before)
    span = Span(hit.passage.start, hit.passage.end)
    start = span.start + text.index(pointed)
    read = Read(odds, odds, Span(start, start + len(pointed)))
    best = Evidence(hit, span, NOTHING, {}, (), 0.0, read=read)
    asked = parse_question(question)
    return find_short(Asked(asked, (), find_kind(asked)), [best])


@pytest.mark.parametrize(
    ("text", "pointed", "shown"),
    [
        (SAID, "90 percent", "More than 90 percent"),
        (SAID, "90", "More than 90"),
        ("Trade fell by nearly $4 million.", "4 million", "nearly $4 million"),
        ("Trade fell by nearly $4 million.", "$4 million", "nearly $4 million"),
        ("Trade fell by $4 million.", "4 million", "$4 million"),
        ("At least six people drowned.", "six people", "At least six people"),
        ("No fewer than 41 people drowned.", "41", "No fewer than 41"),
        ("Up to 300 boats were lost.", "300 boats", "Up to 300 boats"),
        ("More than a dozen boats were lost.", "a dozen boats", "More than a dozen boats"),
        ("More than a dozen boats were lost.", "dozen", "More than a dozen"),
        ("Less than half of the fleet came back.", "half", "Less than half"),
        ("At least one person drowned.", "one person", "At least one person"),
        ("Almost the 40 that were counted came.", "the 40", "Almost the 40"),
        ("It is for those who are 65 or older.", "65", "65 or older"),
        ("Six people or more were hurt.", "Six people", "Six people or more"),
        ("Six people or more were hurt.", "Six", "Six people or more"),
        ("It is for those who are 65+ and live there.", "65", "65+"),
        ("It takes 10 tonnes at most.", "10 tonnes", "10 tonnes at most"),
    ],
)
def test_a_figure_keeps_its_bound(text: str, pointed: str, shown: str) -> None:
    assert ask_short(text, pointed) == shown
    assert ask_short(text, pointed, before="It was told. About ") == shown


def test_the_initials_of_a_name_are_no_answer_beside_it() -> None:
    said = "Odile Brandt (54), envoy to the Skell Port Authority (SPA), and the HMA spoke."
    asked = "Who is the envoy to the harbour?"
    assert ask_short(said, "SPA", asked) is None
    assert ask_short(said, "Odile Brandt", asked) == "Odile Brandt"
    assert ask_short(said, "HMA", asked) == "HMA"
    assert ask_short(said, "54", "How many?") == "54"


OPEN = "What is it?"


@pytest.mark.parametrize(
    ("text", "pointed"),
    [
        (SAID, "More than 90 percent"),
        ("She resigned on 3 March over the ferry.", "the ferry"),
        ("She resigned on 3 March over the ferry.", "3 March"),
        ("The boat sank under a bridge or more likely beside it.", "a bridge"),
        ("The council counted 41 boats.", "41 boats"),
        ("The harbour lies above Skell.", "Skell"),
        ("Minimum age is 18. It was told.", "Minimum age"),
    ],
)
def test_other_words_are_shown_as_they_were_found(text: str, pointed: str) -> None:
    assert ask_short(text, pointed, OPEN) == pointed


@pytest.mark.parametrize(
    ("text", "pointed", "shown"),
    [
        ("Sung Kim met Liu Xiaoming.", "ming", "Xiaoming"),
        ("Sung Kim met Liu Xiaoming.", "Xiao", "Xiaoming"),
        ("Sung Kim met Liu Xiaoming.", "im met L", "Kim met Liu"),
        ("Shares fell by 7.3 % today.", "3", "7.3"),
        ("Shares fell by 7.3 % today.", "7", "7.3"),
        ("Shares fell by 7.3% today.", "3", "7.3%"),
        ("7.3", "3", "7.3"),
        ("7.3", "7", "7.3"),
        ("The fleet of 1,200 boats came back.", "200", "1,200"),
        ("The fleet of 1,200 boats came back.", "1", "1,200"),
        ("The toll is $5 a boat.", "5", "$5"),
        ("The toll is £1,200.50 a boat.", "200", "£1,200.50"),
        ("In 2021, 5 boats sank.", "5", "5"),
        ("In 2021, 5 boats sank.", "21", "2021"),
        ("Zoë Krüger spoke.", "ger", "Krüger"),
        ("Zoë Krüger spoke.", "Zo", "Zoë"),
        ("Zoë Krüger spoke.", "Kr", "Krüger"),
        # Writing without spaces has no words that could be seen.
        ("东京发生地震。", "京", "京"),
        ("ផ្ទះ", "ផ្", "ផ្"),
        ("ផ្ទះ", "ផ", "ផ្"),
    ],
)
def test_a_part_of_a_word_or_a_figure_shows_the_whole(text: str, pointed: str, shown: str) -> None:
    assert ask_short(text, pointed, OPEN) == shown
    assert ask_short(text, pointed, OPEN, before="9") == shown


@pytest.mark.parametrize(
    ("pointed", "shown"),
    [("Kru", "Krüger"), ("ger", "Krüger"), ("Zoe", "Zoë"), ("Kru\u0308", "Krüger")],
)
def test_an_accent_that_is_a_mark_of_its_own_stays_with_its_letter(
    pointed: str, shown: str
) -> None:
    text = unicodedata.normalize("NFD", "Zoë Krüger spoke.")
    assert ask_short(text, pointed, OPEN) == unicodedata.normalize("NFD", shown)


FENN = "The ferry Aurora is run by Karl Fenn, who sold 41 boats on 3 March."


@pytest.mark.parametrize(
    ("question", "pointed", "shown"),
    [
        ("What became of the ferry Aurora?", "ferry Aurora", False),
        ("What became of the ferry Aurora?", "The ferry", False),
        ("what of the AURORA?", "Aurora", False),
        ("What became of the ferry Aurora?", "run by Karl Fenn", True),
        ("Who is Karl Fenn?", "Karl Fenn", False),
        ("Who is Karl Fenn?", "who sold 41 boats", True),
        ("Who is Karl Fenn?", "ferry", True),
    ],
)
def test_what_only_repeats_the_question_is_not_shown(
    question: str, pointed: str, shown: bool
) -> None:
    assert ask_short(FENN, pointed, question) == (pointed if shown else None)


@pytest.mark.parametrize(
    ("question", "pointed", "shown"),
    [
        ("How many boats were sold?", "41 boats", True),
        ("How many boats were sold?", "41", True),
        ("How many boats were sold?", "Karl Fenn", False),
        ("How many boats were sold?", "3 March", False),
        ("When did he sell the boats?", "3 March", True),
        ("When did he sell the boats?", "Karl Fenn", False),
        ("When did he sell the boats?", "41", False),
        ("How much did he pay for the boats?", "41 boats", False),
        ("Who runs it?", "Karl Fenn", True),
        # Other kinds are not told by the form of a few words.
        ("Why was it sold?", "Karl Fenn", True),
        ("Where is it?", "Karl Fenn", True),
    ],
)
def test_what_is_not_of_the_kind_asked_for_is_not_shown(
    question: str, pointed: str, shown: bool
) -> None:
    assert ask_short(FENN, pointed, question) == (pointed if shown else None)


@pytest.mark.parametrize(
    ("text", "pointed", "shown"),
    [
        ("One boat came back.", "One boat", "One boat"),
        ("Zero of the boats came back.", "Zero", "Zero"),
        ("At least one of the boats came back.", "one", "At least one"),
        ("A third of the fleet came back.", "A third", "A third"),
        ("Half of them came back.", "Half", "Half"),
        ("No boats came back.", "No boats", "No boats"),
    ],
)
def test_a_number_in_words_is_one(text: str, pointed: str, shown: str) -> None:
    assert ask_short(text, pointed, "How many of them returned?") == shown


def test_the_bound_of_another_sentence_is_not_taken() -> None:
    assert ask_short("90 percent were lost.", "90 percent", before="There were more than ") == (
        "90 percent"
    )


@pytest.mark.parametrize(
    "question",
    [
        "Did more than 90 percent go through Skell?",
        "is it 90 percent?",
        "Has the share risen?",
        "Can ships pass?",
        "Isn't it 90 percent?",
        "Didn’t the share rise?",
        "Won't it rise?",
    ],
)
def test_a_question_to_be_answered_by_yes_or_no_has_no_short_answer(question: str) -> None:
    assert ask_short(SAID, "90 percent", question) is None


@pytest.mark.parametrize(
    "question", ["Which share is it?", "Isla Brandt said what?", "Candidates got what share?"]
)
def test_a_question_that_only_begins_like_one_has_its_short_answer(question: str) -> None:
    assert ask_short(SAID, "90 percent", question) == "More than 90 percent"


def test_what_the_reader_is_not_sure_of_is_not_shown() -> None:
    assert ask_short(SAID, "90 percent", odds=SURE - 0.01) is None
    assert ask_short(SAID, "90 percent", odds=SURE) is not None


CALLED = "Odile Brandt called Karl Fenn on Monday."


@pytest.mark.parametrize(
    ("text", "pointed", "question", "shown"),
    [
        (CALLED, "Odile Brandt", "Who did the minister call on Monday?", None),
        (CALLED, "Odile Brandt", "Whom did the minister call?", None),
        ("The envoy called Fenn.", "envoy", "Who does the minister call?", None),
        (CALLED, "Karl Fenn", "Who did the minister call on Monday?", "Karl Fenn"),
        (CALLED, "Odile Brandt", "Who called the mayor on Monday?", "Odile Brandt"),
        (
            "Karl Fenn, the mayor, was called on Monday.",
            "Karl Fenn",
            "Who did the minister call?",
            "Karl Fenn",
        ),
    ],
)
def test_who_acts_is_not_shown_for_the_one_acted_on(
    text: str, pointed: str, question: str, shown: str | None
) -> None:
    assert ask_short(text, pointed, question) == shown


def test_nothing_chosen_or_nothing_read_has_no_short_answer() -> None:
    asked = Asked(parse_question("How much?"), (), None)
    hit = make_hit(SAID)
    unread = Evidence(hit, Span(0, len(SAID)), NOTHING, {}, (), 0.0)
    assert find_short(asked, []) is None
    assert find_short(asked, [unread]) is None
    assert find_short(asked, [replace(unread, read=Read(9.0, 9.0))]) is None


def test_only_the_best_sentence_has_a_short_answer() -> None:
    asked = Asked(parse_question("How much?"), (), None)
    hit = make_hit("The ferry sank. It had 41 aboard.")
    first = Evidence(hit, Span(0, 15), NOTHING, {}, (), 0.0, read=Read(-3.0, 0.0, Span(4, 9)))
    second = Evidence(hit, Span(16, 33), NOTHING, {}, (), 0.0, read=Read(9.0, 9.0, Span(23, 25)))
    assert find_short(asked, [first, second]) is None
    assert find_short(asked, [second, first]) == "41"


@given(st.text("ab $9+-\n", max_size=40), st.data())
def test_it_is_always_a_stretch_of_its_sentence(text: str, data: st.DataObject) -> None:
    text = f"{text} more than 41 or fewer {text}."
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    hit = make_hit(text)
    read = Read(9.0, 9.0, Span(start, end))
    best = Evidence(hit, Span(0, len(text)), NOTHING, {}, (), 0.0, read=read)
    short = find_short(Asked(parse_question(OPEN), (), None), [best])
    if short is None:
        # Marks alone say nothing that the question does not.
        assert not any(map(str.isalnum, text[start:end]))
        return
    assert short in text
    assert text[start:end] in short


# In an answer.

PAGES = {
    "ferry": write_md(
        "The ferry Aurora sank off Skell in 2021. At least 41 people drowned. It had been painted"
        " in Port Ellery, Odile Brandt said.\n\nShe chairs the council of Skell.",
        title="Aurora sinks",
        outlet="Harbor Ledger",
    ),
    "council": write_md(
        "The council of Skell met about the ferry. Odile Brandt resigned. She had chaired it since"
        " 2012.",
        title="Chair resigns",
        outlet="Skell Courier",
    ),
}


def answer_with(
    store: Store, question: str, reader: FakeReader | None, confidence: float = 0.0
) -> list[Answer]:
    parsed = parse_question(question)
    engine = QuotesEngine(store.embedder, confidence, reader)
    with store.reading() as generation:
        hits = search(store, generation, parsed.text, 10, Filters())
        return list(engine.answer(parsed, hits, generation))


def test_the_words_that_the_reader_points_at_are_shown_with_their_bound(
    fill: Callable[..., Store],
) -> None:
    *_, last = answer_with(
        fill(**PAGES), "How many people drowned off Skell?", FakeReader({"41": 9.0})
    )
    assert last.short == "At least 41"
    assert any(last.short in one.quote for one in last.citations)


def test_without_a_reader_there_is_no_short_answer(fill: Callable[..., Store]) -> None:
    *_, last = answer_with(fill(**PAGES), "How many people drowned off Skell?", None)
    assert last.sentences
    assert last.short is None


def test_a_refusal_has_no_short_answer(fill: Callable[..., Store]) -> None:
    reader = FakeReader({"41": 9.0})
    *_, last = answer_with(fill(**PAGES), "How many people drowned off Skell?", reader, 1.01)
    assert last.refused
    assert last.short is None


def test_whatever_the_reader_says_the_short_answer_stands_in_a_quotation(
    fill: Callable[..., Store],
) -> None:
    """From the moment at which it is shown."""
    store = fill(**PAGES)
    questions = ("How many drowned off Skell?", "Who chairs the council?", "Who resigned?")
    shown = Counter[str]()
    for seed in range(25):
        reader = FakeReader(lambda word: zlib.crc32(f"{seed} {word}".encode()) % 160 / 10 - 4)  # noqa: B023
        for question in questions:
            for grown in answer_with(store, question, reader):
                if grown.short is not None:
                    shown[question] += 1
                    assert any(grown.short in one.quote for one in grown.citations)
            assert grown.sentences
    assert set(shown) == set(questions)
