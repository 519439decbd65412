"""Who says what a sentence reports: by itself, and by the text around it."""

from __future__ import annotations

import time

import pytest
from conftest import make_hit
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.introducing import Introductions, tells_whom
from rag.answer.quoting import find_speech
from rag.answer.speakers import Speaker, find_attribution, find_attributions, find_speaker
from rag.ingest.sentences import split_sentences
from rag.types import Span


def told(sentence: str) -> tuple[str, str, str] | None:
    """Speaker, kind and content as `find_attribution` has them."""
    found = find_attribution(sentence)
    return found and (found.name(sentence), found.kind, found.content.of(sentence))


def speaker(text: str, find: str) -> Speaker | None:
    place = text.index(find)
    return find_speaker(text, next(span for span in split_sentences(text) if place < span.end))


FULL = (
    "Ines Aldana",
    "A spokesman for the harbour office",
    "Ms Aldana of Skell Harbour in Skell",
)


SECRETARY = "Secretary of State Ines Aldana"


@pytest.mark.parametrize(
    ("sentence", "who", "kind"),
    [
        ("The ferry is old, Aldana said.", "Aldana", "said"),
        ("The ferry is old, said Aldana, the harbour master.", "Aldana", "said"),
        ("“The ferry is old,” said the harbour master.", "the harbour master", "said"),
        ("Ines Aldana, who runs the harbour, said the ferry is old.", "Ines Aldana", "said"),
        ("Ines Aldana, the harbour master, told reporters on Friday that it is old.", None, "said"),
        ("Aldana told the council on Friday that the ferry is old.", "Aldana", "said"),
        ("The ferry is old, according to the harbour office.", "the harbour office", None),
        ("According to Ines Aldana, the ferry is old.", "Ines Aldana", "according to"),
        ("By Skell's account the ferry is old.", "Skell", "according to"),
        ("In her view the ferry is old.", "her", "according to"),
        ("Aldana called the ferry “a floating coffin”.", "Aldana", "called"),
        ("The ferry was described by Aldana as a floating coffin.", "Aldana", "called"),
        ("Skell says it was never asked.", "Skell", "said"),
        ("The ferry, it says, will be sold.", "it", "said"),
        ("Aldana wrote on Twitter: “It is old.”", "Aldana", "said"),
        ("Skell's version is that nobody asked.", "Skell", "claimed"),
        ("A spokesman for the harbour office said it was old.", None, "said"),
        ("Aldana: “It is old.”", "Aldana", "said"),
        ("Aldana accused the council of neglect.", "Aldana", "accused"),
        ("The council denied that it had been warned.", "The council", "denied"),
        ("She also urged patience.", "She", "urged"),
        ("Aldana has repeatedly warned that the ferry may sink.", "Aldana", "warned"),
        ("It is old, Ms Aldana of Skell Harbour in Skell, near Brim, told us.", None, "said"),
        ("Officials say the ferry is old.", "Officials", "said"),
        ("“It sank.” — Ines Aldana", "Ines Aldana", "said"),
        ("These boats, said Aldana, “are old.”", "Aldana", "said"),
        (
            "Speaking to Radio Skell, Secretary of State Ines Aldana said it is old.",
            SECRETARY,
            "said",
        ),
        ("Aldana disagreed and said the ferry was old.", "Aldana", "said"),
        ("Aldana pressed him further, asking if the ferry was old.", "Aldana", "asked"),
    ],
)
def test_a_sentence_names_its_speaker(sentence: str, who: str | None, kind: str | None) -> None:
    found = find_attribution(sentence)
    assert found is not None
    assert found.name(sentence) in ((who,) if who else FULL)
    assert found.kind == (kind or "according to")


@pytest.mark.parametrize(
    ("sentence", "content"),
    [
        ("Aldana said that the ferry is old.", "the ferry is old."),
        ("The ferry is old, Aldana said.", "The ferry is old"),
        ("“It is old,” said Aldana, the harbour master.", "“It is old,”"),
        ("The ferry, Aldana said, is old.", "The ferry, Aldana said, is old."),
        ("Aldana called the ferry “a coffin”.", "“a coffin”."),
        ("Aldana says it sank, while Brim says it was sold.", "it sank"),
        ("Aldana said.", ""),
    ],
)
def test_what_is_attributed_is_told_from_what_is_not(sentence: str, content: str) -> None:
    found = told(sentence)
    assert found is not None
    assert found[2] == content


@pytest.mark.parametrize(
    "sentence",
    [
        "The ferry is old.",
        "Aldana called the council on Friday.",
        "Aldana rang Brim and telephoned Skell.",
        "He had called them on January 11, the day after the storm.",
        "The harbour fired its gun twice and called the boats in.",
        "Skell did not say that the ferry was old.",
        "She refused to say why.",
        "It was said to be old.",
        "Aldana added two boats to the fleet.",
        "The boats that it called modern were old.",
        "A film called “The Ferry” opened in May.",
        "When Aldana said so, the council laughed at the plan and left.",
    ],
)
def test_a_sentence_that_reports_nothing_has_no_speaker(sentence: str) -> None:
    assert find_attribution(sentence) is None


def test_of_one_claim_within_another_the_outer_speaker_counts() -> None:
    assert told("Aldana said that Brim had claimed the ferry was new.")[0] == "Aldana"  # type: ignore[index]
    assert told("Brim claimed the ferry was new, Aldana said.")[0] == "Aldana"  # type: ignore[index]
    within = [
        one.kind for one in find_attributions("Aldana said that Brim had claimed it was new.")
    ]
    assert within == ["said", "claimed"]


ARTICLE = """\
Ines Aldana runs the harbour of Skell. The ferry is old, she said on Monday. “It leaks. \
We pump it every night.”

“The council knows,” Aldana said. “Nobody can say they were not told.”

“They were told in May.

“They were told again in June.”

The mayor of Skell, Tom Brim, was named in 2021.

He also urged patience. The ferry “would sail for many years,” he added.

“We hear you. We will act,” Brim said.

The ferry was built in 1961.
"""


@pytest.mark.parametrize(
    ("find", "name", "where"),
    [
        ("The ferry is old", "Ines Aldana", "here"),
        ("“It leaks", "Ines Aldana", "before"),
        ("We pump it", "Ines Aldana", "before"),
        ("“The council knows", "Ines Aldana", "here"),
        ("“Nobody can say", "Ines Aldana", "before"),
        ("“They were told in May", "Ines Aldana", "before"),
        ("“They were told again", "Ines Aldana", "before"),
        ("He also urged", "Tom Brim", "here"),
        ("would sail", "Tom Brim", "here"),
        ("We hear you", "Tom Brim", None),
    ],
)
def test_the_speaker_comes_from_the_text_around(find: str, name: str, where: str | None) -> None:
    found = speaker(ARTICLE, find)
    assert found is not None
    assert found.name == name
    assert where is None or found.where == where


@pytest.mark.parametrize("find", ["Ines Aldana runs", "The mayor of Skell", "The ferry was built"])
def test_what_the_article_itself_tells_has_no_speaker(find: str) -> None:
    assert speaker(ARTICLE, find) is None


@pytest.mark.parametrize(
    ("text", "find"),
    [
        # Two who could be meant.
        ("The ferry sank. He said it was old.", "He said"),
        ("“It sank. It was old.”", "“It sank"),
        # Two speakers in one sentence.
        ("Skell says it sank, while Brim says it was sold.", "Skell says"),
        ("A sank in Skell’s telling, and B in Brim’s account.", "A sank"),
        # What somebody does besides is told by the article.
        ("Skell sold all of its boats and said that they were old.", "Skell sold"),
        # A study is nobody.
        ("A study found that boats are old. A report says they sink.", "A report"),
        ("It was reported that it sank, but Brim said otherwise in May.", "It was"),
        # A title is no speech.
        ("Aldana spoke, she said.\n\n“The Old Ferry” is a song of 1961 from Skell.", "“The Old"),
        # Named first, and only spoken of.
        ("Tom Brim, often criticised for his haste, sold the ferry.", "Tom Brim"),
        ("Tom Brim, said to be hasty, sold the ferry.", "Tom Brim"),
        # Whom “the envoy” means is told nowhere.
        ("The harbour was full. The envoy said it was old.", "The envoy"),
    ],
)
def test_nobody_is_guessed(text: str, find: str) -> None:
    assert speaker(text, find) is None


def test_a_woman_is_not_he() -> None:
    text = "Maria Holm met Peter Voss in Skell. Maria Holm smiled. He said it was old."
    assert speaker(text, "He said") != Speaker("Maria Holm", "here")


def test_a_surname_of_two_is_expanded_to_neither() -> None:
    text = "Ann Lee met Bo Lee. Lee said it was old."
    found = speaker(text, "Lee said")
    assert found in (None, Speaker("Lee", "here"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The envoy, Ines Aldana, came. The envoy said it was old.", "Ines Aldana"),
        ("The Harbour Office met. The department said it was old.", "the Harbour Office"),
        ("Pastor Tom Brim came. “It is old,” said the pastor.", "Tom Brim"),
    ],
)
def test_what_somebody_is_called_is_resolved_where_it_is_clear(text: str, name: str) -> None:
    start = text.index(". ") + 2
    found = find_speaker(text, Span(start, len(text)))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("text", "find"),
    [
        ("部長は「古い」と述べた。 “古い,” Aldana said. “とても。”", "とても"),
        ("وقال: «السفينة قديمة». “It is old,” Aldana said. “Very.”", "Very"),
        ("“It is old,” Aldana said. “Very old. And it leaks.", "And it leaks"),
        ('"It is old," Aldana said. "Very old," "she thinks."', "Very old"),
        ("„Sie ist alt“, Aldana said. „Very old.“", "Very old"),
    ],
)
def test_other_scripts_and_broken_marks_are_borne(text: str, find: str) -> None:
    found = speaker(text, find)
    assert found is None or found.name == "Aldana"


def test_speech_that_goes_on_over_an_edge_is_known_for_it() -> None:
    [begun] = find_speech("and it leaks,” she said.")
    assert (begun.begun, begun.open, begun.span) == (True, False, Span(0, 14))
    [left] = find_speech("She said: “It leaks.")
    assert (left.begun, left.open) == (False, True)


SCRAPS = st.lists(
    st.sampled_from(
        [
            *"“”\"'‘’«»—-:,.?!()\n ",
            *(" said ", " Kirby", " he ", " according to ", " the envoy ", " called it ", " and "),
            *(
                "Ines Aldana",
                "Ines Aldana, ",
                "often criticised for ",
                " who ",
                " told ",
                " that ",
                "古い",
                "قال",
                "𝒜",
                "\x1a",
            ),
        ]
    ),
    max_size=40,
).map("".join)


@given(st.one_of(st.text(max_size=200), SCRAPS))
def test_attributions_lie_within_any_sentence(text: str) -> None:
    for one in find_attributions(text):
        assert 0 <= one.speaker.start < one.speaker.end <= len(text)
        assert 0 <= one.content.start <= one.content.end <= len(text)


@given(st.one_of(st.text(max_size=200), SCRAPS), st.data())
def test_a_speaker_of_any_span_of_any_text_is_found_again(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(0, len(text) + 2))
    found = find_speaker(text, Span(start, end))
    assert found == find_speaker(text, Span(start, end))
    assert found is None or found.name.strip()


@pytest.mark.parametrize(
    "text",
    [
        "He said it. " * 2_000,
        "“No,” he said.\n" * 2_000,
        "said " * 5_000,
        "A " * 5_000,
        "“" * 5_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.perf_counter()
    find_speaker(text, Span(len(text) - 10, len(text)))
    assert time.perf_counter() - begun < 5


def leads(text: str, *finds: str) -> list[str | None]:
    article = make_hit(text, outlet="Skell Courier", published=None).article
    spans = [next(s for s in split_sentences(text) if text.index(find) < s.end) for find in finds]
    introductions = Introductions()
    return [introductions.introduce(article, span) for span in spans]


def test_a_lead_says_who_said_what_its_sentence_does_not() -> None:
    assert leads(ARTICLE, "“It leaks", "We pump it") == [
        "Skell Courier, undated, reporting what Ines Aldana said:",
        None,
    ]
    assert leads(ARTICLE, "“The council knows") == ["Skell Courier, undated:"]


def test_another_speaker_has_a_lead_of_their_own() -> None:
    assert leads(ARTICLE, "“It leaks", "He also urged") == [
        "Skell Courier, undated, reporting what Ines Aldana said:",
        "Tom Brim said:",
    ]


def test_what_nobody_said_does_not_stand_under_a_speakers_lead() -> None:
    assert leads(ARTICLE, "“It leaks", "The mayor of Skell") == [
        "Skell Courier, undated, reporting what Ines Aldana said:",
        "Skell Courier, undated:",
    ]
    assert leads(ARTICLE, "The mayor of Skell", "The ferry was built") == [
        "Skell Courier, undated:",
        None,
    ]


def test_a_lead_tells_whom_a_pronoun_means_where_it_is_the_speaker() -> None:
    article = make_hit(ARTICLE).article
    for find, known in (("He also urged", True), ("The mayor", False), ("We pump", False)):
        span = next(s for s in split_sentences(ARTICLE) if ARTICLE.index(find) < s.end)
        assert tells_whom(article, span) is known
