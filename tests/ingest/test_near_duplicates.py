"""Near-duplicates: copies of a story are told from other stories, and one version from another."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import make_draft
from hypothesis import given
from hypothesis import strategies as st
from wire_stories import (
    APART,
    EDITED,
    LENGTHENED,
    PARAGRAPHS,
    SHORTENED,
    STORY,
    write_weather,
)

from rag.ingest.copies import COMPARED, Reading, are_copies, find_address, is_later
from rag.ingest.sketches import BANDS, cut_shingles, list_bands, read_words

NOTICE = "Correction, 15 March 2022: An earlier version of this article gave a wrong length."


def read(text: str, outlet: str | None = "Example Wire", **given: object) -> Reading:
    return Reading(make_draft(text, outlet=outlet, **given))


def meet(one: str, other: str) -> bool:
    first, second = (set(list_bands(cut_shingles(read_words(text)))) for text in (one, other))
    return bool(first & second)


@pytest.mark.parametrize(
    "copy",
    [
        STORY.upper(),
        EDITED,
        SHORTENED,
        LENGTHENED,
        STORY.replace("\n\n", " "),
        f"PORT ELLERY (Example Wire) — {STORY}\n\nReporting by A. Sample; editing by B. Sample.",
        "\n\n".join(PARAGRAPHS[:2] + PARAGRAPHS[3:]),
    ],
)
def test_what_outlets_make_of_a_wire_story_are_copies_of_it(copy: str) -> None:
    assert meet(STORY, copy)
    assert are_copies(read(STORY), read(copy, "Harbor Ledger", title="Another headline"))
    assert are_copies(read(copy, "Harbor Ledger"), read(STORY, title="Another headline"))


def test_a_story_on_the_same_event_by_somebody_else_is_no_copy() -> None:
    assert not are_copies(read(STORY), read(APART, "Harbor Ledger"))


@pytest.mark.parametrize("outlet", ["Example Wire", "Harbor Ledger", None])
def test_reports_by_a_template_are_no_copies(outlet: str | None) -> None:
    monday = write_weather("Monday", "7 March", 4, 11, 30, 5, 8)
    tuesday = write_weather("Tuesday", "8 March", 6, 13, 25, 2, 9)
    assert meet(monday, tuesday)
    assert not are_copies(read(monday), read(tuesday, outlet, title="A title"))


def test_a_figure_that_was_brought_up_to_date_leaves_a_copy() -> None:
    later = STORY.replace("40 barges", "55 barges")
    assert are_copies(read(STORY), read(later, "Harbor Ledger"))


def test_an_outlet_does_not_reprint_itself_under_another_headline() -> None:
    other = STORY.replace(PARAGRAPHS[2], "Grain is not carried here, but gravel and timber are.")
    for outlet, copies in (("Example Wire", False), ("EXAMPLE WIRE", False), ("Ledger", True)):
        assert are_copies(read(STORY), read(other, outlet, title="Another")) is copies
    assert are_copies(read(STORY), read(other, title="A TITLE!"))


def test_a_round_up_is_no_copy_of_each_story_in_it() -> None:
    rest = " ".join(f"Word{n} of item{n} that nobody else has printed." for n in range(60))
    assert not are_copies(read(STORY), read(f"{STORY}\n\n{rest}", "Harbor Ledger"))


@pytest.mark.parametrize("text", ["", "…", "Photo.", "Subscribe to read on.", "The lock is shut."])
def test_texts_of_a_few_words_are_never_copies(text: str) -> None:
    assert not are_copies(read(text), read(text, "Harbor Ledger"))


def test_a_short_item_is_a_copy_where_every_word_is_the_same() -> None:
    item = "Port Ellery's northern lock will stay shut until Friday, its keeper said."
    assert are_copies(read(item), read(item.replace("'", "’"), "Harbor Ledger"))
    assert not are_copies(read(item), read(item.replace("Friday", "Sunday"), "Harbor Ledger"))


@pytest.mark.parametrize(
    "paragraph",
    [
        "港务局周一关闭了北闸，因为潜水员在下闸门发现裂缝，并通知四十艘驳船的船主在上游等候。",
        "ท่าเรือปิดประตูน้ำด้านเหนือเมื่อวันจันทร์หลังจากนักดำน้ำพบรอยร้าวที่บานประตูล่าง",
        "항만청은 월요일 잠수부들이 아래쪽 문에서 균열을 발견한 뒤 북쪽 갑문을 폐쇄했다고 밝혔다.",
        "Портовое управление закрыло северный шлюз в понедельник, когда водолазы нашли трещину.",
        "أغلقت سلطة الميناء الهويس الشمالي يوم الاثنين بعد أن عثر الغواصون على صدع في البوابة.",
    ],
)
def test_other_scripts_are_compared_as_well(paragraph: str) -> None:
    more = [paragraph + digit * 3 for digit in "123456"]
    story, copy = " ".join(more), " ".join(more[:4])
    assert are_copies(read(story), read(copy, "Harbor Ledger", title="B"))
    assert not are_copies(read(story), read(copy[::-1], "Harbor Ledger", title="B"))


def test_an_empty_text_meets_nothing() -> None:
    assert list_bands(cut_shingles(read_words(""))) == []


@given(st.text(max_size=200))
def test_any_text_has_all_bands_or_none_and_each_fits_sqlite(text: str) -> None:
    bands = list_bands(cut_shingles(read_words(text)))
    assert len(bands) == (BANDS if read_words(text) else 0)
    assert all(-(2**63) <= band < 2**63 for band in bands)


def test_a_later_update_supersedes_what_it_updates_and_not_the_other_way() -> None:
    early = read(STORY, published=date(2022, 3, 14))
    late = read(EDITED, published=date(2022, 3, 14), updated=date(2022, 3, 15))
    assert is_later(late, early)
    assert not is_later(early, late)


def test_a_notice_of_correction_tells_the_later_version() -> None:
    early, late = read(STORY), read(f"{EDITED}\n\n{NOTICE}")
    assert is_later(late, early)
    assert not is_later(early, late)


def test_nothing_tells_two_versions_of_a_day_apart() -> None:
    one, other = read(STORY), read(EDITED)
    assert not is_later(one, other)
    assert not is_later(other, one)


def test_a_copy_in_another_outlet_supersedes_nothing() -> None:
    early = read(STORY, published=date(2022, 3, 14))
    late = read(EDITED, "Harbor Ledger", updated=date(2022, 3, 15))
    assert not is_later(late, early)


def test_one_address_makes_versions_also_under_another_headline() -> None:
    url = "https://www.example.com/lock?utm_source=x"
    early = read(STORY, None, published=date(2022, 3, 14), url="http://example.com/lock/")
    rewritten = f"{SHORTENED}\n\n{APART}"
    late = read(rewritten, None, title="Lock shut", updated=date(2022, 3, 15), url=url)
    assert is_later(late, early)
    front = read(APART, None, updated=date(2022, 3, 15), url="https://example.com/lock")
    assert not is_later(front, early)


@pytest.mark.parametrize("url", [None, "", "https://example.com/", "not an address", "http://[x"])
def test_a_front_page_or_no_address_tells_nothing(url: str | None) -> None:
    assert find_address(url) is None


def test_an_address_keeps_what_tells_pages_apart() -> None:
    assert find_address("https://a.example/?id=7&fbclid=x#top") == "a.example?id=7"
    assert find_address("https://a.example/?id=8") == "a.example?id=8"


def test_of_a_book_its_beginning_is_compared() -> None:
    pages = " ".join(f"page{number}" for number in range(200_000))
    book, longer = (Reading(make_draft(text, title="Book")) for text in (pages, pages * 2))
    assert len(pages) > COMPARED
    assert book.shingles == longer.shingles
    assert are_copies(book, longer)
