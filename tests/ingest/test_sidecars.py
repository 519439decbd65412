"""What somebody wrote down about a file, beside it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from rag.ingest.files import Skipped, sidecar_of
from rag.ingest.readers import read_articles
from rag.types import Draft

TEXT = (
    "---\ntitle: Its own title\noutlet: Example Times\n---\nThe barrier opened, the mayor said.\n"
)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.md"
    path.write_text(TEXT)
    return path


def beside(path: Path, words: str, suffix: str = ".yaml") -> Path:
    side = path.with_name(path.name + suffix)
    side.write_text(words)
    return side


def test_a_persons_hand_wins_over_what_is_read(story: Path) -> None:
    beside(story, "title: By hand\npublished: 2022-03-14\nauthor: Jane Doe\n")
    [draft] = read_articles(story)
    assert isinstance(draft, Draft)
    assert (draft.title, draft.outlet) == ("By hand", "Example Times")
    assert (draft.published, draft.author) == (date(2022, 3, 14), "Jane Doe")
    assert (draft.origins["title"], draft.origins["outlet"]) == ("sidecar", "front matter")


def test_in_a_file_of_several_it_fills_in_what_a_record_lacks(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    text = "The barrier opened on Tuesday, the mayor said at the ceremony on the quay. " * 5
    rows = [{"title": "One", "text": text}, {"title": "Two", "text": text, "source": "Other"}]
    path.write_text("\n".join(map(json.dumps, rows)))
    beside(path, "title: All\nurl: https://example.com/\noutlet: Wire\nlanguage: de\n", ".yml")
    first, second = read_articles(path)
    assert isinstance(first, Draft) and isinstance(second, Draft)
    assert (first.title, first.outlet, first.url) == ("One", "Wire", None)
    assert (second.title, second.outlet) == ("Two", "Other")
    # That it is German was said by a person, that it is English only by its letters.
    assert (first.language, first.origins["language"]) == ("de", "sidecar")


@pytest.mark.parametrize("words", ["", "just words", "[1, 2]", "a: b", "\0\1\2", "x" * 70_000])
def test_a_broken_one_is_named_and_the_article_goes_in(story: Path, words: str) -> None:
    side = beside(story, words)
    broken, draft = read_articles(story)
    assert isinstance(broken, Skipped) and broken.file == str(side) and broken.reason
    assert isinstance(draft, Draft) and draft.title == "Its own title"


def test_a_date_that_cannot_be_read_is_named_and_the_rest_counts(story: Path) -> None:
    beside(story, "title: By hand\npublished: last Monday\n")
    wrong, draft = read_articles(story)
    assert isinstance(wrong, Skipped) and "last Monday" in wrong.reason
    assert isinstance(draft, Draft) and (draft.title, draft.published) == ("By hand", None)


@pytest.mark.parametrize(
    "line",
    [
        "language: <b>x</b>",
        "language: 12",
        "url: https://example.com/a story",
        "url: example.com/story",
        "link: javascript:alert(1)",
        f"section: {'x' * 501}",
        f"url: https://example.com/{'x' * 2000}",
    ],
)
def test_what_the_library_page_refuses_is_refused_here_and_the_rest_counts(
    story: Path, line: str
) -> None:
    side = beside(story, f"author: Jane Doe\n{line}\n")
    wrong, draft = read_articles(story)
    assert isinstance(wrong, Skipped) and wrong.file == str(side) and len(wrong.reason) < 200
    assert isinstance(draft, Draft) and draft.author == "Jane Doe"
    assert (draft.url, draft.section, draft.language) == (None, None, None)


def test_a_link_beside_a_file_is_not_followed(story: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("title: a secret\n")
    (tmp_path / "story.md.yaml").symlink_to(secret)
    assert sidecar_of(story) is None
    [draft] = read_articles(story)
    assert isinstance(draft, Draft) and draft.title == "Its own title"


def test_its_place_is_told(story: Path) -> None:
    assert sidecar_of(story) is None
    side = beside(story, "title: x\n", ".yml")
    assert sidecar_of(story) == side
    first = beside(story, "title: x\n")
    assert sidecar_of(story) == first
