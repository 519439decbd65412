"""A count told as a fact goes before one that is feared, rumoured or an opinion's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import write_md
from test_quotes import answer

from rag.answer.counts import asks_whether, find_counts
from rag.answer.hedged import asks_hedged, is_opinion
from rag.answer.kinds import find_kind, has_answer
from rag.answer.when import drop_wish
from rag.index.store import Store
from rag.retrieve.question import parse_question
from rag.types import Article


@pytest.mark.parametrize(
    ("sentence", "hedged"),
    [
        ("Some say that 90 people may have been killed.", True),
        ("It is feared that 90 people died.", True),
        ("At least 12 people are feared dead.", True),
        ("Up to 90 people died.", True),
        ("There are rumours of 90 dead.", True),
        ("The fire reportedly killed 90 people.", True),
        ("The fire killed 90 people.", False),
        ("At least 12 people died.", False),
        ("The mud killed 12 people in what may be the worst slide on record.", False),
        ("Rains in May killed 12 people.", False),
        ("Police said 12 people died, and more may be found.", False),
    ],
)
def test_a_hedged_count_is_known(sentence: str, hedged: bool) -> None:
    [count] = find_counts(sentence)
    assert count.hedged is hedged


@pytest.mark.parametrize(
    "sentence",
    [
        "Forty lost their lives.",
        "The toll climbs to forty.",
        "It sank with the loss of forty lives.",
        "The quake claimed forty lives.",
        "Forty people lost their lives.",
    ],
)
def test_deaths_are_counted_however_they_are_put(sentence: str) -> None:
    [count] = find_counts(sentence)
    assert (count.value, count.fate) == (40, "dead")
    assert count.noun in ("people", "live", None)


def _write(title: str, url: str | None = None) -> Article:
    return Article("a.md", title, "Text.", url=url)


@pytest.mark.parametrize(
    ("title", "url", "opinion"),
    [
        ("Opinion: The mine was a grave", None, True),
        ("Editorial | The mine was a grave", None, True),
        ("The mine was a grave – Comment", None, True),
        ("The mine was a grave", "https://post.example/opinion/mine", True),
        ("Opinion polls put Marn ahead", None, False),
        ("Leader of the rescuers resigns", None, False),
        ("Marn declines comment", "https://post.example/news/mine", False),
    ],
)
def test_an_opinion_is_known_by_its_headline_or_section(
    title: str, url: str | None, opinion: bool
) -> None:
    assert is_opinion(_write(title, url)) is opinion


def test_a_question_for_what_may_be_is_one() -> None:
    assert asks_hedged("How many may have died?")
    assert not asks_hedged("How many died by 21 May?")


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Did 60 people die?", True),
        ("Were 200 miners killed in Askeby?", True),
        ("Did anybody die?", False),
        ("Did Marn resign in 2021?", False),
        ("How many of the 60 people died?", False),
    ],
)
def test_a_question_whether_a_count_is_right_is_known(question: str, asks: bool) -> None:
    assert asks_whether(question) is asks


def test_the_last_day_of_a_count_is_not_searched_for_in_sentences() -> None:
    assert drop_wish("How many died by 14 May 2024?").split() == "How many died ?".split()
    assert drop_wish("How many died as of the 3rd of May?").split() == "How many died ?".split()
    assert "2024" in drop_wish("Who spoke before 14 May 2024?")


@pytest.mark.parametrize(
    ("sentence", "sum_of_money"),
    [
        ("The village will get 2 million kroner.", True),
        ("It costs 40,000 Swedish crowns.", True),
        ("A ticket is 300 rupees.", True),
        ("They paid eighty thousand naira.", True),
        ("The king has crowns of gold.", False),
        ("All three won.", False),
        ("The brand has 12 shops.", False),
    ],
)
def test_currencies_by_their_names_are_sums_behind_a_number(
    sentence: str, sum_of_money: bool
) -> None:
    question = parse_question("How much did the wreck cost?")
    kind = find_kind(question)
    assert kind is not None
    assert has_answer(kind, question, sentence) is sum_of_money


@pytest.fixture
def slide(fill: Callable[..., Store]) -> Store:
    """A landslide and what an opinion says of it; and a fire beside it."""

    def write(body: str, title: str, day: str) -> str:
        return write_md(body, title=f'"{title}"', published=day, outlet="Torvel Post")

    return fill(
        first=write(
            "A landslide in Torvel killed seven people in the village of Askeby on Friday. The"
            " mine there belongs to Ostrad Copper.",
            "Landslide in Askeby kills seven",
            "2021-09-03",
        ),
        second=write(
            "Rescuers in Askeby have recovered 19 bodies, and the landslide has claimed 21 lives"
            " in all, the office in Torvel said. The mine of Ostrad Copper was closed.",
            "Landslide in Askeby: search goes on",
            "2021-09-05",
        ),
        third=write(
            "Forty-four people lost their lives in the landslide in Askeby, the governor of Torvel"
            " said, and a mine of Ostrad Copper is to blame.",
            "Landslide in Askeby: the search ends",
            "2021-09-10",
        ),
        column=write(
            "Ostrad Copper has dug in Torvel for a century. Some say that 200 people may have"
            " died in the landslide in Askeby.",
            "Comment: Who will pay for Askeby?",
            "2021-09-12",
        ),
        fire=write(
            "The death toll of the fire in Brenn rose to 11, the fire brigade said.",
            "Toll of the fire in Brenn climbs",
            "2021-09-14",
        ),
    )


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How many people died in the landslide in Askeby?", "Forty-four"),
        ("Did 200 people die in Askeby?", "Forty-four"),
        ("How many people died in Askeby as of 30 September 2021?", "Forty-four"),
        ("What is the latest death toll of the landslide in Askeby?", "Forty-four"),
        ("How many people had died in Askeby by 6 September 2021?", "21 lives"),
        ("How many people may have died in Askeby?", "Some say that 200"),
    ],
)
def test_the_latest_count_told_as_a_fact_leads(slide: Store, question: str, first: str) -> None:
    told = [sentence.text for sentence in answer(slide, question).sentences]
    assert first in told[0]
    assert "may have" in question or not any("200" in text for text in told)


def test_what_is_only_hedged_is_told_where_nothing_else_is(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("Some say that 60 people may have died.", title="Askeby mourns"))
    assert "60 people" in answer(store, "How many people died?").text


def test_a_bare_question_for_the_toll_is_answered(fill: Callable[..., Store]) -> None:
    text = "The death toll in Askeby rose to 23 on Sunday after a night of heavy rain and wind."
    store = fill(a=write_md(text, title="Askeby mourns", published="2021-09-05"))
    found = answer(store, "What is the death toll?", confidence=0.4)
    assert "rose to 23" in found.text


def test_a_ship_is_no_place_that_a_count_is_elsewhere(fill: Callable[..., Store]) -> None:
    text = "SOLLEN — The death toll of the sinking of the Marika Queen rose to 23 on Sunday."
    store = fill(a=write_md(text, title="Sollen mourns", published="2021-09-05"))
    assert "rose to 23" in answer(store, "How many people died in Sollen?").text


def test_who_followed_in_an_office_is_shown_though_the_office_is_named_before(
    fill: Callable[..., Store],
) -> None:
    store = fill(
        old=write_md(
            "Ostrad Copper director Hilde Marn denied that the mine was at fault.",
            title="Ostrad Copper denies fault",
            published="2021-09-05",
        ),
        new=write_md(
            "Hilde Marn resigned as director on Friday. Her successor, Jon Elvik, said the mine"
            " would stay closed.",
            title="Ostrad Copper changes its head",
            published="2021-10-01",
        ),
    )
    for question in ("Who is the director of Ostrad Copper?", "Who runs Ostrad Copper now?"):
        told = [sentence.text for sentence in answer(store, question).sentences]
        assert any("Jon Elvik" in text for text in told[:2])
