"""A news database's download in the library: its documents come, change and go one by one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rag.index.indexing import index_files
from rag.index.store import Store
from rag.types import Article

TEXT = "The ferry to {town} sailed on Thursday with {count} cars, the harbour office there said."
TOWNS = {"Odde": ("March 3, 2022", 3), "Lund": ("April 18, 2021", 40), "Tarn": ("June 9, 2020", 5)}


def write(path: Path, *towns: str, **counts: int) -> None:
    documents = []
    for number, town in enumerate(towns, start=1):
        day, count = TOWNS[town]
        said = TEXT.format(town=town, count=counts.get(town, count))
        documents.append(
            f"{number} of {len(towns)} DOCUMENTS\n\n{town} Times\n\n{day} Thursday\n\n"
            f"Ferry reaches {town} at last\n\nBYLINE: Jane {town}\n\nLENGTH: 90 words\n\n"
            f"{said}\n\nLOAD-DATE: December 24, 2023\n\nLANGUAGE: ENGLISH\n"
        )
    path.write_text("\n\n".join(documents), encoding="utf-8")


def by_outlet(store: Store) -> dict[str | None, Article]:
    return {article.outlet: article for article in store.library.articles()}


def test_each_document_is_found_under_its_own_day_outlet_and_byline(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "ferries.txt"
    write(path, *TOWNS)
    report = index_files(store, [path])
    assert (report.added, report.skipped) == (3, ())
    found = by_outlet(store)
    days = {"Odde": date(2022, 3, 3), "Lund": date(2021, 4, 18), "Tarn": date(2020, 6, 9)}
    for number, (town, day) in enumerate(days.items(), start=1):
        article = found[f"{town} Times"]
        assert (article.published, article.author) == (day, f"Jane {town}")
        assert (article.title, article.place) == (
            f"Ferry reaches {town} at last",
            f"{path}#{number}",
        )
    write(path, *TOWNS)
    again = index_files(store, [path])
    assert (again.added, again.dropped, again.unchanged) == (0, 0, 3)


def test_an_edited_document_changes_alone(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "ferries.txt"
    write(path, *TOWNS)
    index_files(store, [path])
    before = by_outlet(store)
    write(path, *TOWNS, Lund=41)
    report = index_files(store, [path])
    after = by_outlet(store)
    assert report.unchanged == 2 and len(after) == 3
    assert "41 cars" in after["Lund Times"].text
    assert after["Odde Times"].id == before["Odde Times"].id
    assert after["Tarn Times"].id == before["Tarn Times"].id


def test_a_document_taken_out_of_the_middle_goes_alone(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "ferries.txt"
    write(path, *TOWNS)
    index_files(store, [path])
    before = by_outlet(store)
    write(path, "Odde", "Tarn")
    report = index_files(store, [path])
    assert (report.added, report.dropped, report.unchanged) == (0, 1, 2)
    after = by_outlet(store)
    assert set(after) == {"Odde Times", "Tarn Times"}
    assert after["Tarn Times"].id == before["Tarn Times"].id
    assert after["Tarn Times"].published == date(2020, 6, 9)


def test_a_download_of_one_document_that_grows_keeps_its_article(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "ferries.txt"
    write(path, "Odde")
    index_files(store, [path])
    assert by_outlet(store)["Odde Times"].place == str(path)
    write(path, *TOWNS)
    index_files(store, [path])
    assert set(by_outlet(store)) == {f"{town} Times" for town in TOWNS}
    assert len(list(store.library.articles())) == 3


def test_a_download_that_breaks_off_drops_nothing_behind_the_break(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "ferries.txt"
    write(path, *TOWNS)
    index_files(store, [path])
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: whole.index("BYLINE: Jane Lund")], encoding="utf-8")
    report = index_files(store, [path])
    assert report.dropped == 0 and len(by_outlet(store)) == 3
    assert any("breaks off in document 2" in one.reason for one in report.skipped)
