"""Plain-text scrapes: the noise goes, and every sentence of the article stays."""

from __future__ import annotations

import pytest
from scrapes import BODY, PARAGRAPHS, around, read

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
    "© Example Wire",
    "©2004-2022 Example Wire Inc. No part of it may be copied.",
    "Copyright © Example Media Group Ltd, 4 Quay Road, Portwell",
    "Example Newspapers © Copyright The Example Corporation",
    "Legal Notice Privacy Policy © Example Wire 2022",
    "Example Wire Advertise Jobs © 2022 Example Media. All Rights Reserved",
    "© Example Wire. Alle Rechte vorbehalten.",
    "Share this article",
    "Facebook Twitter WhatsApp Email",
    "Follow @portwellpost",
    "Follow Kim Lo on Twitter",
    "Sign up for our daily newsletter",
    "Subscribe to The Example Times",
    "CLICK HERE TO GET THE EXAMPLE NEWS APP",
    "We use cookies to improve your experience on this website.",
    "Accept all cookies",
    "ADVERTISEMENT. SCROLL TO CONTINUE READING.",
    "The Associated Press",
    "Terms of Service | Privacy Policy",
    "Already a subscriber? Sign in",
    "Views expressed in this article are those of the author and not of The Example Times.",
    "Comments have been disabled.",
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
    "The museum was sued for putting a © sign under a painting from 1650, its lawyer said.",
    "“Nobody owns © 1650,” Judge Tilda Marsh said in court, to laughter.",
    "The box says © 1999, and the clerk doubts it.",
    "© 1650 was what the judge read aloud from the frame.",
    "The contract leaves all rights reserved to the city, the mayor said.",
    "“All rights reserved,” it said on the box, to the surprise of the court.",
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
    "Views expressed in the hall were mixed, the council said.",
    "Support for our plan has grown, the mayor of Portwell said.",
    "Terms of the deal were not disclosed by either side.",
    "Getting there took the crew nine hours, all told.",
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
