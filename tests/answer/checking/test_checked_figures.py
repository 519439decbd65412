"""Figures of a sentence: their values, bounds, shares and what they count."""

from __future__ import annotations

import pytest
from conftest import FakeEmbedder, make_hit

from rag.answer.checking.bounds import bears_out, find_bound
from rag.answer.checking.figures import find_figures
from rag.answer.support import check_sentence


def doubt(passage: str, claim: str) -> str | None:
    return check_sentence(claim, [make_hit(passage)], FakeEmbedder()).why


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("six clubs", ""),
        ("at least six clubs", "at least"),
        ("no fewer than six clubs", "at least"),
        ("six clubs or more", "at least"),
        ("up to six clubs", "at most"),
        ("as many as six clubs", "at most"),
        ("six clubs at most", "at most"),
        ("more than six clubs", "more than"),
        ("losses exceeded $6", "more than"),
        ("fewer than six clubs", "less than"),
        ("nearly six clubs", "nearly"),
        ("some six clubs", "about"),
        ("exactly six clubs", "exactly"),
        ("six clubs in all", "exactly"),
        ("over six months the club lost", ""),
    ],
)
def test_a_bound_is_found_before_or_behind_its_figure(text: str, bound: str) -> None:
    assert [figure.bound for figure in find_figures(text)] == [bound]


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("nine in ten voters", 90),
        ("three out of every four voters", 75),
        ("a quarter of the voters", 25),
        ("two-fifths of the voters", 40),
        ("two tenths", 20),
    ],
)
def test_a_share_in_words_is_one_in_percent(text: str, percent: int) -> None:
    [figure] = find_figures(text)
    assert (figure.quantity.value, figure.quantity.unit) == (percent, "%")


def test_days_and_years_are_no_figures_and_four_and_a_half_is_one() -> None:
    assert find_figures("on 5 and 10 January 2022") == []
    assert [float(f.quantity.value) for f in find_figures("four and a half hours")] == [4.5]
    assert [f.is_time for f in find_figures("12 goals in three weeks")] == [False, True]
    assert find_figures("12 late goals by the club")[0].counted == ("late", "goal")


def test_a_word_that_says_a_number_is_marked_as_such() -> None:
    [figure] = find_figures("more than a decade")
    assert (figure.quantity.value, figure.worded, figure.bound) == (10, True, "more than")
    assert find_figures("both sides")[0].quantity.value == 2


@pytest.mark.parametrize(
    ("source", "claim", "allowed"),
    [
        ("more than", "at least", True),
        ("at least", "more than", False),
        ("", "at least", False),
        ("about", "", True),
        ("", "about", True),
        ("at least", "at least", True),
        ("", "exactly", True),
        ("nearly", "less than", True),
    ],
)
def test_a_bound_bears_out_itself_and_what_follows_from_it(
    source: str, claim: str, allowed: bool
) -> None:
    assert bears_out(source, claim) == allowed  # type: ignore[arg-type]


def test_a_bound_that_is_far_away_belongs_to_another_figure() -> None:
    assert find_bound("At least in the north, the wind felled ", " trees") == ""


STORM = (
    "The storm felled at least 300 trees on Monday. Nearly 40 homes lost their roofs, the mayor"
    " said. One in five schools stayed shut."
)


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("The storm felled 300 trees.", "“at least 300”, not “300”"),
        ("The storm felled at most 300 trees.", "“at least 300”, not “at most 300”"),
        ("The storm felled at least 400 trees.", "number 400"),
        ("More than 40 homes lost their roofs, the mayor said.", "“nearly 40”, not “more than 40”"),
        ("One in four schools stayed shut.", "number One in four"),
    ],
)
def test_a_figure_with_another_bound_or_value_is_named(claim: str, why: str) -> None:
    assert why in (doubt(STORM, claim) or "")


@pytest.mark.parametrize(
    "claim",
    [
        "At least 300 trees were felled by the storm.",
        "No fewer than 300 trees were felled by the storm.",
        "Almost 40 homes lost their roofs, the mayor said.",
        "20% of the schools stayed shut.",
    ],
)
def test_a_figure_in_other_words_passes(claim: str) -> None:
    assert doubt(STORM, claim) is None


def test_a_figure_of_something_else_is_named_with_the_articles_sentence() -> None:
    passage = (
        "The club sold 21 players in the summer break and kept its coach. It rained a lot."
        " The club bought 14 players in the winter break, the chairman said."
    )
    why = doubt(passage, "The club sold 14 players in the summer break and kept its coach.") or ""
    assert "“14” for something else" in why
    assert "sold 21 players" in why


def test_a_length_of_time_between_two_days_of_the_article_passes() -> None:
    passage = "The bank failed on 3 March 2023. Its chairman resigned on 6 March 2023."
    assert doubt(passage, "The chairman resigned three days after the bank failed.") is None
    assert "number five" in (
        doubt(passage, "The chairman resigned five days after the bank failed.") or ""
    )


@pytest.mark.parametrize(
    "number",
    """1|2|1.1|1,1|1 1|½|11½|Ⅻ|ⅻ|⑫|1²|十二|a score of|dozens of|hundreds of|tens of thousands of
    |twice 11|double the 11|minus 11|-11|1.100.000|zero""".replace("\n    ", "").split("|"),
)
def test_no_number_that_a_source_has_not_is_checked(number: str) -> None:
    passage = "The ministry counted 11 launches since January. Its 40 clerks live in Port Ellery."
    claim = f"Since January the ministry counted {number} launches."
    assert "does not stand" in (doubt(passage, claim) or "")
    assert doubt(passage, claim.replace(number, "11")) is None


@pytest.mark.parametrize(
    ("told", "claim"),
    [
        ("one launch", "1 launch"),
        ("a launch", "1 launch"),
        ("two launches", "2 launches"),
        ("24 launches", "dozens of launches"),
        ("dozens of launches", "dozens of launches"),
        ("20 launches", "a score of launches"),
        ("eleven and a half launches", "11½ launches"),
        ("⑫ launches", "12 launches"),
        ("十二 launches", "十二 launches"),
        ("half of the launches", "half of the launches"),
        ("minus 30 launches", "-30 launches"),
        ("twice 11 launches", "twice 11 launches"),
    ],
)
def test_the_same_number_written_otherwise_is_borne_out(told: str, claim: str) -> None:
    why = doubt(f"The ministry counted {told} at sea.", f"The ministry counted {claim}.") or ""
    assert "number" not in why and "does not stand" not in why


@pytest.mark.parametrize(
    ("told", "claim", "same"),
    [
        ("30 degrees", "30 percent", False),
        ("30 percent", "30 degrees", False),
        ("30 degrees", "minus 30 degrees", False),
        ("minus 30 degrees", "30 degrees", False),
        ("-30 degrees", "30 degrees below zero", True),
        ("20 to 30 percent", "20 percent", True),
        ("30 percent", "30%", True),
    ],
)
def test_a_number_has_its_unit_and_its_sign(told: str, claim: str, same: bool) -> None:
    why = doubt(f"In Port Ellery it rose to {told}.", f"It rose to {claim} in Port Ellery.")
    assert ("number" in (why or "")) != same


def test_the_number_of_a_source_is_none_of_a_claim() -> None:
    assert doubt("The ministry counted launches.", "Launches the ministry counted. [2]") is None
