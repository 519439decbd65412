"""What was cited can be found again as it was, whatever became of it since."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md

from rag.assistant import Assistant
from rag.errors import LibraryError, UsageError
from rag.index.articles import hash_draft
from rag.index.frozen import Frozen, FrozenArticle
from rag.index.indexing import index_files, remove_article, restore_article
from rag.index.library import Library
from rag.index.records import lighten
from rag.index.schema import FILE_NAME
from rag.index.store import Store
from rag.settings import Settings
from rag.types import Answer, Article

BRIDGE = write_md(
    "The mayor opened the new bridge over the river on Monday.",
    title="Bridge opens",
    outlet="Wire",
    author="A. Sample",
    published="2022-03-13",
    updated="2022-03-14",
    url="https://example.com/bridge",
)
CORRECTED = BRIDGE.replace("on Monday", "on Tuesday")
HARVEST = write_md("Farmers reported a poor harvest of barley after the drought.", title="Harvest")

Fill = Callable[..., Store]

SCRIPTS = {
    "Arabic": "افتتح العمدة الجسر الجديد يوم الاثنين.",
    "Hebrew": "ראש העיר פתח את הגשר החדש.",
    "Persian": "شهردار می‌خواهد پل را باز کند.",
    "Hindi": "महापौर ने नए पुल का उद्घाटन किया।",
    "Tamil": "மேயர் புதிய பாலத்தைத் திறந்தார்.",
    "Thai": "นายกเทศมนตรีเปิดสะพานใหม่",
    "Chinese": "市长周一为新桥揭幕。",
    "Japanese": "市長は月曜日に新しい橋を開通させた。",
    "Korean": "시장이 월요일에 새 다리를 개통했다.",
    "Greek": "Ο δήμαρχος εγκαινίασε τη νέα γέφυρα.",
    "Georgian": "მერმა ახალი ხიდი გახსნა.",
    "Amharic": "ከንቲባው አዲሱን ድልድይ ከፈቱ።",
    "apart": "Le maire a inaugure\u0301 le pont; A\u030angstro\u0308m.",
    "emoji": "Bridge 👩‍👩‍👧‍👦 opened 🏴󠁧󠁢󠁳󠁣󠁴󠁿 𝕿𝖔𝖉𝖆𝖞.",
    "lines": "One.\r\nTwo.\n\n\tThree.\u2028Four.\x00Five.",
}


def make_article(text: str = "The mayor opened the bridge.", **changes: object) -> Article:
    made = Article(file="/press/a.md", title="A title", text=text, id="a1")
    made = replace(made, **changes)  # type: ignore[arg-type]
    return replace(made, hash=hash_draft(made))


def facts(article: Article) -> tuple[object, ...]:
    """All that a reader is shown of an article."""
    return (
        article.hash, article.title, article.text, article.outlet, article.author,
        article.published, article.updated, article.url, article.file,
    )  # fmt: skip


def damage(home: Path, sql: str, *values: object) -> None:
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute(sql, values)
    db.close()


def count(home: Path) -> int:
    with sqlite3.connect(home / FILE_NAME) as db:
        [(rows,)] = db.execute("SELECT count(*) FROM frozen").fetchall()
    db.close()
    return int(rows)


@pytest.fixture
def frozen(library: Library) -> Frozen:
    return library.frozen


def test_an_article_comes_back_as_it_was_frozen(frozen: Frozen) -> None:
    article = make_article(
        outlet="Wire",
        author="A. Sample",
        published=date(2022, 3, 13),
        updated=date(2022, 3, 14),
        url="https://example.com/a",
    )
    before = datetime.now(UTC).replace(microsecond=0)
    frozen.freeze([article])
    found = frozen.find(article.hash)
    assert found is not None
    assert (facts(found), found.id) == (facts(article), "a1")
    assert found.frozen is not None
    assert before <= found.frozen <= datetime.now(UTC)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_kept_to_the_character(frozen: Frozen, script: str) -> None:
    said = SCRIPTS[script]
    article = make_article(said, title=said, outlet=said, author=said, file=f"/{said}.md")
    frozen.freeze([article])
    found = frozen.find(article.hash)
    assert found is not None
    assert facts(found) == facts(article)


def test_a_file_name_with_half_a_character_stands_in_the_way_of_nothing(frozen: Frozen) -> None:
    article = make_article(file="/\udcff.md")
    frozen.freeze([article])
    found = frozen.find(article.hash)
    assert found is not None
    assert (found.text, found.file) == (article.text, "/\ufffd.md")


def test_what_is_frozen_is_found_by_the_beginning_of_its_hash(frozen: Frozen) -> None:
    articles = [make_article(f"Text {number}.") for number in range(20)]
    frozen.freeze(articles)
    for article in articles:
        for given in (article.hash[:8], article.hash[:40], f" {article.hash[:12].upper()}\n"):
            found = frozen.find(given)
            assert found is not None
            assert found.hash == article.hash


@pytest.mark.parametrize("given", ["", "abc", "zzzzzzzz", "\ud800" * 8, "%%%%%%%%", "0" * 65])
def test_what_is_no_beginning_of_a_hash_finds_nothing(frozen: Frozen, given: str) -> None:
    article = make_article()
    frozen.freeze([article])
    assert frozen.find(given) is None
    assert frozen.find(article.hash[:7]) is None


def test_a_beginning_that_two_share_is_asked_about(
    frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (
        replace(make_article(text), hash="ab" * 8 + digit * 48)
        for text, digit in (("One.", "1"), ("Two.", "2"))
    )
    monkeypatch.setattr("rag.index.frozen._is_whole", lambda _: True)
    frozen.freeze([one, other])
    with pytest.raises(UsageError, match="More than one cited article"):
        frozen.find("ab" * 8)
    found = frozen.find("ab" * 8 + "2")
    assert found is not None
    assert found.text == "Two."


def test_what_is_frozen_once_is_not_written_again(frozen: Frozen, home: Path) -> None:
    article = make_article()
    frozen.freeze([article, article])
    first = frozen.find(article.hash)
    # A library that nobody can write any more has nothing to do either.
    damage(home, "CREATE TRIGGER no BEFORE INSERT ON frozen BEGIN SELECT RAISE(ABORT, 'x'); END")
    frozen.freeze([replace(article, id="b2", file="/elsewhere.md")])
    frozen.freeze([])
    assert frozen.find(article.hash) == first
    with pytest.raises(LibraryError):
        frozen.freeze([make_article("Another.")])


def test_a_text_that_is_not_what_was_cited_is_not_taken_for_it(frozen: Frozen) -> None:
    article = make_article()
    frozen.freeze([replace(article, text=""), replace(article, text="Another text.")])
    assert frozen.find(article.hash) is None
    frozen.freeze([replace(article, hash="")])
    frozen.freeze([article])
    found = frozen.find(article.hash)
    assert found is not None
    assert found.text == article.text


@pytest.mark.parametrize(
    ("column", "value"),
    [("text", "The mayor closed the bridge."), ("text", b"\xff\xfe\x80"), ("text", b"torn"),
     ("published", "no day"), ("frozen", "never"), ("title", 7)],
)  # fmt: skip
def test_a_damaged_copy_is_not_passed_off_as_what_was_cited(
    frozen: Frozen, home: Path, column: str, value: str | bytes | int
) -> None:
    torn, whole = make_article("The one."), make_article("The other.")
    frozen.freeze([torn, whole])
    damage(home, f"UPDATE frozen SET {column} = CAST(? AS TEXT) WHERE hash = ?", value, torn.hash)
    assert frozen.find(torn.hash) is None
    found = frozen.find(whole.hash)
    assert found is not None
    assert found.text == "The other."


def test_where_a_copy_is_damaged_the_library_s_own_text_is_found(fill: Fill, home: Path) -> None:
    library = fill(bridge=BRIDGE).library
    [article] = library.articles()
    library.frozen.freeze([article])
    damage(home, "UPDATE frozen SET text = 'torn'")
    found = library.frozen.find(article.hash)
    assert found is not None
    assert (facts(found), found.frozen) == (facts(article), None)


def test_what_was_never_frozen_is_found_where_it_still_stands(fill: Fill) -> None:
    store = fill(bridge=BRIDGE)
    [article] = store.library.articles()
    frozen = store.library.frozen

    def find() -> FrozenArticle:
        found = frozen.find(article.hash[:8])
        assert found is not None
        return found

    assert (facts(find()), find().frozen, frozen.stand(find())) == (
        facts(article), None, "unchanged",
    )  # fmt: skip
    remove_article(store, article.id)
    assert (facts(find()), find().frozen, frozen.stand(find())) == (
        facts(article), None, "removed",
    )  # fmt: skip
    assert frozen.known([article.hash]) == set()


def test_a_source_is_told_from_what_became_of_it(fill: Fill, articles: Callable[..., Path]) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    frozen = store.library.frozen
    [article] = [one for one in store.library.articles() if one.title == "Bridge opens"]
    frozen.freeze([article])

    def stands() -> str:
        found = frozen.find(article.hash)
        assert found is not None
        assert facts(found) == facts(article)
        return frozen.stand(found)

    assert stands() == "unchanged"
    fill(bridge=CORRECTED)
    assert stands() == "changed"
    fill(bridge=BRIDGE)
    assert stands() == "unchanged"
    remove_article(store, article.id)
    assert stands() == "removed"
    restore_article(store, article.id)
    assert stands() == "unchanged"
    fill(bridge=CORRECTED)
    remove_article(store, article.id)
    assert stands() == "removed"
    restore_article(store, article.id)
    assert stands() == "changed"
    (articles() / "bridge.md").unlink()
    index_files(store, [articles()], prune=True)
    assert stands() == "gone"
    fill(again=BRIDGE)
    assert stands() == "unchanged"


def test_what_stands_under_another_id_by_now_is_unchanged(fill: Fill) -> None:
    store = fill(bridge=BRIDGE)
    [article] = store.library.articles()
    store.library.frozen.freeze([article])
    fill(bridge=CORRECTED)
    fill(copy=BRIDGE)
    found = store.library.frozen.find(article.hash)
    assert found is not None
    assert found.id == article.id
    assert store.library.article(article.id).text != found.text
    assert store.library.frozen.stand(found) == "unchanged"


def test_what_is_frozen_outlives_the_server(home: Path) -> None:
    article = make_article()
    first = Library.open(home)
    first.frozen.freeze([article])
    first.close()
    second = Library.open(home)
    found = second.frozen.find(article.hash)
    second.close()
    assert found is not None
    assert facts(found) == facts(article)


def test_it_is_frozen_while_another_process_indexes(library: Library, home: Path) -> None:
    other = Library.open(home)
    with other.writer():
        library.frozen.freeze([make_article()])
    assert other.frozen.find(make_article().hash) is not None
    other.close()


def test_many_that_freeze_at_once_keep_each_once(library: Library, home: Path) -> None:
    other = Library.open(home)
    articles = [make_article(f"Text {number}.") for number in range(12)]
    failed: list[LibraryError] = []
    together = threading.Barrier(6)

    def freeze(frozen: Frozen, first: int) -> None:
        try:
            together.wait()
            for number in range(12):
                frozen.freeze([articles[(first + number) % 12], articles[number]])
        except LibraryError as error:
            failed.append(error)

    threads = [
        threading.Thread(target=freeze, args=((library, other)[n % 2].frozen, n)) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert count(home) == 12
    assert library.frozen.known(a.hash for a in articles) == {a.hash for a in articles}
    other.close()


@pytest.fixture
def assistant(
    fill: Fill, home: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    fill(bridge=BRIDGE, harvest=HARVEST)
    monkeypatch.setattr("rag.assistant.MiniLM.open", lambda _: embedder)
    with Assistant(Settings(home=home)) as opened:
        yield opened


def ask(assistant: Assistant) -> Answer:
    answer = assistant.ask("Who opened the bridge?", engine="quotes")
    assert {one.title for one in answer.citations} == {"Bridge opens"}
    return answer


def test_what_an_answer_cites_is_frozen_and_nothing_else(assistant: Assistant, home: Path) -> None:
    answer = ask(assistant)
    [cited] = {one.hash for one in answer.citations}
    assistant.freeze(answer)
    assert count(home) == 1
    found = assistant.show_frozen(cited[:8])
    assert found.frozen is not None
    assert all(one.quote == found.text[one.start : one.end] for one in answer.citations)


def test_what_was_changed_after_it_was_answered_is_frozen_as_it_was(
    assistant: Assistant, fill: Fill
) -> None:
    answer = ask(assistant)
    fill(bridge=CORRECTED)
    assistant.freeze(answer)
    found = assistant.show_frozen(answer.citations[0].hash)
    assert "on Monday" in found.text
    assert assistant.library.frozen.stand(found) == "changed"


def test_a_kept_answer_s_articles_are_frozen_from_the_library(
    assistant: Assistant, home: Path
) -> None:
    answer = lighten(ask(assistant))
    assistant.freeze(replace(answer, hits=()))
    assistant.freeze(answer)
    assert count(home) == 1
    assert assistant.show_frozen(answer.citations[0].hash).frozen is not None


def test_an_answer_from_before_hashes_were_kept_freezes_nothing(
    assistant: Assistant, home: Path
) -> None:
    answer = ask(assistant)
    old = tuple(replace(one, hash="") for one in answer.citations)
    assistant.freeze(replace(answer, citations=old))
    assert count(home) == 0


def test_an_unknown_hash_is_an_error_in_words(assistant: Assistant) -> None:
    for given in ("", "0123456789", "no hash", "\ud800"):
        with pytest.raises(UsageError, match="No article that was cited"):
            assistant.show_frozen(given)


def test_a_removed_article_is_shown_as_it_was_though_it_was_never_frozen(
    assistant: Assistant,
) -> None:
    answer = ask(assistant)
    assistant.remove(answer.citations[0].article)
    found = assistant.show_frozen(answer.citations[0].hash)
    assert (found.title, found.frozen) == ("Bridge opens", None)


def test_the_day_of_freezing_is_the_first_one(frozen: Frozen, home: Path) -> None:
    article = make_article()
    frozen.freeze([article])
    earlier = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    damage(home, "UPDATE frozen SET frozen = ?", earlier.isoformat())
    frozen.freeze([article])
    found = frozen.find(article.hash)
    assert found is not None
    assert found.frozen == earlier
