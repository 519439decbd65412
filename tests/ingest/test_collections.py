"""Articles in exports and spreadsheets, by whatever names their columns go."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.readers import read_articles
from rag.ingest.records import NO_TEXT, ONLY_SUMMARY, ONLY_TITLE
from rag.types import Draft

BODY = (
    "The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said.\n\n"
    "It cost 41 million crowns and took eleven years to build, according to the ministry.\n\n"
    "“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony on the quay."
)
TITLE = "Portwell opens its third barrier"


def read(path: Path) -> tuple[list[Draft], list[Skipped]]:
    events = list(read_articles(path))
    drafts = [event for event in events if isinstance(event, Draft)]
    return drafts, [event for event in events if isinstance(event, Skipped)]


def read_until_it_breaks(path: Path) -> tuple[list[Draft], list[Skipped], str]:
    """The articles, the records without one, and what is said of the file at its end."""
    events: list[Draft | Skipped] = []
    with pytest.raises(UnreadableFile) as caught:
        events += read_articles(path)
    drafts = [event for event in events if isinstance(event, Draft)]
    return drafts, [event for event in events if isinstance(event, Skipped)], caught.value.problem


def save(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def save_table(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return save(path, text.getvalue())


def record(**more: object) -> dict[str, object]:
    return {"title": TITLE, "text": BODY, **more}


NEWSAPI = {
    "source": {"id": "et", "name": "Example Times"},
    "author": "Jane Doe",
    "title": TITLE,
    "description": "A barrier opens.",
    "url": "https://example.com/barrier",
    "publishedAt": "2022-01-18T10:00:00Z",
    "content": "The harbour city of Portwell opened its third barrier… [+1234 chars]",
}


def test_a_newsapi_answer_gives_its_articles_and_says_that_they_are_cut(tmp_path: Path) -> None:
    answer = {"status": "ok", "totalResults": 2, "articles": [NEWSAPI, NEWSAPI]}
    [draft, second], skipped = read(save(tmp_path / "a.json", json.dumps(answer)))
    assert not skipped
    assert (draft.part, second.part) == ("1", "2")
    assert draft.place == f"{tmp_path / 'a.json'}#1"
    assert (draft.title, draft.outlet, draft.author) == (TITLE, "Example Times", "Jane Doe")
    assert (draft.published, draft.url) == (date(2022, 1, 18), "https://example.com/barrier")
    assert draft.text == "The harbour city of Portwell opened its third barrier"
    assert "1234 characters" in draft.warnings[0]
    assert draft.origins["outlet"] == draft.origins["published"] == "columns"


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        (f"{TITLE} - Example Times", TITLE),
        ("Sea - wall - Example Times", "Sea - wall"),
        (f"{TITLE} - Example Herald", f"{TITLE} - Example Herald"),
        ("Inside the Example Times", "Inside the Example Times"),
    ],
)
def test_a_title_loses_the_name_of_the_records_own_outlet(
    tmp_path: Path, title: str, read_as: str
) -> None:
    [draft], _ = read(save(tmp_path / "a.json", json.dumps([{**NEWSAPI, "title": title}])))
    assert (draft.title, draft.outlet) == (read_as, "Example Times")


def test_gdelt_links_have_no_text_and_are_named_so(tmp_path: Path) -> None:
    link = {
        "url": "https://example.com/a",
        "title": TITLE,
        "seendate": "20220313T101500Z",
        "domain": "example.com",
        "language": "English",
        "sourcecountry": "United States",
    }
    path = save(tmp_path / "a.json", json.dumps({"articles": [link, {**link, "title": ""}]}))
    assert [one.reason for one in read(path)[1]] == [ONLY_TITLE, NO_TEXT]
    [draft], _ = read(save(tmp_path / "b.json", json.dumps({"articles": [{**link, "text": BODY}]})))
    assert (draft.published, draft.outlet) == (date(2022, 3, 13), "example.com")
    assert draft.language == "en"


def test_lexis_columns_are_known_whatever_their_case(tmp_path: Path) -> None:
    row = {
        "Headline": TITLE,
        "SOURCE": "Example Times (London)",
        "Byline": "By Jane Doe and John Roe",
        "Load-Date": "January 18, 2022",
        "Full text": BODY,
        "Section": "World; Pg. 4",
        "Language": "ENGLISH",
        "Copyright": "Copyright 2022 Example Times",
    }
    [draft], _ = read(save_table(tmp_path / "a.csv", [row]))
    assert (draft.title, draft.text) == (TITLE, BODY)
    assert (draft.outlet, draft.author) == ("Example Times (London)", "Jane Doe and John Roe")
    assert (draft.published, draft.section, draft.language) == (date(2022, 1, 18), "World", "en")


def test_factiva_fields_are_joined_to_one_text(tmp_path: Path) -> None:
    lead, rest = BODY.split("\n\n", 1)
    plain = {"HD": TITLE, "BY": "Jane Doe", "PD": "18 January 2022", "SN": "Example Times"}
    row = {**plain, "LP": lead, "TD": rest, "SE": "World", "LA": "English", "CY": "2022"}
    [draft], _ = read(save_table(tmp_path / "a.csv", [row]))
    assert (draft.text, draft.author, draft.outlet) == (BODY, "Jane Doe", "Example Times")
    assert (draft.published, draft.section) == (date(2022, 1, 18), "World")
    snapshot = {
        "an": "EXT0000020220118",
        "title": TITLE,
        "snippet": lead,
        "body": rest,
        "publication_datetime": 1642500000000,
        "modification_date": 1642600000000,
        "source_name": "Example Times",
        "language_code": "en",
    }
    [draft], _ = read(save(tmp_path / "b.jsonl", json.dumps(snapshot)))
    assert (draft.text, draft.outlet, draft.language) == (BODY, "Example Times", "en")
    assert (draft.published, draft.updated) == (date(2022, 1, 18), date(2022, 1, 19))


@pytest.mark.parametrize(
    "title, text, published, outlet",
    [
        ("headline", "content", "published_at", "outlet"),
        ("title", "article_text", "date", "publisher"),
        ("Title", "fulltext", "date_publish", "source_domain"),
        ("headline", "maintext", "Pub Date", "publication"),
        ("article title", "Article Body", "datePublished", "newspaper"),
    ],
)
def test_generic_names_of_columns_are_known(
    tmp_path: Path, title: str, text: str, published: str, outlet: str
) -> None:
    row = {title: TITLE, text: BODY, published: "2022-01-18", outlet: "Example Times"}
    [draft], _ = read(save_table(tmp_path / "a.tsv", [row], delimiter="\t"))
    assert (draft.title, draft.text, draft.outlet) == (TITLE, BODY, "Example Times")
    assert draft.published == date(2022, 1, 18)


def test_guardian_nytimes_and_dumped_records_are_found_where_they_lie(tmp_path: Path) -> None:
    guardian = {
        "webTitle": TITLE,
        "webPublicationDate": "2022-01-18T10:00:00Z",
        "webUrl": "https://example.com/a",
        "sectionName": "World news",
        "fields": {"bodyText": BODY, "byline": "Jane Doe"},
    }
    answer = {"response": {"status": "ok", "total": 1, "results": [guardian]}}
    [draft], _ = read(save(tmp_path / "a.json", json.dumps(answer)))
    assert (draft.title, draft.author, draft.section) == (TITLE, "Jane Doe", "World news")
    times = {
        "headline": {"main": TITLE, "print": "Barrier"},
        "byline": {"original": "By Jane Doe"},
        "abstract": "A barrier opens in Portwell.",
        "pub_date": "2022-01-18T10:00:00+0000",
        "web_url": "https://example.com/a",
    }
    [draft], _ = read(save(tmp_path / "b.json", json.dumps({"response": {"docs": [times]}})))
    assert (draft.title, draft.author, draft.warnings) == (TITLE, "Jane Doe", (ONLY_SUMMARY,))
    dumped = {"_index": "news", "_id": "7", "_source": record()}
    [draft], _ = read(save(tmp_path / "c.jsonl", json.dumps(dumped)))
    assert (draft.title, draft.text) == (TITLE, BODY)
    [draft], _ = read(save(tmp_path / "d.json", json.dumps({"hits": {"hits": [dumped]}})))
    assert (draft.title, draft.text) == (TITLE, BODY)


def test_a_single_object_is_an_article_even_with_lists_in_it(tmp_path: Path) -> None:
    one = record(authors=[{"name": "Jane Doe"}, {"name": "John Roe"}], images=[{"url": "x"}])
    [draft], _ = read(save(tmp_path / "a.json", json.dumps(one)))
    assert (draft.title, draft.author) == (TITLE, "Jane Doe, John Roe")


def test_a_list_of_words_holds_no_articles(tmp_path: Path) -> None:
    for data in ('["a", "b"]', '{"a": [1, 2]}', "3", '{"settings": {"url": "x"}}', "no json"):
        with pytest.raises(UnreadableFile, match="JSON"):
            read(save(tmp_path / "a.json", data))


def test_text_in_html_is_made_plain(tmp_path: Path) -> None:
    html = "".join(f"<p>{paragraph}</p>" for paragraph in BODY.split("\n\n"))
    html += "<script>alert(1)</script><p>Größe &amp; Maß<br/>bleiben gleich, sagte sie dazu.</p>"
    row = record(text=html, title="Portwell&#8217;s <b>third</b> barrier is open")
    [draft], _ = read(save(tmp_path / "a.jsonl", json.dumps(row)))
    assert draft.title == "Portwell’s third barrier is open"
    assert draft.text.startswith(BODY)
    assert "Größe & Maß" in draft.text
    assert "alert" not in draft.text and "<" not in draft.text


def test_text_of_records_is_cleaned_as_plain_text_is(tmp_path: Path) -> None:
    row = record(text=f"{TITLE}\n\nAdvertisement\n\n{BODY}\n\nShare\n")
    [draft], _ = read(save(tmp_path / "a.jsonl", json.dumps(row)))
    assert draft.text == BODY


def test_a_record_without_text_is_named_and_a_summary_is_said_to_be_one(tmp_path: Path) -> None:
    rows = [{"title": TITLE}, {"url": "https://example.com"}, {"title": TITLE, "summary": BODY}]
    drafts, skipped = read(save(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows))))
    assert skipped == [
        Skipped(f"{tmp_path / 'a.jsonl'}#1", ONLY_TITLE),
        Skipped(f"{tmp_path / 'a.jsonl'}#2", NO_TEXT),
    ]
    assert [(draft.part, draft.warnings) for draft in drafts] == [("3", (ONLY_SUMMARY,))]


def test_a_date_that_reads_two_ways_is_left_out_and_named(tmp_path: Path) -> None:
    [draft], _ = read(save(tmp_path / "a.jsonl", json.dumps(record(date="03/04/2022"))))
    assert draft.published is None
    assert "03/04/2022" in draft.warnings[0]


@pytest.mark.parametrize(
    "settling, expected", [("25/04/2022", date(2022, 4, 3)), ("04/25/2022", date(2022, 3, 4))]
)
def test_another_row_settles_whether_the_day_comes_first(
    tmp_path: Path, settling: str, expected: date
) -> None:
    rows = [{"title": TITLE, "text": BODY, "date": day} for day in ("03/04/2022", settling)]
    [draft, _], _ = read(save_table(tmp_path / "a.csv", rows))
    assert (draft.published, draft.warnings) == (expected, ())


def test_rows_that_disagree_settle_nothing(tmp_path: Path) -> None:
    days = ("03/04/2022", "25/04/2022", "04/25/2022")
    rows = [{"title": TITLE, "text": BODY, "date": day} for day in days]
    [draft, *_], _ = read(save_table(tmp_path / "a.csv", rows))
    assert draft.published is None


def test_a_broken_line_of_json_is_named_and_the_others_go_in(tmp_path: Path) -> None:
    lines = [
        json.dumps(record()),
        '{"title": "x", "text": ',
        "[1]",
        "[" * 5000,
        json.dumps(record()),
    ]
    drafts, skipped = read(save(tmp_path / "a.jsonl", "\n\n".join(lines)))
    assert [draft.part for draft in drafts] == ["1", "5"]
    places = [one.file.rpartition("#")[2] for one in skipped]
    assert places == ["line 3", "line 5", "line 7"]
    assert "no JSON" in skipped[0].reason and "deep" in skipped[2].reason


def test_a_number_without_end_crashes_nothing(tmp_path: Path) -> None:
    # It took ijson's parser in C down.
    rows = [json.dumps(record()), f'{{"title": "x", "text": "y", "n": {"9" * 5000}}}']
    path = save(tmp_path / "a.json", f"[{','.join(rows)}]")
    drafts, skipped, said = read_until_it_breaks(path)
    assert len(drafts) == 1 and not skipped
    assert "record 2 (a number is too long)" in said
    drafts, [broken] = read(save(tmp_path / "a.jsonl", "\n".join(rows)))
    assert len(drafts) == 1 and broken.file.endswith("line 2")


def test_records_are_found_behind_long_other_values_and_in_lists_of_lists(tmp_path: Path) -> None:
    long = {"note": ["x" * 300_000] * 3, "count": 3, "articles": [record(), record()], "end": {}}
    assert len(read(save(tmp_path / "a.json", json.dumps(long)))[0]) == 2
    pages = {"pages": [{"n": 1, "articles": [record()]}, {"articles": [record(), record()]}]}
    assert [one.part for one in read(save(tmp_path / "a.json", json.dumps(pages)))[0]] == [
        *("1", "2", "3")
    ]


def test_json_in_other_encodings_is_read(tmp_path: Path) -> None:
    words = "Der Außenminister erklärte, größere Änderungen seien möglich und nicht geplant. " * 3
    data = json.dumps([record(text=words)], ensure_ascii=False)
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        [draft], _ = read(save(tmp_path / "a.json", data.encode(encoding)))
        assert draft.text == words.strip()


def test_json_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    whole = json.dumps([record(), record(), record()])
    drafts, skipped, said = read_until_it_breaks(save(tmp_path / "a.json", whole[:-20]))
    assert len(drafts) == 2 and not skipped
    assert "at record 3 (" in said and said.endswith("nothing behind it was read.")


def test_json_that_breaks_off_still_settles_which_of_day_and_month_comes_first(
    tmp_path: Path,
) -> None:
    rows = [record(date="03/04/2022"), record(date="25/04/2022"), record()]
    drafts, *_ = read_until_it_breaks(save(tmp_path / "a.json", json.dumps(rows)[:-20]))
    assert [draft.published for draft in drafts] == [date(2022, 4, 3), date(2022, 4, 25)]


def test_a_record_of_damaged_characters_costs_no_other(tmp_path: Path) -> None:
    words = "Die “Größe” ändert sich täglich. " * 3
    rows = [json.dumps(record(text=words), ensure_ascii=False).encode() for _ in range(3)]
    rows[1] = rows[1].replace("ä".encode(), b"\xff\xe4\x81", 1)
    drafts, [broken] = read(save(tmp_path / "a.json", b"[" + b",".join(rows) + b"]"))
    assert [draft.part for draft in drafts] == ["1", "3"]
    assert broken.file.endswith("#2") and "damaged" in broken.reason


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv"])
def test_a_day_that_no_calendar_has_costs_no_record(tmp_path: Path, suffix: str) -> None:
    rows = [record(date=day) for day in ("-62169984000", "2022-01-18")]
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        save_table(path, rows)  # type: ignore[arg-type]
    else:
        save(path, json.dumps(rows) if suffix == ".json" else "\n".join(map(json.dumps, rows)))
    drafts, skipped = read(path)
    assert [draft.published for draft in drafts] == [None, date(2022, 1, 18)]
    assert not skipped


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv"])
def test_a_record_that_surprises_its_reader_costs_itself_alone(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plain(words: str) -> str:
        if "surprise" in words:
            raise KeyError("surprise")
        return words

    monkeypatch.setattr("rag.ingest.records.make_plain", plain)
    rows = [record(), record(text=f"{BODY} surprise"), record()]
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        save_table(path, rows)  # type: ignore[arg-type]
    else:
        save(path, json.dumps(rows) if suffix == ".json" else "\n".join(map(json.dumps, rows)))
    drafts, [surprising] = read(path)
    assert [draft.part for draft in drafts] == ["1", "3"]
    assert surprising.file.endswith("#2") and "KeyError" in surprising.reason


ROW = {"title": TITLE, "text": BODY, "date": "2022-01-18", "url": "https://example.com/a"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_parts_the_columns_is_found_out(tmp_path: Path, delimiter: str) -> None:
    drafts, skipped = read(save_table(tmp_path / "a.csv", [ROW, ROW], delimiter))
    assert [draft.text for draft in drafts] == [BODY, BODY]
    assert not skipped


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp1252"])
def test_a_table_that_was_saved_as_text_gives_its_articles(tmp_path: Path, encoding: str) -> None:
    rows = [{"Title": TITLE, "Source": "Post", "Text": f"{number}: {BODY}"} for number in (1, 2)]
    path = save_table(tmp_path / "a.txt", rows, "\t")
    path.write_bytes(path.read_bytes().decode().encode(encoding))
    drafts, skipped = read(path)
    assert [draft.text for draft in drafts] == [f"1: {BODY}", f"2: {BODY}"]
    assert [(draft.title, draft.outlet, draft.part) for draft in drafts] == [
        (TITLE, "Post", "1"),
        (TITLE, "Post", "2"),
    ]
    assert skipped == []


@pytest.mark.parametrize("first", ["Title\tSource\tDate", "The text\tof the title", "title,text"])
def test_a_text_with_another_first_line_is_one_article(tmp_path: Path, first: str) -> None:
    drafts, _ = read(save(tmp_path / "a.txt", f"{first}\n\n{BODY}"))
    assert [draft.part for draft in drafts] == [""]
    assert drafts[0].text.endswith(BODY)


def test_excels_first_line_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = save_table(tmp_path / "a.csv", [ROW, ROW], ";")
    table = path.read_bytes().replace(
        b"2022-01-18;https://example.com/a\r\n", b"2022-01-18;\r\n\r\n"
    )
    drafts, skipped = read(save(path, b"\xef\xbb\xbfsep=;\r\n" + table))
    assert [draft.part for draft in drafts] == ["1", "2"]
    assert not skipped


def test_a_quotation_mark_that_never_closes_costs_one_row(tmp_path: Path) -> None:
    rows = [{**ROW, "title": f"{TITLE}, part {number}"} for number in range(1, 7)]
    path = save_table(tmp_path / "a.csv", rows)
    lines = path.read_text().replace('part 3"', "part 3")
    drafts, skipped = read(save(path, lines))
    assert [draft.title[-1] for draft in drafts] == ["1", "2", "4", "5", "6"]
    assert len(skipped) == 1
    assert "#line " in skipped[0].file and "quotation marks" in skipped[0].reason


def test_a_quotation_mark_open_to_the_end_is_named_too(tmp_path: Path) -> None:
    path = save_table(tmp_path / "a.csv", [ROW, ROW])
    with path.open("a") as file:
        file.write('"never closed,and so on,2022-01-18,x\n')
    drafts, skipped = read(path)
    assert len(drafts) == 2
    assert len(skipped) == 1


def test_a_table_full_of_broken_rows_is_given_up(tmp_path: Path) -> None:
    bad = 'a "b,"c" d,x,y\nA title here,Some words.,2022-01-18,https://example.com/a\n' * 150
    path = save(tmp_path / "a.csv", "title,text,date,url\n" + bad)
    drafts, skipped, said = read_until_it_breaks(path)
    assert len(drafts) == len({one.file for one in skipped}) == len(skipped) == 99
    assert said == "100 of its rows are broken, the last at line 200; nothing behind it was read."


def test_a_cell_with_a_control_character_shifts_no_column(tmp_path: Path) -> None:
    row = {"note": "a\x1fb", **ROW}
    [draft], _ = read(save_table(tmp_path / "a.csv", [row]))
    assert (draft.title, draft.text, draft.url) == (TITLE, BODY, ROW["url"])


def test_a_table_without_a_known_column_is_refused_by_their_names(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="colour, price"):
        read(save(tmp_path / "a.csv", "colour,price\nred,3\n"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_tables_are_read_in_the_encodings_in_use(tmp_path: Path, encoding: str) -> None:
    words = "Die Größe des Maßes ändert sich täglich, sagte der Außenminister in Köln. " * 4
    table = f'title,text\nGrößere Maße überall im Land,"{words.strip()}"\n'
    [draft], _ = read(save(tmp_path / "a.csv", table.encode(encoding)))
    assert draft.text == words.strip()
    assert draft.title == "Größere Maße überall im Land"
    guessed = encoding in ("utf-16-le", "cp1252")
    assert bool(draft.warnings) is guessed and (not guessed or encoding in draft.warnings[0])


def test_a_row_in_another_encoding_than_the_others_is_read_in_its_own(tmp_path: Path) -> None:
    words = "Der Außenminister erklärte, größere Änderungen seien möglich und nicht geplant. " * 3
    rows = [f'Über Maß und Größe {n},"{words}"\n'.encode() for n in range(3)]
    rows[1] = rows[1].decode().encode("cp1252")
    drafts, skipped = read(save(tmp_path / "a.csv", b"title,text\n" + b"".join(rows)))
    assert [draft.text for draft in drafts] == [words.strip()] * 3
    assert [bool(draft.warnings) for draft in drafts] == [False, True, False]
    assert not skipped


def test_lists_and_objects_written_out_by_python_are_read(tmp_path: Path) -> None:
    row = {**ROW, "author": "['Jane Doe', 'John Roe']", "source": "{'id': None, 'name': 'Ex News'}"}
    [draft], _ = read(save_table(tmp_path / "a.csv", [row]))
    assert (draft.author, draft.outlet) == ("Jane Doe, John Roe", "Ex News")


def test_what_no_reader_of_a_table_means_is_nothing(tmp_path: Path) -> None:
    row = {**ROW, "author": "nan", "date": "NaT", "source": "None", "url": "javascript:alert(1)"}
    [draft], _ = read(save_table(tmp_path / "a.csv", [row]))
    assert (draft.author, draft.published, draft.outlet, draft.url) == (None, None, None, None)
    assert draft.warnings == ()
