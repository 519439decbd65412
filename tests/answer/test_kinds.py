"""Kinds: what a question asks for, and whether a sentence has one."""

from __future__ import annotations

import pytest

from rag.answer.kinds import (
    asks_yes_or_no,
    find_head,
    find_kind,
    has_answer,
    list_counted,
    list_tallied,
)
from rag.retrieve.question import Question


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("How much did the ferry cost?", "a sum of money"),
        ("How much was the mayor paid?", "a sum of money"),
        ("How long did the strike last?", "a length of time"),
        ("How many days did the strike last?", "a length of time"),
        ("How long was he in office?", "a length of time"),
        ("How long is the quay?", "a length"),
        ("How long was Skell's strike?", "a length"),
        ("How long is Norrby Bridge?", "a length"),
        ("What percentage of Skell voted?", "a share"),
        ("How old is the mayor?", "an age"),
        ("How far is Skell from Tolm?", "a distance or a size"),
        ("What time did the ferry leave?", "a time of day"),
        ("What was the final score?", "a score"),
        ("How many ferries sank?", "a number"),
        ("How much water was lost?", "a number"),
        ("How much land did the soldiers take?", "a number"),
        ("How much rain fell in the summer?", "a number"),
        ("How much support does Biden have?", "a number"),
        ("How many secondary schools closed?", "a number"),
        ("How many centuries did it last?", "a length of time"),
        ("Who is the mayor of Skell?", "a person"),
        ("Who is coming?", "a person"),
        ("How much time did the council spend on the crane?", "a number"),
        ("When did the ferry sink?", "a date"),
        ("What year did the council meet?", "a date"),
        ("Where was the vote?", "a place"),
        ("Which city bought the crane?", "a place"),
        ("WHO CHAIRS THE COUNCIL?", "a person"),
        ("Which minister resigned?", "a person"),
        ("Who may march?", "a person"),
        ("Why did the ferry sink?", "a reason"),
        ("What led to the strike?", "a reason"),
    ],
)
def test_a_question_tells_what_it_asks_for(asked: str, wanted: str) -> None:
    kind = find_kind(Question(asked))
    assert kind is not None
    assert kind.wanted == wanted


@pytest.mark.parametrize(
    "asked",
    [
        "Tell me about the ferry",
        "Is the ferry safe?",
        "How did the vote end?",
        "What does the mayor think?",
        "What did the council decide when voting?",
        "How long ago did it sink?",
    ],
)
def test_a_question_of_another_form_tells_nothing(asked: str) -> None:
    assert find_kind(Question(asked)) is None


@pytest.mark.parametrize(
    ("asked", "head"),
    [
        ("How many ferries were sold?", ("ferries",)),
        ("Which harbour crane was sold?", ("harbour", "crane")),
        ("What Percentage of Skell voted?", ("percentage",)),
        ("How much of the budget was spent?", ()),
        ("Who chairs the council?", ()),
        ("What kind of ferry sank?", ()),
    ],
)
def test_the_head_is_what_the_answer_is_one_of(asked: str, head: tuple[str, ...]) -> None:
    assert find_head(Question(asked)) == head


def answers(asked: str, sentence: str, article: str = "") -> bool:
    question = Question(asked)
    kind = find_kind(question)
    assert kind is not None
    return has_answer(kind, question, sentence, article)


@pytest.mark.parametrize(
    ("asked", "good", "bad"),
    [
        ("How much did the ferry cost?", "It cost $3 million.", "It cost a lot."),
        ("How much did the ferry cost?", "It cost 3 million euros.", "It has 3 million seats."),
        ("How much did the ferry cost?", "It cost 900 won.", "It took 3 wonderful days."),
        ("How much did the ferry cost?", "It cost 90 cents.", "It sailed for 3 centuries."),
        ("How long did the strike last?", "It lasted three weeks.", "It was long."),
        ("How long did the strike last?", "It lasted three weeks.", "They marched 20 miles."),
        ("How long is the quay?", "The quay is 310 metres long.", "The quay has 310 berths."),
        ("How long was the strike?", "It was a three-week strike.", "Three crews were on strike."),
        ("What percentage voted?", "Nearly 40% voted.", "Nearly all voted."),
        ("How old is the mayor?", "Odile Brandt, 54, won.", "Odile Brandt won."),
        ("How far is Skell?", "It is 12 km away.", "It is far away."),
        ("What time did the ferry leave?", "It left at 20:15.", "It left late."),
        ("What time did the ferry leave?", "It left at 8 a.m.", "It left with 8 on board."),
        ("What was the final score?", "Skell won 3-1.", "Skell won."),
        ("How many ferries sank?", "Two ferries sank.", "Some ferries sank."),
        ("How many ferries sank?", "On 3 March 14 ferries sank.", "They sank on 3 March."),
        ("How many ferries sank?", "None sank.", "They sank on March 3rd, 2022."),
        ("How many ferries sank?", "Dozens sank.", "They sank in 2021 at 10:30."),
        ("How many ferries sank?", "12 ferries sank.", "They sank on 2022-03-05."),
        ("How many people died?", "About 2000 people died.", "They died in 2000."),
        ("How many people died?", "2000 people died.", "The 2000 vote killed people."),
        ("When in February did it sink?", "It sank on February 24.", "It sank in February."),
        ("What day in March did it sink?", "It sank on 3 March.", "It sank in March."),
        ("When did the ferry sink?", "It sank in May.", "It may sink."),
        ("When did the ferry sink?", "It sank on Monday.", "The Mayor saw it sink."),
        ("When did the ferry sink?", "It sank two days later.", "Ida Marchetti saw it."),
        ("Where did the ferry sink?", "It sank near Skell.", "It sank near the shore."),
        ("Where did the ferry sink?", "It sank in Tolm.", "It sank in March."),
        ("Who chairs the council?", "It is Odile Brandt.", "It met on a Monday in March."),
        ("Why did it sink?", "It sank because the hull broke.", "The hull broke."),
        ("Why did it sink?", "It was blamed on ice, citing sailors.", "The former mayor left."),
        ("Why did it sink?", "Ice was the reason.", "The mayor asked."),
    ],
)
def test_a_sentence_has_an_answer_only_with_something_of_the_kind(
    asked: str, good: str, bad: str
) -> None:
    assert answers(asked, good)
    assert not answers(asked, bad)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("Who chairs the Skell council?", "The Skell council met."),
        ("How many of the 12 ferries sank?", "The 12 ferries sailed."),
        ("When on Monday did the ferry sink?", "The ferry sailed on Monday."),
        ("Where in Skell did the ferry sink?", "The ferry sank in Skell."),
    ],
)
def test_what_the_question_names_itself_is_no_answer(asked: str, sentence: str) -> None:
    assert not answers(asked, sentence)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("How many of the 15 ferries sank?", "Of them 5 sank."),
        ("How many attended?", "It was ten."),
        ("How many of the 200 seats were sold?", "They sold 20."),
        ("Who killed the crane?", "It was Ed."),
        ("When did Maytown vote?", "It voted in May."),
        ("How many died on March 5?", "The storm took 5."),
    ],
)
def test_a_part_of_a_word_of_the_question_is_an_answer(asked: str, sentence: str) -> None:
    assert answers(asked, sentence)


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("Karl Fenn is the mayor.", True),
        ("Karl Fenn, 54, won.", True),
        ("Karl Fenn, who leads the union, won.", True),
        ("Fenn, the mayor of Skell, won.", True),
        ("It was found by a junior clerk, Karl Fenn.", True),
        ("Mayor Karl Fenn won.", True),
        ("The striker Karl Fenn scored.", True),
        ("Karl Fenn won.", False),
        ("Meanwhile Karl Fenn won.", False),
        ("On Monday, Karl Fenn won.", False),
        ("The council elected Karl Fenn.", False),
        ("The mayor of Skell won.", False),
    ],
)
def test_who_somebody_is_takes_a_sentence_that_says_what_he_is(sentence: str, tells: bool) -> None:
    assert answers("Who is Karl Fenn?", sentence) == tells


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("The death toll rose to 41 on Monday.", ["41"]),
        ("The number of boats lost reached 1,200.", ["1200"]),
        ("A total of twelve sank.", ["12"]),
        ("The death toll from last week's floods in the Tarsa valley rose to 41.", ["41"]),
        ("The share rose by 41%.", []),
        ("The toll rose on 3 March.", []),
        ("They sank 41 boats.", []),
    ],
)
def test_a_toll_is_a_count_though_no_noun_follows(sentence: str, figures: list[str]) -> None:
    assert list_tallied(sentence) == figures


def test_a_first_word_is_a_name_where_the_article_has_it_in_a_sentence() -> None:
    article = "Brandt resigned. On Monday Brandt left. Officials wept, and other officials left."
    assert answers("Who resigned?", "Brandt resigned.", article)
    assert not answers("Who wept?", "Officials wept.", article)
    assert not answers("Who resigned?", "Brandt resigned.")


@pytest.mark.parametrize(
    ("sentence", "counted"),
    [
        (
            "At least two short-range ballistic missiles fell.",
            [("2", ["short", "range", "ballistic", "missiles"])],
        ),
        ("The 1,200 Ferries sank.", [("1200", ["ferries", "sank"])]),
        ("The council sold 12.", [("12", [])]),
        (
            "It cost $3.5m, said 12 people.",
            [("3.5m", ["said", "12", "people"]), ("12", ["people"])],
        ),
    ],
)
def test_each_number_comes_with_the_words_after_it(
    sentence: str, counted: list[tuple[str, list[str]]]
) -> None:
    assert list_counted(sentence) == counted


@pytest.mark.parametrize(
    "sentence",
    [
        "On March 3, 2022 the council met.",
        "On the 3rd of March the council met.",
        "On 3 March 2022 the council met.",
        "The council met in 2021 at 10:30.",
        "On 2022-03-05 the council met.",
        "Crane B12 fell.",
        "Nobody often counts.",
        "",
    ],
)
def test_dates_and_names_with_digits_are_no_counts(sentence: str) -> None:
    assert list_counted(sentence) == []


def test_a_count_beside_a_date_is_found() -> None:
    assert list_counted("On 3 March 14 ferries sank.") == [("14", ["ferries", "sank"])]
    assert list_counted("Maybe 12 ferries sank.") == [("12", ["ferries", "sank"])]


@pytest.mark.parametrize(
    "asked",
    [
        "Did the envoy call?",
        "is the harbour open",
        "“Was it sold?”",
        "Isn't it sold?",
        "Won’t the ferry sail?",
        "Has Karl Fenn, the owner, resigned?",
        "According to the Ledger, did he call?",
        "In 2021, was the ferry sold?",
        "After the vote, had she resigned?",
        "May the ferry sail in winter?",
        "Isla Brandt, is she the mayor",
        "According to the Ledger, the Courier and the Wire, did he call?",
        "Did he say what he wanted?",
    ],
)
def test_a_question_of_yes_or_no_is_told(asked: str) -> None:
    assert asks_yes_or_no(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "Who called the envoy?",
        "May 2021 elections: who won?",
        "May 3, 2021: who won?",
        "Who, in 2021, was the mayor?",
        "When Kirby spoke, did he name the boat?",
        "Which boat, is it said, was sold?",
        "What did he say, does she think?",
        "Candidates, areas and wills",
        "The ferry that was sold",
        "Name the boat, was it sold",
        "",
    ],
)
def test_a_question_for_something_else_is_not_taken_for_yes_or_no(asked: str) -> None:
    assert not asks_yes_or_no(asked)
