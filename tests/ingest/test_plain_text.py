"""Plain-text scrapes: headline, byline, dates, whole paragraphs."""

from __future__ import annotations

from datetime import date

import pytest
from scrapes import BODY, PARAGRAPHS, around, read


def test_first_headline_is_the_title_and_not_in_the_text() -> None:
    draft = around()
    assert draft.title == "Portwell opens its third barrier"
    assert draft.text == BODY


def test_section_name_above_the_headline_is_not_the_title() -> None:
    draft = read(f"Harbour News\n\nPortwell opens its third barrier\n\n{BODY}")
    assert (draft.title, draft.text) == ("Portwell opens its third barrier", BODY)


def test_headline_that_is_two_sentences_in_title_case_is_the_title() -> None:
    title = "Portwell Opens Its Third Barrier. Why Nobody Cheers."
    assert around(title=title).title == title


def test_text_without_a_headline_keeps_its_first_sentence() -> None:
    draft = read(BODY)
    assert draft.text == BODY
    assert draft.title == PARAGRAPHS[0]


def test_long_first_sentence_is_trimmed_for_the_title() -> None:
    draft = read("The barrier was " + "very " * 60 + "dear. It opened.")
    assert len(draft.title) <= 121
    assert draft.title.endswith("very…")


def test_question_that_may_open_the_article_stays_in_the_text() -> None:
    question = "Portwell, Jan. 18 — how long can a small city pay for three barriers at a time?"
    assert question in read(f"{question}\n\n{BODY}").text


@pytest.mark.parametrize(
    "line",
    [
        "January 18, 2022",
        "Published: January 18, 2022",
        "Posted on Jan. 18, 2022 at 3:15 pm",
        "January 18, 2022 3:15 PM EST",
        "Tue 18 Jan 2022 08.15 GMT",
        "By Jane Doe | January 18, 2022",
        "By Jane Doe\nJanuary 18, 2022",
        "Jane Doe - Jan 18, 2022, 10:31 pm CST",
        "Date: 2022-01-18",
        "BY JANE DOE - 01/18/22 02:24 PM EST",
        "by: The Example Press\nPosted: Jan 18, 2022 / 03:15 PM EST",
        "January 18, 2022 Updated: January 18, 2022",
        "18/01/2022",
    ],
)
def test_date_that_the_article_states_is_taken_and_not_in_the_text(line: str) -> None:
    draft = around(before=line)
    assert draft.published == date(2022, 1, 18)
    assert draft.text == BODY


@pytest.mark.parametrize(
    "line",
    [
        "SEOUL, Jan. 18 (Example Wire) — The envoys met.",
        "Copyright 2023 Example Media Inc. All rights reserved.",
        "Published 2 hours ago",
        "03/04/2022",
        "Updated",
        "The plan was signed on January 18, 2022, in Portwell by both sides.",
        "Kim Lo/Getty Images\nOct. 18, 2021",
        "Oct. 18, 2021\nPhoto: Kim Lo",
        "Ferries wait at the barrier. (AP Photo/Kim Lo, Oct. 18, 2021)",
    ],
)
def test_no_date_is_invented(line: str) -> None:
    draft = around(before=line)
    assert (draft.published, draft.updated) == (None, None)


@pytest.mark.parametrize(
    ("line", "warnings"),
    [
        ("Published: 03/04/2022", ("Its date “03/04/2022” reads two ways, and was left out.",)),
        ("03/04/2022", ("Its date “03/04/2022” reads two ways, and was left out.",)),
        ("Published: 2022-02-30", ("Its date “2022-02-30” is in no calendar, and was left out.",)),
        ("Posted 03/04/2022\n\nPublished: 4 March 2022", ()),
        ("The plan of 03/04/2022 was signed in Portwell by both sides.", ()),
    ],
)
def test_a_date_that_is_left_out_is_named(line: str, warnings: tuple[str, ...]) -> None:
    assert around(before=line).warnings == warnings


def test_a_date_in_the_text_is_not_named_where_front_matter_states_another() -> None:
    stated = f"---\npublished: 2022-03-04\n---\nPublished: 03/04/2022\n\n{BODY}"
    assert read(stated).warnings == ()


def test_photo_date_is_not_the_articles_date() -> None:
    caption = "The mayor speaks in Portwell, Monday, Oct. 18, 2021, at the gate."
    assert around(f"Associated Press/Kim Lo\n{caption}").published is None


def test_dates_of_a_chronicle_are_not_the_articles_date() -> None:
    days = "\n\n".join(
        f"January {n}, 2022\n\nThe water rose by {n} centimetres that day." for n in (5, 6, 7)
    )
    draft = around(after=days)
    assert draft.published is None
    assert "January 5, 2022" in draft.text


def test_published_and_updated_are_told_apart() -> None:
    draft = around(before="Published: January 18, 2022\nUpdated: January 19, 2022")
    assert (draft.published, draft.updated) == (date(2022, 1, 18), date(2022, 1, 19))


def test_date_of_a_linked_article_at_the_foot_is_not_taken() -> None:
    assert (
        around(after="Related Stories\n\nStorm sinks trawlers\n\nPublished: May 2, 2019").published
        is None
    )


def test_byline_outlet_and_address_are_read_from_their_lines() -> None:
    draft = read(
        "Title: Portwell opens its third barrier\nSource: The Example Times\nAuthor: Jane Doe\n"
        f"Date: 2022-01-18\nURL: https://example.com/barrier\n\n{BODY}"
    )
    assert draft.title == "Portwell opens its third barrier"
    assert (draft.outlet, draft.author) == ("The Example Times", "Jane Doe")
    assert (draft.published, draft.url) == (date(2022, 1, 18), "https://example.com/barrier")
    assert draft.text == BODY


def test_byline_on_two_lines_is_read() -> None:
    draft = around(before="By\nJane Doe")
    assert (draft.author, draft.text) == ("Jane Doe", BODY)


def test_hard_wrapped_paragraphs_are_whole_again() -> None:
    wrapped = """Portwell opens its third barrier

The harbour city of Portwell opened its third tide barrier on Tuesday,
the mayor said.

It cost 41 million crowns and took eleven years to build, according to
the Ministry of Waters.

“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony.

Environmental groups said the barrier would hurt the seal colony. They
plan to sue."""
    assert read(wrapped).text == BODY


def test_paragraphs_on_single_lines_stay_paragraphs() -> None:
    assert read("Portwell opens its third barrier\n" + "\n".join(PARAGRAPHS)).text == BODY


def test_characters_within_lines_stay_as_they_are() -> None:
    line = (
        "The\xa0“café” is de\u0301ja\u0300 vu — می\u200cخواهم, co\xadop 👨‍👩‍👧 and\u202f5\u00a0%."
    )
    assert line in around(before=line + " It is old.").text


def test_control_characters_and_direction_overrides_go() -> None:
    draft = around(
        before="The\x07 gate\u202e is\u2066 open,\x00 the mayor said.".replace("\x00", "")
    )
    assert "The gate is open, the mayor said." in draft.text


def test_old_line_ends_are_read() -> None:
    assert read(f"A headline of five words\n\n{BODY}".replace("\n", "\r\n")).text == BODY
    assert read(f"A headline of five words\n\n{BODY}".replace("\n", "\r")).text == BODY


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "مدينة الميناء تفتتح حاجزها الثالث",
            "افتتحت المدينة حاجزها الثالث يوم الثلاثاء، حسبما قال رئيس البلدية.",
        ),
        (
            "港口城市启用第三座防潮闸",
            "港口城市波特韦尔星期二启用了第三座防潮闸，市长说。这座闸耗资四千一百万克朗。",
        ),
        ("बंदरगाह शहर ने तीसरा बाँध खोला", "बंदरगाह शहर ने मंगलवार को अपना तीसरा बाँध खोला, मेयर ने कहा।"),
        (
            "Портовый город открыл третий барьер",
            "Портовый город открыл третий барьер во вторник, сказал мэр города.",
        ),
        (
            "עיר הנמל פתחה מחסום שלישי",
            "עיר הנמל פתחה ביום שלישי את המחסום השלישי שלה, אמר ראש העיר.",
        ),
    ],
)
def test_other_scripts_are_read_like_english(title: str, body: str) -> None:
    draft = read(f"{title}\n\n{body}\n")
    assert (draft.title, draft.text) == (title, body)


def test_front_matter_of_a_text_file_is_read() -> None:
    draft = read(
        f"---\ntitle: The third barrier\noutlet: Example Wire\n---\nThe third barrier\n\n{BODY}"
    )
    assert (draft.title, draft.outlet, draft.text) == ("The third barrier", "Example Wire", BODY)
