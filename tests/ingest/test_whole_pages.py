"""Whole pages as text: menus above the headline and lists of links below the article go."""

from __future__ import annotations

import time

from scrapes import BODY, PARAGRAPHS, read

from rag.ingest.lines import Line
from rag.ingest.noise_page import cut_page

TITLE = "Portwell opens its third tide barrier"
MENU = """Skip to content
Home
News
World
Politics
Harbours
Tides and weather
Sport
The Portwell Post shop
Ferry times for the islands
Sign in"""
LINKS = """Storm sinks two trawlers off the Skerries
Last keeper leaves the lighthouse
Ten places to see a seal this spring
Why the quay smells of tar again
Crossword
Contact us
About us
Ferry strike called off at the last minute
Mayor’s dog wins a prize in the capital
Privacy policy"""
TAIL = "The Post is a newspaper of the islands. Read our privacy policy and our terms of use."


def page(*parts: str) -> str:
    return "\n".join((MENU, *parts, LINKS))


def test_menu_and_links_go_and_the_headline_is_found() -> None:
    draft = read(page(TITLE, "By Kim Lo", "4 January 2022", *PARAGRAPHS))
    assert (draft.title, draft.text) == (TITLE, BODY)
    assert (draft.author, str(draft.published)) == ("Kim Lo", "2022-01-04")


def test_headline_above_other_headlines_is_found_by_its_words() -> None:
    links = "Storm sinks two trawlers off the Skerries\nWhy the quay smells of tar again"
    assert read(page(TITLE, links, *PARAGRAPHS)).title == TITLE


def test_sentences_of_the_site_below_the_article_go() -> None:
    assert read(f"{page(*PARAGRAPHS)}\n{TAIL}").text == BODY


def test_last_sentence_of_an_article_stays_with_a_copyright_sign_in_it() -> None:
    last = "The artist has painted a © sign on the new barrier, to the surprise of the mayor."
    assert read(page(*PARAGRAPHS, last)).text == f"{BODY}\n\n{last}"


def test_what_readers_wrote_goes_with_the_heading_above_it() -> None:
    said = "\n".join(
        f"{name} says:\nJanuary 4, 2022 at 6:34 am\nI was there on the quay and it was all quite"
        " grand, whatever they tell you on the mainland about the cost of it."
        for name in ("seadog", "tarbucket", "ferrymike", "hullwoman", "oldsalt")
    )
    assert read(f"{TITLE}\n{BODY}\n34 Comments\n{said}").text == BODY


def test_correction_among_the_links_stays() -> None:
    note = "Correction: An earlier version of this article gave a wrong cost of the barrier."
    assert read(f"{page(*PARAGRAPHS)}\n{note}").text == f"{BODY}\n\n{note}"


def test_table_at_the_end_of_an_article_stays() -> None:
    rows = [f"{name}\t{number} of 41 boats" for number, name in enumerate("ABCDEFGHIJKLMNOP")]
    text = "\n\n".join([BODY, *rows])
    assert read(f"{TITLE}\n\n{text}").text == text


def test_table_stays_with_the_links_of_the_page_below_it() -> None:
    rows = [f"{name}{number} of 41 boats" for number, name in enumerate("ABCDEFGHIJKLMNOPQRST")]
    text = "\n\n".join([*PARAGRAPHS, *rows])
    draft = read(f"{MENU}\n\n{TITLE}\n\n{text}\n\n{LINKS}")
    assert all(row in draft.text for row in rows)
    assert "Crossword" not in draft.text


def test_a_date_above_the_headline_is_not_taken_for_it() -> None:
    draft = read(page("Last updated: 4 January 2022 | Portwell desk", TITLE, *PARAGRAPHS))
    assert draft.title == TITLE


def test_list_without_any_article_stays_whole() -> None:
    lines = [Line(text) for text in f"{MENU}\n{LINKS}".split("\n")]
    assert cut_page(lines) == lines


def test_two_articles_of_one_page_both_stay() -> None:
    long = [
        f"On day {number} the harbour city of Portwell opened a tide barrier that cost the"
        " ministry more than it had said in spring, and the seal colony left the quay for good."
        for number in range(6)
    ]
    text = read("\n".join([MENU, *long[:3], *[LINKS] * 6, *long[3:]])).text
    assert all(paragraph in text for paragraph in long)


def test_a_page_of_many_lines_is_cut_in_linear_time() -> None:
    lines = [Line(text) for text in [*MENU.split("\n") * 4000, *PARAGRAPHS]]
    begun = time.perf_counter()
    cut_page(lines)
    assert time.perf_counter() - begun < 10
