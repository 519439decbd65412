"""Sentences: where they end, and that their spans are exact in every language."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.sentences import split_sentences

LANGUAGES = {
    "English": "The barrier opened on Tuesday. It cost 41 million crowns. Who pays?",
    "German": "Am 3. Mai wurde die Sperre geöffnet. Sie ist 2,5 km lang und hat viel gekostet.",
    "French": "La digue est ouverte. « Nous avons attendu », a dit M. Dupont. Et après ?",
    "Spanish": "La barrera está abierta. ¿Quién la paga? El Sr. López no lo sabe.",
    "Russian": "Барьер открыли во вторник. Кто платит? И. И. Петров не знает.",
    "Chinese": "防潮闸星期二启用。谁来付钱？市长不知道！",
    "Japanese": "防潮堤は火曜日に開いた。市長は「長く待った。」と述べた。誰が払うのか？",
    "Arabic": "افتتح الحاجز يوم الثلاثاء. من سيدفع؟ لا أحد يعرف.",
    "Hebrew": "המחסום נפתח ביום שלישי. מי ישלם? אף אחד לא יודע.",
    "Hindi": "बाँध मंगलवार को खुला। पैसे कौन देगा? किसी को पता नहीं।",
    "decomposed": "Le maire a e\u0301te\u0301 re\u0301e\u0301lu. Il n'a rien dit.",
    "emoji": "The seals 🦭🏽 are back 👨‍👩‍👧‍👦. They stay 🏴󠁧󠁢󠁥󠁮󠁧󠁿!",
}


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. envoy met Lt. Gen. Ann Roe on Jan. 10 in Portwell.",
        "Mr. Smith of the U.N. Security Council lives at No. 3 Mill St. in Portwell.",
        "J. K. Rowling and J.D. Martinez spoke to Sen. Ortiz and Gov. Lind.",
        "The talks begin at 3 p.m. Monday, or at 5 p.m. EST if it rains.",
        "They waited... and waited… and left.",
        "“Why now?” he asked. ".strip(),
        "“Stop!” she cried, and “Go!” he said.",
        "Roe vs. Wade was cited, i.e. quoted, by Prof. Lind.",
        "3. The market stays dry.",
        "Am 3. Mai kam die Flut.",
        "El plan de EE. UU. es caro.",
    ],
)
def test_no_sentence_ends_within(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives in the U.S. He works.", ["He lives in the U.S.", "He works."]),
        ("She said “No.” He left.", ["She said “No.”", "He left."]),
        ('She said "No." He left.', ['She said "No."', "He left."]),
        ("He left (at last.) She stayed.", ["He left (at last.)", "She stayed."]),
        ("It took years… Then it opened.", ["It took years…", "Then it opened."]),
        ("They chose plan B. It failed.", ["They chose plan B.", "It failed."]),
        ("他走了。她没走！真的？", ["他走了。", "她没走！", "真的？"]),
        ("هل ذهب؟ نعم.", ["هل ذهب؟", "نعم."]),
        ("वह गया। वह लौटेगा।", ["वह गया।", "वह लौटेगा।"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_line_break_ends_a_sentence() -> None:
    assert sentences("A headline\nA sentence\n\nAnother one.") == [
        "A headline",
        "A sentence",
        "Another one.",
    ]


def test_short_speech_stays_whole_and_long_speech_is_cut() -> None:
    short = "“We waited. We built it,” she said."
    assert sentences(short) == [short]
    long = "“" + " ".join(f"We waited for year number {n} in the rain." for n in range(12)) + "”"
    assert len(sentences(long)) == 12


@pytest.mark.parametrize("text", LANGUAGES.values(), ids=LANGUAGES)
def test_offsets_are_exact_in_every_language(text: str) -> None:
    text = f"{text}\n\n{text}"
    found = sentences(text)
    assert len(found) >= 4
    assert "".join("".join(found).split()) == "".join(text.split())


def assert_spans_cover(text: str) -> None:
    end = 0
    for span in split_sentences(text):
        assert span.start >= end
        assert not text[end : span.start].strip()
        assert span.of(text) == span.of(text).strip() != ""
        assert "\n" not in span.of(text)
        end = span.end
    assert not text[end:].strip()


PIECES = st.sampled_from(
    [
        *LANGUAGES.values(),
        "\n",
        "\n\n",
        "\u2028",
        "\u202f",
        "\u3000",
        "\xa0",
        ". ",
        "…",
        "”",
        "“",
        '"',
        "(",
        ")",
        "Mr.",
        "No. 3",
        "U.S.",
        "e.g.",
        "J.",
        "。",
        "؟",
        "।",
        "\r",
        "\t",
        "»",
        "« ",
        "?!",
        "'",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join)))
def test_spans_are_ordered_disjoint_and_cover_all_but_white_space(text: str) -> None:
    assert_spans_cover(text)


@pytest.mark.parametrize(
    "unit", ["The envoy said so. ", "“He said. ", "a", ". ", "(", "Mr. ", "x\n"]
)
def test_a_long_text_takes_linear_time(unit: str) -> None:
    started = time.perf_counter()
    assert_spans_cover(unit * (150_000 // len(unit)))
    assert time.perf_counter() - started < 6
