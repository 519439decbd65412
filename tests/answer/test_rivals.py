"""Which figures stand against each other, in which order, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from conftest import make_hit, write_md
from test_quotes import answer, make_evidence

from rag.answer.asof import note_as_of
from rag.answer.citing import Citations
from rag.answer.counts import find_counts
from rag.answer.days import note_days
from rag.answer.figures import compare, say_later
from rag.answer.reported import ReportedCount, tell
from rag.answer.rivals import settle
from rag.answer.when import Wish
from rag.index.store import Store
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.retrieve.windows import Window
from rag.types import Answer, Filters, Sentence, Span

NONE = Wish()


def report(text: str, day: int | None, outlet: str = "Example Wire") -> ReportedCount:
    """A count of March 2022."""
    published = None if day is None else date(2022, 3, day)
    hit = make_hit(text, article=f"{abs(hash((text, outlet))):012x}"[:12], outlet=outlet)
    hit = replace(hit, article=replace(hit.article, published=published))
    [count] = find_counts(text)
    return tell(make_evidence(text, 0.3, hit=hit), count)


SIX = report("At least six boats sank.", 2)
NINE = report("Nine boats sank.", 5)
ELEVEN = report("Eleven boats sank.", 9)
TWELVE = report("Twelve boats sank.", 9, "Skell Courier")


def quote(chosen: list[ReportedCount], told: list[ReportedCount], wish: Wish = NONE) -> list[str]:
    settled = settle([one.evidence for one in chosen], told, wish, 4)
    return [one.text for one in settled.chosen]


def test_figures_of_different_days_are_both_shown_the_later_first() -> None:
    assert quote([SIX], [SIX, ELEVEN]) == ["Eleven boats sank.", "At least six boats sank."]


def test_the_newest_figure_goes_before_a_better_sentence() -> None:
    assert quote([SIX], [SIX, NINE, ELEVEN])[0] == "Eleven boats sank."


def test_figures_of_one_day_that_disagree_are_both_shown() -> None:
    assert quote([ELEVEN], [ELEVEN, TWELVE]) == ["Eleven boats sank.", "Twelve boats sank."]


def test_a_bound_does_not_disagree_with_a_figure_of_the_same_day() -> None:
    seven = report("Seven boats sank.", 2, "Skell Courier")
    assert quote([SIX], [SIX, seven]) == ["At least six boats sank."]
    assert compare([SIX, seven], []) == ()


def test_shares_within_each_others_bounds_never_differ() -> None:
    bound, share = report("More than 90 percent sank.", 2), report("93 percent sank.", 9)
    assert quote([bound], [bound, share]) == ["More than 90 percent sank."]


def test_what_nothing_contests_stays_in_the_order_of_the_best() -> None:
    again = report("Nine boats, all old, sank.", 9)
    assert quote([NINE, again], [NINE, again]) == ["Nine boats sank.", "Nine boats, all old, sank."]


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        (Wish(order="latest"), "Eleven boats sank."),
        (Wish(order="first"), "At least six boats sank."),
        (Wish(until=date(2022, 3, 8)), "Nine boats sank."),
    ],
)
def test_the_figure_of_the_time_that_is_wished_for_goes_first(wish: Wish, first: str) -> None:
    assert quote([NINE], [NINE, SIX, ELEVEN], wish)[0] == first


def test_no_later_figure_is_quoted_than_the_day_that_the_question_gives() -> None:
    chosen = quote([ELEVEN, NINE], [ELEVEN, NINE, SIX], Wish(until=date(2022, 3, 8)))
    assert "Eleven boats sank." not in chosen


def test_what_a_later_article_says_otherwise_is_left_out_too() -> None:
    other = report("Seven boats were saved.", 9, "Tamber Chronicle")
    assert quote([NINE, other], [NINE], Wish(until=date(2022, 3, 8))) == ["Nine boats sank."]
    assert quote([NINE, other], [NINE]) == ["Nine boats sank.", "Seven boats were saved."]


def around(first: int, last: int) -> Wish:
    return Wish(around=Window(date(2022, 3, first), date(2022, 3, last)))


def test_the_figure_of_a_past_day_is_its_own_or_the_last_one_before() -> None:
    every = [ELEVEN, NINE, SIX]
    assert quote([], every, around(5, 5)) == ["Nine boats sank."]
    assert quote([], [ELEVEN, SIX], around(4, 5)) == ["At least six boats sank."]


def test_beside_the_figure_of_a_past_day_no_later_one_is_quoted() -> None:
    assert quote([SIX, ELEVEN], [SIX, ELEVEN], around(2, 2)) == ["At least six boats sank."]


def test_a_figure_over_the_days_that_are_asked_about_is_preferred_to_a_later_one() -> None:
    month = report("Six boats sank in February.", 2)
    wish = Wish(since=date(2022, 2, 1), to=date(2022, 2, 28))
    assert quote([ELEVEN], [ELEVEN, month], wish)[0] == "Six boats sank in February."
    year = Wish(since=date(2022, 1, 1))
    counted = report("It has counted 20 sinkings, starting from January.", 4)
    assert quote([ELEVEN], [ELEVEN, counted], year)[0] == counted.evidence.text


def test_where_all_figures_are_later_none_is_quoted() -> None:
    settled = settle([ELEVEN.evidence], [ELEVEN], Wish(until=date(2022, 3, 1)), 4)
    assert settled.chosen == []
    [note] = say_later(settled.later)
    assert "eleven (Example Wire, 9 March 2022)" in note


def test_a_figure_given_for_an_earlier_time_holds_though_it_is_told_later() -> None:
    late = report("Six boats sank between 1 January and 8 January 2022.", 9)
    assert quote([late], [late], Wish(until=date(2022, 1, 20))) == [late.evidence.text]


def test_undated_figures_are_never_taken_for_those_of_a_day() -> None:
    undated = report("Nine boats sank.", None)
    assert quote([undated], [undated, SIX], Wish(until=date(2022, 3, 8)))[0] == SIX.evidence.text
    assert quote([undated], [undated, SIX], Wish(order="latest"))[0] == SIX.evidence.text


def test_the_note_lists_the_later_figure_first() -> None:
    assert compare([SIX, ELEVEN], [SIX, ELEVEN]) == (
        "The articles give different figures: eleven (9 March 2022), at least six (2 March 2022).",
    )


def test_a_figure_that_is_not_cited_is_listed_with_its_outlet() -> None:
    [note] = compare([SIX, ELEVEN], [ELEVEN])
    assert "at least six (Example Wire, 2 March 2022)" in note


def test_other_periods_are_said_to_be_others() -> None:
    year = report("It fired 11 rockets since 2022 began.", 12)
    autumn = report("It fired six rockets between September 2021 and 10 January 2022.", 1)
    assert compare([autumn, year], [autumn, year]) == (
        "The articles give figures for different periods: 11 since 2022 began (12 March 2022), six"
        " between September 2021 and 10 January 2022 (1 March 2022).",
    )


def test_sources_of_one_day_are_said_to_disagree() -> None:
    assert compare([ELEVEN, TWELVE], []) == (
        "Sources of the same day disagree: eleven (Example Wire, 9 March 2022), twelve (Skell"
        " Courier, 9 March 2022).",
    )


def test_the_same_figure_is_no_other_figure() -> None:
    assert compare([NINE, report("Nine boats sank.", 9)], []) == ()


def test_copies_of_one_story_are_one_source(fill: Callable[..., Store]) -> None:
    body = "The storm at Tarsa sank nine boats."
    store = fill(
        a=write_md(body, title="Storm", outlet="Example Wire", published="2022-03-09"),
        b=write_md(body, title="Gale", outlet="Skell Courier", published="2022-03-10"),
    )
    found = answer(store, "How many boats did the storm at Tarsa sink?")
    assert [sentence.text for sentence in found.sentences] == [body]


def test_the_count_since_the_year_began_is_the_one_of_this_year(
    fill: Callable[..., Store],
) -> None:
    store = fill(
        may=write_md(
            "The ministry counted at least nine fires in Kestria between November last year and"
            " May.\n\nFarmers want help.",
            title="Help for villages",
            outlet="Example Wire",
            published="2023-06-02",
        ),
        august=write_md(
            "KORVA, Aug 14 (Skell Courier) - The ministry counted at least 27 fires in Kestria"
            " since 2023 began.\n\nIt asked two neighbours for aircraft. The rain is late.",
            title="Kestria asks for aircraft",
            outlet="Skell Courier",
            published="2023-08-14",
        ),
        later=write_md(
            "Two boats sank at Tarsa on Friday.", title="Boats sink", published="2024-08-02"
        ),
    )
    found = answer(store, "How many fires have there been in Kestria so far this year?")
    assert "27 fires" in found.sentences[0].text
    found = answer(store, "How many fires had there been in Kestria by mid-June?")
    assert "nine fires" in found.sentences[0].text
    assert not any("27 fires" in sentence.text for sentence in found.sentences)


def test_a_count_of_something_else_is_no_rival(fill: Callable[..., Store]) -> None:
    store = fill(
        a=write_md("The storm at Tarsa killed nine people.", title="Storm", published="2022-03-09"),
        b=write_md("The storm at Tarsa hurt 40 people.", title="Gale", published="2022-03-10"),
    )
    with store.reading() as generation:
        asked = parse_question("How many people did the storm at Tarsa kill?")
        hits = search(store, generation, asked.text, 10, Filters())
        found = answer(store, asked.text)
        assert found.sentences[0].text == "The storm at Tarsa killed nine people."
        notes = note_days(replace(found, hits=tuple(hits)), asked, generation, store.embedder)
    assert not any("figures" in note or "disagree" in note for note in notes)


def make_answer(*sentences: str, hits: tuple[str, ...], days: tuple[int | None, ...]) -> Answer:
    """A model's answer: each sentence cites the hit of its place, the rest of them stay unused."""
    citations, written, found = Citations(), [], []
    for number, (text, day) in enumerate(zip(hits, days, strict=True)):
        hit = make_hit(text, article=f"{number:012d}", outlet=f"Outlet {number}")
        hit = replace(
            hit,
            article=replace(hit.article, published=None if day is None else date(2022, 3, day)),
        )
        found.append(hit)
        if number < len(sentences):
            cited = citations.cite(hit.article, Span(0, len(text)))
            written.append(Sentence(sentences[number], (cited,), "checked"))
    return Answer("?", "openai:m", tuple(written), citations=citations.list(), hits=tuple(found))


def note(store: Store, question: str, given: Answer) -> tuple[str, ...]:
    with store.reading() as generation:
        return note_days(given, parse_question(question), generation, store.embedder)


def test_a_rival_figure_that_a_model_left_out_is_told(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("Nothing of this.", title="Other"))
    given = make_answer(
        "The storm at Tarsa sank 11 boats.",
        hits=("The storm at Tarsa sank 11 boats.", "The storm at Tarsa sank at least six boats."),
        days=(9, 2),
    )
    notes = note(store, "How many boats did the storm at Tarsa sink?", given)
    assert notes[-1] == (
        "The articles give different figures: 11 (9 March 2022), at least six (Outlet 1, 2 March"
        " 2022)."
    )
    free = note(store, "What happened at Tarsa?", given)
    assert free[-1] == notes[-1]


def test_nothing_is_told_of_figures_that_agree(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("Nothing of this.", title="Other"))
    given = make_answer(
        "The storm at Tarsa sank 11 boats.",
        hits=("The storm at Tarsa sank 11 boats.", "The storm at Tarsa hurt six people."),
        days=(9, 2),
    )
    notes = note(store, "How many boats did the storm at Tarsa sink?", given)
    assert notes == ("As of 9 March 2022, the day of the article quoted.",)


@pytest.mark.parametrize(
    ("question", "said", "noted"),
    [
        ("How many boats sank?", "Eleven boats sank.", True),
        ("Who is the mayor of Skell?", "Ines Aldana is the mayor of Skell.", True),
        ("Which countries have condemned it?", "France and Spain have condemned it.", True),
        ("Which party leads in Skell?", "The Greens lead in Skell.", True),
        ("What happened at Skell?", "The death toll at Skell rose to 41.", True),
        ("Is the bridge at Skell still closed?", "The bridge was reopened on Friday.", True),
        ("Who leads Skell?", "Ines Aldana, the mayor of Skell, cut a ribbon.", True),
        ("Who is the mayor of Skell?", "Ines Aldana took over from her deputy.", True),
        ("Was the bridge at Skell closed?", "The bridge was reopened on Friday.", False),
        ("Who won the vote in Skell?", "Ines Aldana won the vote.", False),
        ("When was the bridge opened?", "It was opened on 12 March 2022.", False),
        ("Which bridge was opened?", "The bridge, which has two lanes, was opened.", False),
        ("Who is the mayor of Skell?", "Ines Aldana won the vote.", False),
        ("Who's the mayor of Skell?", "Ines Aldana is the mayor.", True),
        # A genitive asks for no present state.
        ("Who named Skell's mayor?", "A man who has two boats named her.", False),
    ],
)
def test_counts_and_states_hold_as_of_a_day_and_events_do_not(
    question: str, said: str, noted: bool
) -> None:
    given = make_answer(said, hits=(said,), days=(9,))
    expected = "As of 9 March 2022, the day of the article quoted." if noted else None
    assert note_as_of(given, parse_question(question)) == expected


def test_the_newest_article_that_is_quoted_gives_the_day() -> None:
    given = make_answer(
        "Six boats sank.",
        "Nine boats sank.",
        hits=("Six boats sank.", "Nine boats sank."),
        days=(2, 9),
    )
    found = note_as_of(given, parse_question("How many boats sank?"))
    assert found == "As of 9 March 2022, the day of the newest article quoted."


def test_an_undated_article_is_said_to_be_undated() -> None:
    given = make_answer("Nine boats sank.", hits=("Nine boats sank.",), days=(None,))
    found = note_as_of(given, parse_question("How many boats sank?"))
    assert found == "As of the article quoted, which is undated."


def test_what_is_not_borne_out_gives_no_day() -> None:
    given = make_answer("Nine boats sank.", hits=("Nine boats sank.",), days=(9,))
    doubtful = tuple(replace(one, check="unsupported") for one in given.sentences)
    question = parse_question("How many boats sank?")
    assert note_as_of(replace(given, sentences=doubtful), question) is None
    assert note_as_of(Answer("?", "quotes"), question) is None


def test_figures_that_end_before_they_were_told_hold_as_of_their_last_day() -> None:
    given = make_answer(
        "It made six launches between 1 January and 8 February 2022.", hits=("A.",), days=(9,)
    )
    question = parse_question("How many launches were there by the end of February?")
    assert note_as_of(given, question, first=True) == (
        "As of 8 February 2022, the last day that the figures quoted count."
    )
    given = make_answer("It has made six launches since 1 January.", hits=("A.",), days=(9,))
    assert "9 March 2022, the day of the article" in (note_as_of(given, question) or "")


def test_a_past_day_that_no_figure_reaches_back_to_narrows_nothing() -> None:
    wish = around(1, 1)
    assert quote([NINE, ELEVEN], [NINE, ELEVEN], wish) == ["Eleven boats sank.", "Nine boats sank."]


def test_those_who_are_employed_are_employees(fill: Callable[..., Store]) -> None:
    store = fill(
        a=write_md(
            "At its yard by the harbour in Ulm Brandel employs 4,200 people.",
            title="Paint",
            published="2019-03-01",
        ),
        b=write_md(
            "At its yard by the harbour in Ulm Brandel has 3,600 employees.",
            title="Profit",
            published="2020-02-05",
        ),
    )
    found = answer(store, "How many employees has Brandel at its yard by the harbour in Ulm?")
    assert [sentence.text for sentence in found.sentences] == [
        "At its yard by the harbour in Ulm Brandel has 3,600 employees.",
        "At its yard by the harbour in Ulm Brandel employs 4,200 people.",
    ]
    assert any("different figures" in one for one in found.notes)
