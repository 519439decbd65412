"""The text layer of PDF files: paragraphs made whole, what repeats on every page left out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from paper import Row, lay_out, write_pdf

from rag.errors import UnreadableFile
from rag.ingest import pdf_layout
from rag.ingest.pdf import read_pdf_file
from rag.types import Draft

TITLE = "Portwell opens its third barrier"
FIRST = [
    "The harbour city of Portwell opened its third tide barrier on Tuesday, the",
    "mayor said. It cost 41 million crowns and took eleven years to build, accord-",
    "ing to the Ministry of Waters, which paid for most of it from a long-",
    "term loan.",
]
SECOND = [
    "“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony on the",
    "quay. Environmental groups said the barrier would hurt the seal colony.",
]
WHOLE = [
    "The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said. It cost"
    " 41 million crowns and took eleven years to build, according to the Ministry of Waters, which"
    " paid for most of it from a long-term loan.",
    "“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony on the quay. Environmental"
    " groups said the barrier would hurt the seal colony.",
]


def headed(title: str = TITLE) -> list[Row]:
    return [(72, 800, 20, title), *lay_out([FIRST, SECOND])]


def read(data: bytes) -> Draft:
    return read_pdf_file(data, Path("report.pdf"))


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    return str(caught.value)


def test_lines_become_paragraphs_and_broken_words_whole() -> None:
    draft = read(write_pdf([headed()]))
    assert draft.title == TITLE
    assert draft.text.split("\n\n") == WHOLE


def test_a_figure_and_its_unit_keep_the_hyphen_between_them() -> None:
    lines = [
        "The barrier is to stand for as long as the bridge beside it, which had a 40-",
        "year loan.",
    ]
    draft = read(write_pdf([[(72, 800, 20, TITLE), *lay_out([lines])]]))
    assert "which had a 40-year loan." in draft.text


def test_a_paragraph_goes_on_over_the_page() -> None:
    pages = [
        [(72, 800, 20, TITLE), *lay_out([FIRST[:2]])],
        lay_out([FIRST[2:], SECOND]),
    ]
    assert read(write_pdf(pages)).text.split("\n\n") == WHOLE


def test_a_headline_over_two_lines_is_whole() -> None:
    high = [(72, 800, 24, "Portwell opens its third barrier"), (72, 772, 24, "against the tide")]
    assert (
        read(write_pdf([[*high, *lay_out([FIRST], top=730)]])).title == f"{TITLE} against the tide"
    )


def test_paragraphs_that_only_an_indent_tells_apart_are_parted() -> None:
    rows: list[Row] = [(72, 800, 20, TITLE)]
    lines = [line.replace("accord-", "as it is") for line in [*FIRST[:2], *SECOND]]
    lines += [line.replace("quay", "pier").replace("colony", "reef") for line in SECOND]
    firsts = (0, 2, 4)
    for number, line in enumerate(lines):
        rows.append((88 if number in firsts else 72, 760 - 14 * number, 11, line))
    assert len(read(write_pdf([rows])).text.split("\n\n")) == 3


def test_narrow_columns_are_read_one_after_the_other() -> None:
    words = " ".join(SECOND).split()
    lines = [" ".join(words[at : at + 6]) for at in range(0, len(words), 6)]
    rows: list[Row] = [(72, 800, 20, TITLE), *lay_out([FIRST])]
    for left in (72, 320):
        rows += [(left, 680 - 14 * number, 11, line) for number, line in enumerate(lines)]
        lines = [line.replace("quay", "pier").replace("colony", "reef") for line in lines]
    paragraphs = read(write_pdf([rows])).text.split("\n\n")
    assert paragraphs[1] == WHOLE[1]
    assert paragraphs[2] == WHOLE[1].replace("quay", "pier").replace("colony", "reef")


def test_a_page_of_very_many_lines_takes_no_square_of_them() -> None:
    started = time.perf_counter()
    read(write_pdf([[(72, 800 - 0.03 * n, 1, f"word {n} here") for n in range(20_000)]]))
    assert time.perf_counter() - started < 8


def test_running_titles_and_page_numbers_go() -> None:
    pages = []
    for number in range(1, 6):
        body = [
            f"On day {number} the mayor said the barrier had held against the tide and the wind."
        ]
        edge = [
            (72, 820, 9, "Example Times | 18 January 2022"),
            (300, 30, 9, f"Page {number} of 5"),
        ]
        pages.append([*edge, *lay_out([body])])
    text = read(write_pdf(pages)).text
    assert "Example Times" not in text and "Page" not in text
    assert text.count("On day") == 5


def test_metadata_states_the_title_only_where_the_page_shows_it() -> None:
    shown = read(write_pdf([headed()], {"Title": TITLE, "CreationDate": "D:20220101000000Z"}))
    assert (shown.title, shown.origins["title"]) == (TITLE, "document properties")
    other = read(write_pdf([headed()], {"Title": "Microsoft Word - draft3.doc"}))
    assert (other.title, other.origins["title"]) == (TITLE, "text")
    assert shown.published is other.published is None


def test_a_scan_is_named_as_one() -> None:
    assert "scan" in refusal(write_pdf([None, None]))
    assert "OCR" in refusal(write_pdf([None]))


def test_a_scan_among_pages_of_text_is_warned_of() -> None:
    draft = read(write_pdf([headed(), None, None]))
    assert draft.warnings == ("2 of its 3 pages are pictures: what they say is missing.",)
    assert draft.text.startswith(WHOLE[0])


def test_blank_pages_are_no_scans() -> None:
    assert read(write_pdf([headed(), []])).warnings == ()
    assert "No article text" in refusal(write_pdf([[]]))


def test_an_encrypted_file_is_named_as_one() -> None:
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4"
        f" /O <{'00' * 32}> /U <{'11' * 32}> >> /ID [<00> <00>]"
    )
    assert "encrypted" in refusal(write_pdf([headed()], trailer=locked))


def test_broken_files_are_named() -> None:
    whole = write_pdf([headed()])
    assert "broken" in refusal(b"%PDF-1.4\nnothing")
    assert "broken" in refusal(b"no pdf at all")
    for cut in range(0, len(whole), 97):
        try:
            read(whole[:cut])
        except UnreadableFile as error:
            assert error.problem


def test_more_than_a_thousand_pages_are_refused() -> None:
    assert "1,001 pages" in refusal(write_pdf([[]] * 1001))


def test_a_paragraph_of_20000_lines_takes_no_longer_by_the_line() -> None:
    row = pdf_layout.Row("the harbour city of Portwell opened its tide barrier accord", hyphen=True)
    started = time.perf_counter()
    [paragraph] = pdf_layout.lay_paragraphs([[row] * 20_000])
    # Half a second; it was minutes when each line was joined to all before it.
    assert time.perf_counter() - started < 5
    assert paragraph.startswith("the harbour city of Portwell opened its tide barrier accordthe")
