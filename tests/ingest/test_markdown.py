"""Markdown files: front matter, headings, and words without marks."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from rag.ingest.readers import read_markdown_file
from rag.types import Draft

TEXT = "The third tide barrier opened on Tuesday. It cost 41 million crowns."


def read(source: str) -> Draft:
    return read_markdown_file(source.encode(), Path("notes/barrier.md"))


def test_front_matter_is_read_under_its_usual_names() -> None:
    draft = read(
        "---\nTitle: Tide barrier opens\nsource: The Example Times\nauthors: [Jane Doe, John Roe]\n"
        "date: 2022-01-18T23:30:00-05:00\nmodified: 2022-01-19\nlink: https://example.com/x\n"
        f"tags: [a, b]\n---\n\n{TEXT}\n"
    )
    assert (draft.title, draft.outlet) == ("Tide barrier opens", "The Example Times")
    assert draft.author == "Jane Doe, John Roe"
    assert (draft.published, draft.updated) == (date(2022, 1, 18), date(2022, 1, 19))
    assert (draft.url, draft.text) == ("https://example.com/x", TEXT)


def test_what_a_clipper_writes_is_the_address_and_the_authors() -> None:
    draft = read(
        '---\ntitle: Tide barrier opens\nsource: "https://example.com/x"\nauthor:\n'
        '  - "[[Jane Doe]]"\n  - "[[people/john|John Roe]]"\npublished: 2022-01-18\n'
        f"created: 2022-02-03\n---\n{TEXT}"
    )
    assert (draft.url, draft.outlet) == ("https://example.com/x", None)
    assert (draft.author, draft.published) == ("Jane Doe, John Roe", date(2022, 1, 18))
    both = read(f"---\nsource: https://example.com/x\nsite: Example Times\n---\n{TEXT}")
    assert (both.url, both.outlet) == ("https://example.com/x", "Example Times")


@pytest.mark.parametrize("value", ["yesterday", "2022-02-30", "2022", "[1, 2]", "", "~", "{a: b}"])
def test_a_bad_date_is_none_and_spoils_nothing_else(value: str) -> None:
    draft = read(f"---\ntitle: Tide barrier opens\npublished: {value}\n---\n{TEXT}")
    assert (draft.title, draft.published, draft.text) == ("Tide barrier opens", None, TEXT)


def test_a_bad_date_in_front_matter_is_named() -> None:
    draft = read(f"---\npublished: 2022-02-30\nupdated: null\n---\n{TEXT}")
    assert draft.warnings == ("Its date “2022-02-30” is not written as 2022-03-14.",)


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("Ferry disaster: toll climbs to 23", "Ferry disaster: toll climbs to 23"),
        ("Portwell: a [broken", "Portwell: a [broken"),
        ('"open', "open"),
        ("!!python/name:os.x y", "The barrier"),
        ("x\n  - y: z: a", "x"),
    ],
)
def test_front_matter_that_is_no_yaml_is_read_line_by_line(title: str, read_as: str) -> None:
    lines = f"title: {title}\ndate: 2022-01-18\nlink: https://example.com/x"
    draft = read(f"---\n{lines}\n---\n\n# The barrier\n\n{TEXT}")
    assert (draft.title, draft.published) == (read_as, date(2022, 1, 18))
    assert draft.url == "https://example.com/x"
    assert draft.text.endswith(TEXT)


def test_aliases_in_front_matter_are_not_followed() -> None:
    """Nine lines of aliases of aliases stand for millions of values."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghi")]
    draft = read("\n".join(["---", *lines, "published: *i", "---", "", TEXT]))
    assert (draft.published, draft.text) == (None, TEXT)


def test_text_between_rules_is_no_front_matter() -> None:
    draft = read(f"---\nA rule stands above this sentence.\n---\n\n{TEXT}")
    assert draft.text == f"A rule stands above this sentence.\n\n{TEXT}"


def test_values_stay_the_words_that_they_are() -> None:
    draft = read(
        f"---\ntitle: 1984\noutlet: no\nauthor: null\nurl: javascript:alert(1)\n---\n{TEXT}"
    )
    assert (draft.title, draft.outlet, draft.author, draft.url) == ("1984", "no", None, None)


@pytest.mark.parametrize(
    "heading", ["# The barrier", "The barrier\n===", "# The barrier #", "#   The *barrier*"]
)
def test_first_heading_is_the_title_and_not_in_the_text(heading: str) -> None:
    draft = read(f"{heading}\n\n{TEXT}")
    assert (draft.title, draft.text) == ("The barrier", TEXT)


def test_heading_that_repeats_the_title_goes_and_another_stays() -> None:
    front = "---\ntitle: The barrier\n---\n"
    assert read(f"{front}# THE BARRIER!\n\n{TEXT}").text == TEXT
    assert read(f"{front}# Another heading\n\n{TEXT}").text == f"Another heading\n\n{TEXT}"


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("The **third** *tide* ***barrier*** opened.", "The third tide barrier opened."),
        ("The __third__ _tide_ barrier opened.", "The third tide barrier opened."),
        ('See [the plan](https://example.com/a_(b) "Plan") now.', "See the plan now."),
        ("See [the plan][1] now.\n\n[1]: https://example.com", "See the plan now."),
        ("A ![picture](a.jpg) of it is here.", "A  of it is here."),
        ("It is `41 million` crowns.", "It is 41 million crowns."),
        ("> “We waited,” said the mayor.", "“We waited,” said the mayor."),
        (
            "- The market stays dry.\n- The seals may not.",
            "The market stays dry.\n\nThe seals may not.",
        ),
        ("1. The gates close.\n2. The pumps start.", "1. The gates close.\n\n2. The pumps start."),
        ("## What next\nThe gates close.", "What next\n\nThe gates close."),
        ("One stays.\n\n* * *\n\nTwo stays.", "One stays.\n\nTwo stays."),
        ("He said \\*nothing\\* at all.", "He said *nothing* at all."),
        (
            "It costs 3*4 and 5*6, says snake_case_name.",
            "It costs 3*4 and 5*6, says snake_case_name.",
        ),
        ("He paid $5 * 3 = $15 * 1 in all.", "He paid $5 * 3 = $15 * 1 in all."),
        ("A <b>bold</b> word.<!-- no --> And 3 < 4 > 2.", "A bold word. And 3 < 4 > 2."),
        ("Visit <https://example.com/a> now.", "Visit https://example.com/a now."),
        ("The [sic] stays, and so does [this] one.", "The [sic] stays, and so does [this] one."),
    ],
)
def test_marks_go_and_words_stay(marked: str, plain: str) -> None:
    assert (
        read(f"# A heading\n\nFirst comes this.\n\n{marked}").text
        == f"First comes this.\n\n{plain}"
    )


def test_a_break_in_mid_sentence_means_nothing() -> None:
    broken = TEXT.replace("barrier opened", "barrier\nopened")
    assert read(f"# Heading\n\n{broken}").text == TEXT


def test_noise_is_dropped_from_markdown_too() -> None:
    draft = read(
        f"# Heading\n\n![x](y.jpg)\n*Photo: Kim Lo/Example Images*\n\n{TEXT}\n\nAdvertisement\n"
    )
    assert draft.text == TEXT


def test_a_thematic_break_at_the_top_loses_nothing() -> None:
    assert read(f"---\n\n{TEXT}").text == TEXT
