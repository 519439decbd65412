"""Plain-text scrapes: headline, byline, dates, and the article without the noise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rag.ingest.readers import read_text_file
from rag.types import Draft

BODY = """The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said.

It cost 41 million crowns and took eleven years to build, according to the Ministry of Waters.

“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony.

Environmental groups said the barrier would hurt the seal colony. They plan to sue."""

PARAGRAPHS = BODY.split("\n\n")


def read(text: str) -> Draft:
    return read_text_file(text.encode(), Path("article.txt"))


def around(
    before: str = "", after: str = "", title: str = "Portwell opens its third barrier"
) -> Draft:
    return read(f"{title}\n\n{before}\n\n{BODY}\n\n{after}\n")


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


NOISE = [
    "Advertisement",
    "- ADVERTISEMENT -",
    "Story continues below advertisement",
    "Portwell Skyline Mug - Celebrate Your Harbour $14.99 USD Get it here>>",
    "Sponsored Content",
    "Associated Press/Kim Lo",
    "(Kim Lo/Getty Images)",
    "Photo: Kim Lo",
    "Image source, Getty Images",
    "REUTERS/Kim Lo/Pool",
    "A ferry waits at the barrier in Portwell on Monday. (AP Photo/Kim Lo)",
    "A ferry waits at the barrier, Portwell, Jan. 4, 2021. REUTERS/Kim Lo",
    "A ferry waits at the new barrier on Monday. Photograph: Kim Lo/EPA",
    "FILE - Mayor Lena Ortiz speaks in Portwell, Monday, Oct. 18, 2021.",
    "In this Oct. 18, 2021, file photo, a ferry waits at the old barrier.",
    "Mayor Lena Ortiz speaks to reporters in Portwell. (Yonhap)",
    "Read more: Why the seals came back",
    "RELATED: Storm sinks two trawlers",
    "[Related: Storm sinks two trawlers]",
    "Load more",
    "Load moreHarbour News",
    "Most Popular",
    "Trending Now",
    "You may also like",
    "Tags Lena Ortiz Portwell tide barrier",
    "Tags: Portwell, tides",
    "#Portwell #tides",
    "© 2022 Example Wire",
    "Share this article",
    "Facebook Twitter WhatsApp Email",
    "Follow @portwellpost",
    "Follow Kim Lo on Twitter",
    "Sign up for our daily newsletter",
    "Subscribe to The Example Times",
    "CLICK HERE TO GET THE EXAMPLE NEWS APP",
    "We use cookies to improve your experience on this website.",
    "Accept all cookies",
    "3 min read",
    "Home > World > Harbours",
    "Skip to main content",
    "Source link",
    "newsroom@example.com",
    "https://example.com/barrier",
    "* * *",
    "(END)",
]


ENDINGS = [
    "Copyright 2023 Example Media Inc. All rights reserved. This material may not be published.",
    "Leave a Reply",
    "Your email address will not be published. Required fields are marked *",
    "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
    "12 Comments",
]


@pytest.mark.parametrize("line", NOISE + ENDINGS)
def test_noise_after_the_text_is_dropped(line: str) -> None:
    assert around(after=line).text == BODY


@pytest.mark.parametrize("line", NOISE)
def test_noise_between_paragraphs_is_dropped_and_the_paragraphs_stay(line: str) -> None:
    text = f"\n\n{line}\n\n".join(PARAGRAPHS)
    assert read(f"Portwell opens its third barrier\n\n{text}").text == BODY


SENTENCES = [
    "Copyright law of 1976 protects the drawings, the court said.",
    "Comments on this plan were mixed, the council said on Monday.",
    "Follow the money, he told the crowd on the quay.",
    "Twelve responses to the survey were thrown out by the clerk.",
    "Tags attached to the seals were removed in spring.",
    "Topics included the tide, the market and the seals.",
    "“Read more books,” she told the children at the ceremony.",
    "By submitting the plan in May, the city agreed to the terms.",
    "The report may not be published without the consent of the mayor, it said.",
    "In a photo released by the ministry, the mayor is seen at the gate.",
    "Getty, the donor of the museum, was born in 1892.",
    "The mug costs $14.99 and sells well, the shop said.",
    "More — much more — will be needed, the engineer said.",
    "Register to vote by Friday, the clerk reminded the islanders.",
    "Lena Ortiz is a reporter turned mayor, and still writes at night.",
    "The envoy spoke to the Associated Press (AP).",
    "Advertisement spending fell by 3 percent, the union said.",
    "“Why?”",
    "It is over.",
    "What happens next?",
    "The end of the talks is near, but no one in Portwell knows when",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_that_resembles_noise_stays(sentence: str) -> None:
    text = "\n\n".join([*PARAGRAPHS[:2], sentence, *PARAGRAPHS[2:]])
    assert read(f"Portwell opens its third barrier\n\n{text}").text == text


def test_caption_attached_to_a_credit_goes_with_it() -> None:
    caption = (
        "Mayor Lena Ortiz, after a meeting with the crews, Monday, Oct. 18, 2021, in Portwell."
    )
    assert around(f"Associated Press/Kim Lo\n{caption}").text == BODY
    assert around(f"{caption}\nAssociated Press/Kim Lo").text == BODY


def test_caption_and_its_longer_form_with_the_credit_go_together() -> None:
    short = "Ferries wait at the new tide barrier of Portwell."
    long = f"{short[:-1]}, at dawn on Jan. 4, 2022. (Kim Lo/Getty Images)"
    assert around(f"{short}\n{long}").text == BODY
    assert around(f"{short}\n\n{long}").text == BODY


def test_paragraph_beside_a_credit_stays_unless_it_reads_like_a_caption() -> None:
    assert (
        read("Barrier opens at last today\n\n" + "\n\nPhoto: Kim Lo\n\n".join(PARAGRAPHS)).text
        == BODY
    )


def test_without_blank_lines_a_paragraph_after_a_credit_stays() -> None:
    text = "Barrier opens at last today\n" + "\nPhoto: Kim Lo\n".join(PARAGRAPHS)
    assert read(text).text == BODY


def test_body_goes_on_after_an_advert_and_a_list_of_links() -> None:
    text = "\n\n".join(
        [
            *PARAGRAPHS[:2],
            "Advertisement",
            "Related Stories",
            "Storm sinks two trawlers off the Skerries",
            "Last keeper leaves the lighthouse",
            *PARAGRAPHS[2:],
        ]
    )
    assert read(f"Portwell opens its third barrier\n\n{text}").text == BODY


def test_all_after_the_comment_form_goes() -> None:
    after = """Leave a Reply

    I saw it open and it was grand.

    Name *
    Email *
    Save my name, email, and website in this browser for the next time I comment."""
    assert around(after=after).text == BODY


def test_comment_button_above_the_text_does_not_end_it() -> None:
    assert around(before="Leave a comment\n\n0 Comments").text == BODY


def test_links_after_the_end_go() -> None:
    after = "Most Popular\n\n1\n\nStorm sinks two trawlers\n\n2\n\nLast keeper leaves\n\nLoad more"
    assert around(after=after).text == BODY


def test_life_of_the_author_at_the_foot_goes_and_names_the_author() -> None:
    life = (
        "Kim Lo is a freelance writer based in Portwell, covering harbours for The Example Times."
    )
    draft = around(after=f"Kim Lo\n\nFollow\n\n{life}\n\nSource link")
    assert draft.text == BODY
    assert draft.author == "Kim Lo"


def test_last_sentence_about_a_reporter_stays() -> None:
    last = "Ana Cruz is a reporter for the Portwell Post and was on the ferry."
    assert around(after=last).text.endswith(last)


def test_pull_quote_is_kept_once() -> None:
    assert read("Barrier opens at last today\n\n" + BODY + "\n\n" + PARAGRAPHS[2]).text == BODY


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
