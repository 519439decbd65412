"""An exported file against its articles: what was changed is seen, in each format."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from conftest import FakeEmbedder
from made_briefings import (
    ANSWER,
    BRIEFING,
    COUNTED,
    DOUBTED,
    ENVOY,
    FERRY,
    FLEW,
    LED,
    LISTENED,
    PHONED,
    PROSE,
    SANK,
    SAVED,
    SECOND,
    STAY,
    WAITED,
    FakeFrozen,
    make_answer,
    make_article,
    make_briefing,
    make_entry,
)

from rag.brief.export import Format, export_briefing
from rag.brief.markdown import escape_words
from rag.brief.record import CARRIER
from rag.brief.verify import Finding, Report, verify
from rag.errors import ExportError
from rag.index.frozen import Standing
from rag.types import Briefing, Sentence

READABLE: list[Format] = ["docx", "md", "html"]
LIBRARY = FakeFrozen()

Check = Callable[..., Report]


@pytest.fixture(params=READABLE)
def form(request: pytest.FixtureRequest) -> Format:
    found: Format = request.param
    return found


class Edited:
    """An exported file whose text is edited as by hand."""

    def __init__(self, form: Format, briefing: Briefing = BRIEFING) -> None:
        self.form = form
        self.data = export_briefing(briefing, form)

    def replace(self, old: str, new: str, times: int = 1, part: str = "") -> Edited:
        """`old` made `new` where it first stands; `part` is docx's footnotes or custom."""
        old, new = self._written(old), self._written(new)
        if self.form != "docx":
            self.data = _swap(self.data.decode(), old, new, times).encode()
            return self
        out, done = io.BytesIO(), False
        with zipfile.ZipFile(io.BytesIO(self.data)) as before, zipfile.ZipFile(out, "w") as after:
            for name in before.namelist():
                text = before.read(name)
                if name == f"word/{part or 'document'}.xml":
                    text, done = _swap(text.decode(), old, new, times).encode(), True
                after.writestr(name, text)
        assert done
        self.data = out.getvalue()
        return self

    def replace_in_note(self, old: str, new: str, times: int = 1) -> Edited:
        if self.form == "docx":
            return self.replace(old, new, times, part="footnotes")
        # In the text formats the notes come last.
        place = self.data.rindex(b"---\n" if self.form == "md" else b"<section role")
        head, tail = self.data[:place], self.data[place:].decode()
        self.data = head + _swap(tail, self._written(old), self._written(new), times).encode()
        return self

    def sub(self, pattern: str, new: str, part: str = "word/document.xml") -> Edited:
        """A change of the file as it is written, by a pattern that must be found."""
        if self.form != "docx":
            text, count = re.subn(pattern, new, self.data.decode(), count=1, flags=re.DOTALL)
            assert count
            self.data = text.encode()
            return self
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.data)) as before, zipfile.ZipFile(out, "w") as after:
            for name in before.namelist():
                text = before.read(name).decode()
                if name == part:
                    text, count = re.subn(pattern, new, text, count=1, flags=re.DOTALL)
                    assert count
                after.writestr(name, text)
        self.data = out.getvalue()
        return self

    def _written(self, text: str) -> str:
        if self.form == "md":
            return escape_words(text)
        return escape(text, quote=self.form == "html")


def _swap(text: str, old: str, new: str, times: int) -> str:
    assert old in text
    return text.replace(old, new, times)


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def run(file: Edited, library: FakeFrozen = LIBRARY, **how: object) -> Report:
        path = tmp_path / f"briefing.{file.form}"
        path.write_bytes(file.data)
        return verify(path, library, **how)  # type: ignore[arg-type]

    return run


def drop_record(file: Edited) -> Edited:
    """The file as if it had been pasted into a document of somebody's own."""
    pattern, part = {
        "docx": (rf'name="{CARRIER}-1"', "docProps/custom.xml"),
        "md": (r"<!--.*?-->", ""),
        "html": (rf'name="{CARRIER}"', ""),
    }[file.form]
    changed = Edited.__new__(Edited)
    changed.form, changed.data = file.form, file.data
    return changed.sub(pattern, 'name="other"' if file.form != "md" else "", part=part)


def find_faulty(report: Report) -> list[Finding]:
    return [found for found in report.findings if found.state != "stands"]


def only_fault(report: Report) -> Finding:
    (found,) = find_faulty(report)
    assert not report.stands
    return found


def test_a_file_as_it_was_exported_stands(form: Format, check: Check) -> None:
    report = check(Edited(form))
    assert report.stands
    assert (report.problems, report.notes, report.recorded) == ((), (), True)
    assert [found.n for found in report.findings] == list(range(1, 9))
    assert {found.standing for found in report.findings} == {"unchanged"}
    assert [found.n for found in report.findings if found.unsupported] == [5]
    first = report.findings[0]
    assert first.quote == FLEW
    assert first.sentence == f"Example Wire, 13 March 2022: “{FLEW}”"
    assert first.heading == "The envoy’s trip"
    assert first.source.startswith("Ada Writer and Bo Sample, “Envoy presses the neighbours,”")
    assert ENVOY.hash.startswith(first.hash)


def test_a_file_with_speakers_copies_and_quotations_within_quotations_stands(
    form: Format, check: Check
) -> None:
    report = check(Edited(form, LED))
    assert [found.why for found in report.findings] == [None] * 4
    assert (report.problems, report.notes, report.stands) == ((), (), True)
    leads = [found.sentence.removesuffix(f"“{found.quote}”") for found in report.findings]
    assert leads == [
        "Specimen Bay Herald, 13 March 2022, reporting what Sung Kim said: ",
        "Specimen Bay Herald, 13 March 2022: ",
        "Sung Kim said: ",
        "",
    ]
    also = [found.source.partition("; also in ")[2] for found in report.findings]
    assert also[0].startswith("Northern Wire, 14 March 2022; “")
    assert also[1].endswith("; and 3 others")


def test_what_is_exported_stands_without_its_record(form: Format, check: Check) -> None:
    assert not find_faulty(check(drop_record(Edited(form, LED))))


def test_a_changed_speaker_in_an_introduction_is_seen(form: Format, check: Check) -> None:
    for old, new, n in (
        ("reporting what Sung Kim", "reporting what Jonas Weir", 1),
        ("reporting what Sung Kim", "reporting what Nobody Known", 1),
        ("Kim said: ““They", "Weir said: ““They", 3),
    ):
        file = Edited(form, LED).replace(old, new)
        for one in (file, drop_record(file)):
            (found,) = find_faulty(check(one))
            assert found.n == n
            assert str(found.why).startswith("The article has Sung Kim say this, not")


def test_an_introduction_with_another_day_or_outlet_is_seen(form: Format, check: Check) -> None:
    lead = "Specimen Bay Herald, 13 March 2022"
    for new in (
        "Specimen Bay Herald, 14 March 2022",
        "Specimen Bay Herald, March 2022",
        "Other Herald, 13 March 2022",
        "Specimen Bay Herald",
    ):
        for after in (": “The road", ", reporting what"):
            file = drop_record(Edited(form, LED).replace(f"{lead}{after}", f"{new}{after}"))
            assert len(find_faulty(check(file))) == 1, new + after


def test_words_after_a_quotation_and_before_its_footnote_are_seen(
    form: Format, check: Check
) -> None:
    for quote, briefing in ((FLEW, BRIEFING), (SAVED, BRIEFING), (LISTENED, LED)):
        file = Edited(form, briefing).replace(f"“{quote}”", f"“{quote}” He lied.")
        (found,) = find_faulty(check(drop_record(file)))
        assert found.why == "“He lied.” stands after the quotation and has no footnote."


@pytest.mark.parametrize("sign", "\u202e\u202d\u2066\u2067\u2068\u2069\u202c")
def test_signs_that_turn_words_round_are_seen(form: Format, check: Check, sign: str) -> None:
    part = "word/document.xml"
    report = check(Edited(form).sub("with 40 people", f"with {sign}40 people", part=part))
    (problem,) = report.problems
    assert problem.endswith("holds hidden characters that turn the order of the words.")
    pattern, part = r"(accessed.*?with )(40 people)", "word/footnotes.xml"
    if form == "docx":
        pattern = "(with )(40 people)"
    noted = check(Edited(form).sub(pattern, rf"\1{sign}\2", part=part))
    assert len(noted.problems) == 1
    assert check(Edited(form).replace("with 40", "with\u200e 4\u00ad0")).stands


def test_words_behind_the_record_are_read(check: Check) -> None:
    report = check(Edited("md").sub(r"-->", "--> He lied."))
    assert report.problems == ("“He lied.” has no footnote.",)
    assert report.recorded


@pytest.mark.parametrize(
    "added",
    [
        "<textarea>He lied.</textarea>",
        "<svg><text>He lied.</text></svg>",
        '<iframe srcdoc="He lied."></iframe>',
        "<dl><dt>He lied.</dt><dd>Yes.</dd></dl>",
    ],
)
def test_words_that_only_a_browser_shows_are_told(check: Check, added: str) -> None:
    assert check(Edited("html").sub(r"(<section>\n<h2>What)", rf"{added}\1")).problems


def test_a_footnote_that_nothing_cites_is_told_on_a_page(check: Check) -> None:
    report = check(Edited("html").sub(r"</ol>", '<li id="fn99"><p>He lied.</p></li></ol>'))
    assert "a footnote that no sentence cites" in report.problems[0]


@pytest.mark.parametrize("sign", ["a ", ", 2022", "a said: ", "“a” ", "''a "])
def test_a_long_sentence_is_told_in_a_bounded_time(check: Check, sign: str) -> None:
    file = Edited("md").replace("Mina Calder flew", f"Mina {sign * 20_000} Calder flew")
    file.replace("Calder telephoned Jonas", f"Calder {sign * 20_000} telephoned Jonas")
    start = time.process_time()
    assert {found.n for found in find_faulty(check(file))} == {1, 3}
    assert time.process_time() - start < 10


def test_a_changed_name_of_a_copy_is_seen(form: Format, check: Check) -> None:
    report = check(Edited(form, LED).replace_in_note("Northern Wire", "Southern Wire"))
    assert not report.stands
    assert "is not written as it was exported" in report.problems[0]
    added = check(Edited(form).replace_in_note("21 November 2026", "21 November 2026; also in X"))
    assert only_fault(added).n == 1


def test_a_changed_quotation_that_begins_with_a_quotation_is_seen(
    form: Format, check: Check
) -> None:
    """Without the record too: where two such sentences have each other's footnotes."""
    file = drop_record(Edited(form).replace(f"“{STAY}”", f"“{STAY.replace('talk', 'walk')}”"))
    found = only_fault(check(file))
    assert found.why == "The sentence has “walk.”” where its footnote has “talk.””."
    swapped = Edited(form, LED).replace_in_note(WAITED, "#").replace_in_note(LISTENED, WAITED)
    report = check(drop_record(swapped.replace_in_note("#", LISTENED)))
    assert [found.n for found in find_faulty(report)] == [3, 4]


@pytest.mark.parametrize("standing", ["changed", "removed", "gone"])
def test_what_became_of_an_article_since_is_told_and_no_fault(
    check: Check, standing: Standing
) -> None:
    report = check(Edited("md"), FakeFrozen(standing=standing))
    assert report.stands
    assert {found.standing for found in report.findings} == {standing}


def test_an_article_that_is_not_in_the_library_is_unknown(form: Format, check: Check) -> None:
    report = check(Edited(form), FakeFrozen((ENVOY,)))
    assert [found.n for found in find_faulty(report)] == [6, 7, 8]
    assert {found.state for found in find_faulty(report)} == {"unknown"}
    assert find_faulty(report)[0].why == "No article of this hash is known here."
    assert find_faulty(report)[0].quote == SANK
    assert not report.stands


def test_a_hash_that_two_articles_share_is_unknown(check: Check) -> None:
    twin = replace(FERRY, hash=ENVOY.hash[:16] + "0" * 48)
    report = check(Edited("md"), FakeFrozen((ENVOY, FERRY, twin)))
    assert "More than one" in str(find_faulty(report)[0].why)


def test_a_changed_quotation_is_seen_in_its_footnote(form: Format, check: Check) -> None:
    report = check(Edited(form).replace_in_note("with 40 people", "with 400 people"))
    found = only_fault(report)
    assert (found.n, found.state) == (6, "changed")
    assert found.why == "The footnote has “400” where the article has “40”."


def test_a_changed_quotation_is_seen_in_its_sentence(form: Format, check: Check) -> None:
    found = only_fault(check(Edited(form).replace("with 40 people", "with 400 people")))
    assert found.n == 6
    assert found.why == "The sentence has “400” where its footnote has “40”."


def test_a_quotation_changed_in_both_places_is_seen(form: Format, check: Check) -> None:
    file = Edited(form).replace("40 people", "4 people").replace_in_note("40 people", "4 people")
    assert only_fault(check(file)).why == "The footnote has “4” where the article has “40”."


def test_words_that_were_put_in_or_left_out_are_named(check: Check) -> None:
    added = check(Edited("md").replace_in_note("The ferry sank", "The ferry nearly sank"))
    assert only_fault(added).why == "The footnote adds “nearly”."
    cut = check(Edited("md").replace_in_note("All of them were saved", "All were saved"))
    assert only_fault(cut).why == "The footnote leaves out “of them”."
    other = check(Edited("md").replace_in_note(SAVED, "Nobody could swim a stroke."))
    assert only_fault(other).why == "Nothing like it stands in the article."


def test_a_changed_outlet_headline_byline_date_or_address_is_seen(
    form: Format, check: Check
) -> None:
    for old, new, part in (
        ("Ada Writer", "Ida Writer", "byline"),
        ("presses", "praises", "headline"),
        ("Example Wire", "Example Herald", "outlet"),
        ("13 March 2022", "13 March 2023", "date"),
    ):
        found = only_fault(check(Edited(form).replace_in_note(old, new)))
        assert (found.n, found.state, found.quote) == (1, "changed", FLEW)
        assert str(found.why).startswith(f"Its {part} differs: the article is Ada Writer and Bo")


def test_a_changed_address_is_seen(form: Format, check: Check) -> None:
    pattern, part = r"/the_envoy(\?a=1&(?:amp;)?b=2)(?=,|>,|<)", "word/footnotes.xml"
    found = only_fault(check(Edited(form).sub(pattern, r"/other\1", part=part)))
    assert (found.n, found.state) == (1, "changed")
    assert str(found.why).startswith("Its address differs")
    assert "https://example.com/the_envoy?a=1&b=2" in str(found.why)


def test_a_changed_hash_is_unknown(form: Format, check: Check) -> None:
    found = only_fault(check(Edited(form).replace_in_note(ENVOY.hash[:16], "0" * 16)))
    assert (found.n, found.state, found.quote) == (1, "unknown", FLEW)


def test_a_hash_that_was_taken_out_is_unknown(form: Format, check: Check) -> None:
    found = only_fault(check(Edited(form).replace_in_note(f" [sha256:{ENVOY.hash[:16]}]", "")))
    assert (found.n, found.why) == (1, "The footnote names no article’s hash.")


def test_a_changed_introduction_is_seen(form: Format, check: Check) -> None:
    found = only_fault(
        check(Edited(form).replace("Harbor Ledger, undated:", "Tarn Times, undated:"))
    )
    assert (found.n, found.state) == (6, "changed")
    assert found.why == "The article’s introduction is “Harbor Ledger, undated:”."


def test_a_changed_sentence_is_checked_again(form: Format, check: Check) -> None:
    found = only_fault(
        check(Edited(form).replace("telephoned Jonas Weir", "telephoned Jonas Moor"))
    )
    assert (found.n, found.state) == (3, "changed")
    assert found.why == "The name “Moor” does not stand in the article it cites."


def test_a_changed_quotation_within_a_sentence_is_seen(form: Format, check: Check) -> None:
    found = only_fault(check(Edited(form).replace("“a good day.”", "“a bad day.”")))
    assert (found.n, found.why) == (3, "“a bad day.” does not stand in the article.")


def test_a_mark_of_doubt_that_was_taken_out_is_seen(form: Format, check: Check) -> None:
    doubt = "[unsupported: The number 12 does not stand in what it cites.]"
    found = only_fault(check(Edited(form).replace(doubt, "")))
    assert (found.n, found.state) == (5, "changed")
    assert found.why == "The number 12 does not stand in what it cites."


def test_a_mark_of_doubt_without_a_footnote_that_was_taken_out_is_seen(
    form: Format, check: Check
) -> None:
    bold = r"\*\*\\\[unsupported: It names no source.\\\]\*\*"
    report = check(
        Edited(form).sub(bold if form == "md" else rf"\[unsupported: {DOUBTED.why}\]", "")
    )
    assert only_fault(report).n == 4
    assert only_fault(report).why == f"“{DOUBTED.text}” stands before it and has no footnote."


def test_two_footnotes_that_were_swapped_are_seen(form: Format, check: Check) -> None:
    """Both are of one article, so both quotations stand in it."""
    file = (
        Edited(form)
        .replace_in_note(f"“{SANK}”", "“#”")
        .replace_in_note(f"“{SAVED}”", f"“{SANK}”")
        .replace_in_note("“#”", f"“{SAVED}”")
    )
    report = check(file)
    assert [found.n for found in find_faulty(report)] == [6, 7]
    assert all("its footnote" in str(found.why) for found in find_faulty(report))


def test_swapped_footnotes_of_paraphrases_are_seen_by_the_record(
    form: Format, check: Check
) -> None:
    said = [
        ("Calder flew to Port Ellery.", ENVOY, FLEW),
        ("Calder telephoned Weir.", ENVOY, PHONED),
    ]
    file = (
        Edited(form, make_briefing(make_entry(make_answer(*said))))
        .replace_in_note(f"“{FLEW}”", "“#”")
        .replace_in_note(f"“{PHONED}”", f"“{FLEW}”")
        .replace_in_note("“#”", f"“{PHONED}”")
    )
    report = check(file)
    assert find_faulty(report) == []
    assert report.problems == tuple(
        f"“{text}” has another sentence’s footnote." for text, _, _ in said
    )
    assert not report.stands


MARKS = {
    "docx": r"<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\" /></w:rPr>"
    r"<w:footnoteReference[^>]*/></w:r>",
    "md": r"\[\^1\](?!:)",
    "html": r"<sup><a href=\"#fn1\".*?</sup>",
}
SECOND_MARK = {
    "docx": rf"(All of them were saved.*?){MARKS['docx']}",
    "md": r"(All of them were saved.”)\[\^7\]",
    "html": r"(All of them were saved.”)<sup>.*?</sup>",
}


def test_a_footnote_that_was_taken_out_is_seen(form: Format, check: Check) -> None:
    report = check(Edited(form).sub(SECOND_MARK[form], r"\1"))
    assert report.problems[0] == f"“{'“' + SAVED + '”'}” has no footnote."
    assert not report.stands


def test_a_sentence_that_was_taken_out_is_seen(form: Format, check: Check) -> None:
    pattern = {
        "docx": rf"“All of them were saved.”</w:t></w:r>{MARKS['docx']}",
        "md": r" “All of them were saved.”\[\^7\]",
        "html": r" “All of them were saved.”<sup>.*?</sup>",
    }[form]
    file = Edited(form).sub(pattern, "</w:t></w:r>" if form == "docx" else "")
    report = check(file)
    assert find_faulty(report) == []
    left = "The file holds what a browser shows and is not checked here:"
    left_over = [f"{left} a footnote that no sentence cites."] if form == "html" else []
    assert report.problems == (*left_over, "1 exported sentence is missing.")
    assert "The closing line counts otherwise than the file." in report.notes
    assert not report.stands


def test_a_sentence_that_was_added_is_seen(form: Format, check: Check) -> None:
    report = check(
        Edited(form).replace("Harbor Ledger, undated:", "It rained. Harbor Ledger, undated:")
    )
    assert only_fault(report).n == 6
    paragraph = {
        "docx": (
            r"(<w:p><w:pPr><w:pStyle w:val=\"Heading1\")",
            r"<w:p><w:r><w:t>It rained.</w:t></w:r></w:p>\1",
        ),
        "md": (r"(\n## What)", r"\nIt rained.\n\1"),
        "html": (r"(<section>\n<h2>What)", r"<p>It rained.</p>\1"),
    }[form]
    report = check(Edited(form).sub(*paragraph))
    assert find_faulty(report) == []
    assert report.problems == ("“It rained.” has no footnote.",)


def test_a_sentence_with_a_footnote_that_was_copied_in_is_seen(check: Check) -> None:
    """Each of them stands, and yet this is not what was exported."""
    report = check(Edited("md").sub(r"(\n## What)", rf"\n“{SAVED}”[^7]\n\1"))
    assert find_faulty(report) == []
    assert report.problems == (f"““{SAVED}”” was not exported in these words.",)


def test_a_quotation_behind_another_articles_introduction_is_seen(
    form: Format, check: Check
) -> None:
    """Without the record too: the sentence seems to be said by who is introduced before it."""
    file = Edited(form).replace(f"“{SAVED}”", "“#”")
    first = file.replace(f"“{COUNTED}”", f"“{SAVED}”").replace("“#”", f"“{COUNTED}”")
    for note, other in ((COUNTED, SAVED),):
        first.replace_in_note(note, "#").replace_in_note(other, note).replace_in_note("#", other)
    assert not check(first).stands


def test_what_is_the_analysts_own_may_be_edited_and_is_told(form: Format, check: Check) -> None:
    edited = (
        Edited(form).replace("My own view.", "Our view.").replace("The envoy’s trip", "The trip")
    )
    edited.replace("Launches this week", "Launches", times=2)
    report = check(edited)
    assert report.stands
    assert report.notes == (
        "The title is not as it was exported.",
        "A heading is not as it was exported.",
        "A comment is not as it was exported.",
    )


def test_entries_in_another_order_are_told(form: Format, check: Check) -> None:
    report = check(Edited(form))
    assert not report.notes
    turned = Edited(form, replace(BRIEFING, entries=BRIEFING.entries[::-1]))
    record = re.compile(r"v1(?:\.[a-z][0-9a-f]{8})+")
    if form == "docx":
        return
    (old,) = record.findall(turned.data.decode())
    (new,) = record.findall(Edited(form).data.decode())
    report = check(turned.replace(old, new))
    assert report.stands
    assert report.notes == ("The sentences stand in another order than they were exported in.",)


def test_without_its_record_a_file_says_so_and_its_footnotes_are_checked(
    form: Format, check: Check
) -> None:
    file = drop_record(Edited(form))
    report = check(file)
    assert report.stands
    assert not report.recorded
    assert len(report.findings) == 8
    assert "carries no record" in report.notes[0]
    assert not check(file.replace_in_note("with 40", "with 41")).stands


def test_a_second_footnote_that_was_taken_out_is_seen(check: Check) -> None:
    answer = replace(ANSWER, sentences=(Sentence(PROSE, (3, 1), "checked"),))
    file = Edited("md", make_briefing(make_entry(answer)))
    report = check(file.sub(r" \[\^2\]", ""))
    assert find_faulty(report) == []
    assert report.problems == (f"A footnote of “{PROSE}” is missing.",)


def test_an_edited_day_of_access_is_told_and_no_fault(form: Format, check: Check) -> None:
    report = check(Edited(form).replace_in_note("21 November", "22 November"))
    assert report.stands
    assert "is not written as it was exported" in report.notes[0]


def test_a_document_whose_runs_word_has_parted_stands(check: Check) -> None:
    def part(found: re.Match[str]) -> str:
        properties, signs = found[1] or "", re.findall(r"&\w+;|.", found[2])
        half = len(signs) // 2
        first, second = (
            f'<w:r w:rsidR="00A1">{properties}<w:t xml:space="preserve">{"".join(one)}</w:t></w:r>'
            for one in (signs[:half], signs[half:])
        )
        return (
            f'{first}<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="0" w:name="_GoBack"/>'
            f'<w:bookmarkEnd w:id="0"/>{second}'
        )

    run = re.compile(
        r'<w:r>\s*(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?\s*<w:t xml:space="preserve">([^<]+)</w:t>\s*'
        r"</w:r>",
        re.DOTALL,
    )
    file = Edited("docx")
    for name in ("document", "footnotes"):
        docx = zipfile.ZipFile(io.BytesIO(file.data))
        whole = docx.read(f"word/{name}.xml").decode()
        parted = run.sub(part, whole)
        assert parted != whole
        file.sub(r"\A.*\Z", parted.replace("\\", r"\\"), part=f"word/{name}.xml")
    report = check(file)
    assert report.stands
    assert (report.problems, report.notes) == ((), ())


def test_words_that_were_made_bold_behind_a_mark_of_doubt_are_checked(check: Check) -> None:
    """Bold as the mark is, they would otherwise pass for a part of it."""
    answer = replace(SECOND, sentences=(DOUBTED, *SECOND.sentences[:1]))
    file = Edited("md", make_briefing(make_entry(answer)))
    mark = r"\\\[unsupported: It names no source\.\\\]"
    file.sub(rf"({mark})\*\*(.*?)Harbor.*?40 people aboard\.”\[", r"\1 “All drowned.”**[")
    assert only_fault(check(file)).sentence == "“All drowned.”"


def test_marks_of_direction_may_go(form: Format, check: Check) -> None:
    mark, part = "\u200e", "word/footnotes.xml"
    report = check(Edited(form).sub(mark, "", part=part))
    assert report.stands
    assert report.notes == ()


def test_words_behind_the_hash_do_not_hide_it(form: Format, check: Check) -> None:
    mark = f"[sha256:{FERRY.hash[:16]}]"
    assert check(Edited(form).replace_in_note(mark, f"{mark} See also page 3.")).stands


def test_a_quotation_that_looks_like_a_footnote_is_none(form: Format, check: Check) -> None:
    text = "He wrote: “See [sha256:0123456789abcdef]: “so”” and left."
    odd = make_article(text, title="A: “B” [sha256:00]", author="X: “Y”")
    file = Edited(form, make_briefing(make_entry(make_answer((text, odd, text)))))
    report = check(file, FakeFrozen((odd,)))
    assert report.stands
    assert report.findings[0].quote == text
    changed = check(file.replace_in_note("and left", "and stayed"), FakeFrozen((odd,)))
    assert only_fault(changed).why == "The footnote has “stayed.” where the article has “left.”."


def test_a_paraphrase_is_compared_by_meaning_where_there_is_an_embedder(check: Check) -> None:
    said = ("She reached the harbour by plane.", ENVOY, FLEW)
    briefing = make_briefing(make_entry(make_answer(said)))
    blind = check(Edited("md", briefing))
    assert blind.stands
    assert "there is no embedder" in str(blind.findings[0].why)
    seeing = check(Edited("md", briefing), get_embedder=FakeEmbedder)
    assert only_fault(seeing).why == "Too few of its words stand in what it cites."


def test_an_embedder_is_not_asked_for_where_all_is_quoted(check: Check) -> None:
    def refuse() -> None:
        raise AssertionError("loaded for nothing")

    assert check(Edited("md", make_briefing(make_entry(SECOND))), get_embedder=refuse).stands


def test_a_file_with_every_sentence_in_doubt_is_still_ours(form: Format, check: Check) -> None:
    answer = replace(ANSWER, sentences=(DOUBTED,))
    report = check(Edited(form, make_briefing(make_entry(answer))))
    assert report.stands
    assert report.findings == ()


def test_a_file_without_our_footnotes_is_refused(check: Check, tmp_path: Path) -> None:
    for name, text in (("a.md", "It rained.[^1]\n\n[^1]: Nobody, sha256"), ("b.html", "<p>sha256")):
        (tmp_path / name).write_text(text)
        with pytest.raises(ExportError, match="no footnote that Dateline has written"):
            verify(tmp_path / name, LIBRARY)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_document_that_is_packed_as_none_of_word_s_is_refused(
    tmp_path: Path, packing: int
) -> None:
    path, parts = tmp_path / "b.docx", io.BytesIO(export_briefing(BRIEFING, "docx"))
    with zipfile.ZipFile(parts) as before, zipfile.ZipFile(path, "w", packing) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
    data = bytearray(path.read_bytes())
    # Within what is packed first, behind a header of 30 bytes and a name.
    data[30 + len(before.namelist()[0]) + 20] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ExportError, match="is no Word document that can be read"):
        verify(path, FakeFrozen())


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_can_be_verified(
    tmp_path: Path,
) -> None:
    path = tmp_path / "b.txt"
    path.write_text("A briefing.")
    with pytest.raises(ExportError, match=r"“txt” .* Name a \.docx, \.md or \.html file"):
        verify(path, FakeFrozen())
