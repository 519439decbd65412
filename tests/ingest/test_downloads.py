"""Downloads of news databases: each document is an article of its own, by whatever form."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UnreadableFile
from rag.ingest.documents import NO_HEAD, TWO
from rag.ingest.downloads import CUT, UNSPLIT, find_download
from rag.ingest.files import Skipped
from rag.ingest.readers import read_articles
from rag.types import Draft


@dataclass(frozen=True)
class Made:
    """A made-up document; the day is as the databases write it."""

    title: str
    outlet: str
    day: str
    author: str
    text: str
    section: str = "WORLD; Pg. 4"

    @property
    def weekday(self) -> str:
        return f"{self.day} Thursday" if "," in self.day else self.day


FERRY = Made(
    "Ferry to Odde sails again after two years",
    "Example Times",
    "March 3, 2022",
    "Jane Doe",
    "The ferry to Odde sailed on Thursday for the first time since the quay burnt down.\n\n"
    "It carries 40 cars and takes two hours, the harbour office said in a statement.",
)
MILL = Made(
    "Paper mill at Lund to close in autumn",
    "Norwick Post",
    "April 18, 2021",
    "John Roe",
    "The paper mill at Lund will close in autumn, its owners told the 210 workers on Friday.\n\n"
    "The town council called the decision “a blow to every street in Lund” and asked for talks.",
)
BEES = Made(
    "Bees return to the orchards of Tarn",
    "Tarn Weekly",
    "June 9, 2020",
    "Ana Sorby",
    "Bees have come back to the orchards of Tarn, where none were seen in spring 2018.\n\n"
    "Growers had pollinated their trees by hand for two seasons, with brushes of goose feathers.",
)
ALL = [FERRY, MILL, BEES]


def numbered(*made: Made) -> str:
    """As LexisNexis saves them as text."""
    return "\n\n".join(
        f"{' ' * 31}{n} of {len(made)} DOCUMENTS\n\n{' ' * 31}{one.outlet}\n\n"
        + (f"{' ' * 25}{one.weekday}\n{' ' * 30}Late Edition - Final\n\n" if one.day else "")
        + f"{one.title}\n\n"
        + (f"BYLINE: By {one.author}\n\n" if one.author else "")
        + f"SECTION: {one.section}\n\nLENGTH: 214 words\n\nDATELINE: ODDE\n\n{one.text}\n\n"
        "SUBJECT: PORTS (90%); TOWNS (78%);\nISLANDS (70%)\n\n"
        "LOAD-DATE: December 24, 2023\n\nLANGUAGE: ENGLISH\n\nPUBLICATION-TYPE: Newspaper\n\n"
        f"{' ' * 20}Copyright 2022 {one.outlet}\n{' ' * 30}All Rights Reserved\n"
        for n, one in enumerate(made, start=1)
    )


def numbered_long_ago(*made: Made) -> str:
    """The same as it was in the nineties: the copyright first, all fields written out."""
    return "\n\n".join(
        f"{n} of {len(made)} DOCUMENTS\n\nCopyright 2022 {one.outlet} Company\n\n{one.outlet}\n\n"
        f"{one.day}, Thursday, Late Edition - Final\n\nSECTION: {one.section}\n\n"
        f"LENGTH: 214 words\n\nHEADLINE: {one.title}\n\nBYLINE:  By {one.author}\n\n"
        f"BODY:\n{one.text}\n\nLANGUAGE: ENGLISH\n\nLOAD-DATE: December 24, 2023"
        for n, one in enumerate(made, start=1)
    )


def ended(*made: Made) -> str:
    """As Nexis Uni's Word files have them, a paragraph a line, with their cover."""
    cover = "User Name: analyst\nDate and Time: Monday, September 1, 2025\nJob Number: 123\n"
    listed = "".join(f"{n}. {one.title}\nClient/Matter: -None-\n" for n, one in enumerate(made, 1))
    return f"{cover}Documents ({len(made)})\n{listed}" + "".join(
        f"{one.title}\n{one.outlet}\n"
        + (f"{one.weekday}\nLate Edition - Final\n" if one.day else "")
        + f"Copyright 2022 {one.outlet} All Rights Reserved\nSection: {one.section}\n"
        "Length: 120 words\n"
        + (f"Byline: {one.author}\n" if one.author else "")
        + "Body\n"
        + one.text.replace("\n\n", "\n")
        + "\nGraphic\nThe quay at Odde. Photo: Kim Lo\nClassification\nLanguage: ENGLISH\n"
        "Subject: PORTS (90%); TOWNS (78%)\nLoad-Date: December 24, 2023\nEnd of Document\n"
        for one in made
    )


def coded(*made: Made, gap: str = "\n") -> str:
    """As Factiva has them with its codes."""
    said = []
    for n, one in enumerate(made):
        lead, _, rest = one.text.partition("\n\n")
        fields = [
            *(("SE", one.section), ("HD", one.title), ("BY", one.author and f"By {one.author}")),
            *(("WC", "231 words"), ("PD", one.day), ("ET", "09:14"), ("SN", one.outlet)),
            *(("SC", "EXTM"), ("LA", "English"), ("CY", f"(c) 2022 {one.outlet}"), ("LP", lead)),
            *(("TD", rest), ("CO", "exfe : Example Ferries"), ("IN", "i74 : Shipping")),
            *(("RE", "nor : Norway"), ("PUB", "Example House")),
            ("AN", f"Document EXTM00002022030{n}ei34000b5"),
        ]
        said.append("\n".join(f"{code}{gap}{value}" for code, value in fields if value))
    searched = "Search Summary\nText\tferry\nDate\tAll Dates\n© 2023 Factiva, Inc."
    return "\n\n\n".join([*said, searched])


FORMS = {
    "numbered": numbered,
    "numbered long ago": numbered_long_ago,
    "ended": ended,
    "coded by the line": coded,
    "coded with tabs": lambda *made: coded(*made, gap="\t"),
    "coded with spaces": lambda *made: coded(*made, gap=" "),
    "coded in a table": lambda *made: coded(*made, gap=" | "),
}
any_form = pytest.mark.parametrize("form", FORMS)


def save_text(folder: Path, text: str) -> Path:
    path = folder / "download.txt"
    path.write_text(text, encoding="utf-8")
    return path


def save_word(folder: Path, text: str) -> Path:
    document = docx.Document()
    for line in text.replace(";\nISLANDS", "; ISLANDS").split("\n"):
        document.add_paragraph(line)
    document.save(str(folder / "download.docx"))
    return folder / "download.docx"


def read(path: Path) -> tuple[list[Draft], list[Skipped]]:
    events = list(read_articles(path))
    drafts = [event for event in events if isinstance(event, Draft)]
    return drafts, [event for event in events if isinstance(event, Skipped)]


def check(draft: Draft, made: Made) -> None:
    assert (draft.title, draft.outlet, draft.author) == (made.title, made.outlet, made.author)
    days = {FERRY.day: date(2022, 3, 3), MILL.day: date(2021, 4, 18), BEES.day: date(2020, 6, 9)}
    assert (draft.published, draft.updated) == (days[made.day], None)
    assert draft.text == made.text
    assert draft.language == "en"
    assert draft.origins["published"] == draft.origins["outlet"] == "download"


@any_form
@pytest.mark.parametrize("save", [save_text, save_word])
def test_each_document_is_an_article_of_its_own(form: str, save, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = save(tmp_path, FORMS[form](*ALL))
    drafts, skipped = read(path)
    assert not skipped
    assert [draft.place for draft in drafts] == [f"{path}#{n}" for n in (1, 2, 3)]
    assert [draft.section for draft in drafts] == ["WORLD"] * 3
    for draft, made in zip(drafts, ALL, strict=True):
        check(draft, made)


@any_form
def test_a_single_document_is_the_files_own_article(form: str, tmp_path: Path) -> None:
    path = save_text(tmp_path, FORMS[form](MILL).replace("1 DOCUMENTS", "1 DOCUMENT"))
    [draft], skipped = read(path)
    assert not skipped and draft.place == str(path)
    check(draft, MILL)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "numbered long ago"])
def test_a_document_without_day_and_byline_has_none(form: str, tmp_path: Path) -> None:
    bare = replace(MILL, day="", author="")
    drafts, _ = read(save_text(tmp_path, FORMS[form](FERRY, bare, BEES)))
    check(drafts[0], FERRY)
    check(drafts[2], BEES)
    assert (drafts[1].published, drafts[1].author) == (None, None)
    assert (drafts[1].title, drafts[1].outlet) == (MILL.title, MILL.outlet)
    assert drafts[1].text == MILL.text


def test_a_month_is_no_day_and_no_headline(tmp_path: Path) -> None:
    for form in (numbered, ended, coded):
        drafts, _ = read(save_text(tmp_path, form(FERRY, replace(MILL, day="April 2021"))))
        assert (drafts[1].published, drafts[1].title) == (None, MILL.title)
        assert drafts[1].outlet == MILL.outlet


def test_german_and_french_fields_are_known(tmp_path: Path) -> None:
    text = (
        "1 von 2 DOKUMENTEN\n\nBeispielblatt\n\n3. März 2022 Donnerstag\n\nDie Fähre fährt\n\n"
        "AUTOR: Jana Doe\n\nRUBRIK: POLITIK; S. 4\n\nLÄNGE: 300 Wörter\n\n"
        "Die Fähre nach Odde fuhr am Donnerstag zum ersten Mal seit dem Brand des Kais.\n\n"
        "UPDATE: 4. März 2022\n\nSPRACHE: GERMAN; DEUTSCH\n\nPUBLICATION-TYPE: Zeitung\n\n"
        "Copyright 2022 Beispielblatt\nAlle Rechte vorbehalten\n\n"
        "2 of 2 DOCUMENTS\n\nLe Modèle\n\n4 mars 2022 vendredi\n\nLe bac repart\n\n"
        "AUTEUR: Jean Roe\n\nRUBRIQUE: MONDE\n\nLONGUEUR: 300 mots\n\n"
        "Le bac pour Odde est reparti jeudi pour la première fois depuis l’incendie du quai.\n\n"
        "LANGUE: FRENCH; FRANÇAIS\n\nPUBLICATION-TYPE: Journal\n"
    )
    drafts, _ = read(save_text(tmp_path, text))
    assert [(one.title, one.outlet, one.author, one.language) for one in drafts] == [
        ("Die Fähre fährt", "Beispielblatt", "Jana Doe", "de"),
        ("Le bac repart", "Le Modèle", "Jean Roe", "fr"),
    ]
    assert [one.published for one in drafts] == [date(2022, 3, 3), date(2022, 3, 4)]
    assert "UPDATE" not in drafts[0].text


@any_form
def test_windows_line_ends_and_a_zip_change_nothing(form: str, tmp_path: Path) -> None:
    path = tmp_path / "saved.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "a.txt", b"\xef\xbb\xbf" + FORMS[form](*ALL).replace("\n", "\r\n").encode()
        )
    drafts, _ = read(path)
    assert [draft.part for draft in drafts] == ["a.txt#1", "a.txt#2", "a.txt#3"]
    for draft, made in zip(drafts, ALL, strict=True):
        check(draft, made)


@pytest.mark.parametrize(
    "form, head",
    [
        ("numbered", "BYLINE: By John Roe\n\nSECTION: WORLD; Pg. 4\n\nLENGTH: 214 words\n\n"),
        ("ended", "Length: 120 words\nByline: John Roe\nBody\n"),
        ("coded by the line", "HD\nPaper mill at Lund to close in autumn\n"),
    ],
)
def test_a_document_that_does_not_parse_is_named_and_mixed_into_none(
    form: str, head: str, tmp_path: Path
) -> None:
    first, found, third = FORMS[form](*ALL).partition(head)
    assert found
    path = save_text(tmp_path, first + third.replace("DATELINE: ODDE\n\n", "", 1))
    drafts, skipped = read(path)
    assert skipped == [Skipped(f"{path}#2", NO_HEAD)]
    check(drafts[0], FERRY)
    check(drafts[1], BEES)
    assert len(drafts) == 2


@pytest.mark.parametrize(
    "form, mark", [("numbered", "2 of 3 DOCUMENTS"), ("ended", "End of Document")]
)
def test_documents_that_run_together_are_named_and_not_mixed(
    form: str, mark: str, tmp_path: Path
) -> None:
    drafts, skipped = read(save_text(tmp_path, FORMS[form](*ALL).replace(mark, "", 1)))
    assert [one.reason for one in skipped] == [TWO]
    [draft] = drafts
    check(draft, BEES)


def test_a_coded_document_without_its_end_does_not_run_into_the_next(tmp_path: Path) -> None:
    text = re.sub(r"AN\nDocument \w+\n", "", coded(*ALL), count=1)
    drafts, skipped = read(save_text(tmp_path, text))
    assert not skipped
    for draft, made in zip(drafts, ALL, strict=True):
        check(draft, made)
    assert [draft.warnings for draft in drafts] == [(CUT,), (), ()]


@pytest.mark.parametrize("form", ["numbered", "ended", "coded by the line"])
def test_a_download_that_breaks_off_says_so_behind_what_it_holds(form: str, tmp_path: Path) -> None:
    text = FORMS[form](*ALL)
    path = save_text(tmp_path, text[: text.index("goose feathers")])
    events: list[Draft | Skipped] = []
    with pytest.raises(UnreadableFile, match="breaks off in document 3"):
        events += read_articles(path)
    drafts = [event for event in events if isinstance(event, Draft)]
    check(drafts[0], FERRY)
    check(drafts[1], MILL)
    assert drafts[2].warnings == (CUT,) and drafts[2].text.endswith("with brushes of")


@pytest.mark.parametrize(
    "text",
    [
        f"{FERRY.text}\nEnd of Document\n{MILL.text}\nEnd of Document\n",
        f"{FERRY.text}\n\n2 of 3 DOCUMENTS\n\n{MILL.text}\n",
        f"Title\nBy A\n231 words\n3 March 2022\nExample Times\n{FERRY.text}\n"
        f"Document EXTM000020220303ei34000b5\n\nTitle\nBy B\n231 words\n3 March 2022\n{MILL.text}\n"
        "Document EXTM000020220304ei34000b5\n",
    ],
)
def test_what_looks_like_a_download_and_cannot_be_split_is_not_read_as_one_article(
    text: str, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(save_text(tmp_path, text))
    assert caught.value.problem == UNSPLIT


QUOTED = [
    "PD 3 March",
    "HD",
    "HD Ferry sails",
    "WC 231 words",
    "LP",
    "TD",
    "IN",
    "Body",
    "Length: 300 words",
    "LENGTH: 300 words",
    "Byline: A. Writer",
    "BYLINE: A. WRITER",
    "Copyright 2022 Example Times",
    "End of Document",
    "Section: World",
    "LOAD-DATE: March 3, 2022",
    "AN Document EXTM000020220303ei34000b5",
    "Two of 3 documents were lost.",
]


@given(st.lists(st.sampled_from(QUOTED), max_size=5, unique=True))
def test_an_ordinary_article_with_some_of_these_lines_stays_one(lines: list[str]) -> None:
    # In an order of no form: each is above what it would have to be below.
    quoted = sorted(lines, key=QUOTED.index, reverse=True)
    text = f"{FERRY.title}\n\n" + "\n\n".join([FERRY.text, *quoted, MILL.text])
    assert find_download(text) is None


def test_an_article_that_quotes_a_documents_lines_in_order_but_not_all_stays_one(
    tmp_path: Path,
) -> None:
    for quoted in (
        "PD 3 March",
        "Length: 300 words\n\nBody",
        "HD\n\nPD\n\nLP",
        "BYLINE: A. WRITER\n\nLENGTH: 300 words\n\nLOAD-DATE: March 3, 2022",
        "Length: 300 words\n\nBody\n\nThe ferry sailed.\n\nEnd of the Document",
    ):
        text = f"{FERRY.title}\n\n{FERRY.text}\n\n{quoted}\n\n{MILL.text}\n"
        [draft], skipped = read(save_text(tmp_path, text))
        assert not skipped and draft.title == FERRY.title
        assert MILL.text in draft.text


#: Lines within an article that are like those of the forms, and are none of their own form's marks.
LIKE = [
    "PD 3 March",
    "The document ends here: End of Document, it says.",
    "2 of 3 documents were lost in the fire.",
    "CO operation is what they call it there.",
    "Body",
    "Update: the mayor has resigned since then, the council said.",
    "Company: the ferry’s owners have paid all that they owe, they said.",
    "IN the end nobody went, said the captain.",
    "Copyright law is older than the port, said the clerk.",
    "Length: a mile, said the engineer who had measured it.",
]


@st.composite
def documents(draw: st.DrawFn) -> list[Made]:
    made = []
    for n in range(draw(st.integers(1, 5))):
        paragraphs = [
            f"In year {n}{k} the council of town t{n}x{k} met to speak about ferry f{n}x{k} at sea."
            for k in range(draw(st.integers(1, 4)))
        ]
        for line in draw(st.lists(st.sampled_from(LIKE), max_size=2)):
            paragraphs.insert(draw(st.integers(1, len(paragraphs))), line)
        day, author = draw(st.sampled_from(["", f"May {n + 1}, 2021"])), draw(st.booleans())
        name = f"Writer {'ABCDE'[n]}. Name{'abcde'[n]}"
        text = "\n\n".join(paragraphs)
        title, outlet = f"Council number {n} speaks of ferries", f"Gazette {'ABCDE'[n]}"
        made.append(Made(title, outlet, day, name if author else "", text))
    return made


def words_of(text: str) -> set[str]:
    return set(re.findall(r"t\dx\d|f\dx\d", text))


@given(st.sampled_from([form for form in FORMS if form != "numbered long ago"]), documents())
def test_no_documents_text_is_lost_or_lands_in_another(form: str, made: list[Made]) -> None:
    open_rows = find_download(FORMS[form](*made))
    assert open_rows is not None
    rows = list(open_rows())
    assert len(rows) == len(made)
    for row, one in zip(rows, made, strict=True):
        assert not isinstance(row, Skipped)
        lines = [line for line in str(row.values["text"]).split("\n") if line]
        assert lines == one.text.split("\n\n")
        assert (row.values["title"], row.values["outlet"]) == (one.title, one.outlet)
        assert bool(row.values.get("published")) == bool(one.day)
        assert bool(row.values.get("author")) == bool(one.author)


@given(st.sampled_from(sorted(FORMS)), documents(), st.data())
def test_whatever_line_is_missing_no_two_documents_are_mixed(
    form: str, made: list[Made], data: st.DataObject
) -> None:
    lines = FORMS[form](*made).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        del lines[data.draw(st.integers(0, len(lines) - 1))]
    try:
        open_rows = find_download("\n".join(lines))
        rows = list(open_rows()) if open_rows else []
    except UnreadableFile:
        return
    for row in rows:
        if not isinstance(row, Skipped):
            assert len({word[1] for word in words_of(str(row.values["text"]))}) <= 1


def test_a_download_of_thousands_of_documents_is_read_to_its_end() -> None:
    text = numbered(*ALL * 2000)
    open_rows = find_download(text)
    assert open_rows is not None
    assert sum(1 for _ in open_rows()) == 6000


def test_a_download_saved_in_an_old_encoding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(numbered(*[replace(one, author="Ana Sørby") for one in ALL]).encode("cp1252"))
    drafts, _ = read(path)
    assert [draft.author for draft in drafts] == ["Ana Sørby"] * 3
    assert all("encoding was guessed" in draft.warnings[0] for draft in drafts)
