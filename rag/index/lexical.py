"""The lexical index: Tantivy, the only module that imports it. Derived, and rebuilt at will."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import tantivy

from rag.errors import DamagedIndex
from rag.index.passages import Row
from rag.index.schema import refuse_full
from rag.index.vectors import to_day
from rag.types import Filters

#: Bytes that Tantivy's writer may use before it spills a segment.
WRITER_HEAP = 64_000_000
ANALYZER = "news"
UNDATED = 0
_WORD = re.compile(r"[^\W_]+")

#: English function and question words: in nearly every passage, so they only cost time and shift
#: scores towards long passages.
STOP_WORDS = frozenset(
    """a about after all also an and any are as at be because been before being between both but by
    can could did do does doing for from had has have having he her here him his how i if in
    into is it its itself just many me more most much my no nor not now of on once only or
    other our out over own s same she should so some such t than that the their them then
    there these they this those through to too under until up very was we were what when
    where which while who whom why will with would you your""".split()
)


class LexicalIndex:
    """Passages by BM25 over title, outlet and body."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._schema = _build_schema()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
            self._index.register_tokenizer(ANALYZER, _analyzer())
            self._searcher = self._index.searcher()
        except (OSError, ValueError) as error:
            raise DamagedIndex(f"Tantivy cannot open {folder}: {error}.") from error

    def close(self) -> None:
        """Nothing is held that closing would have to give back; the twin of VectorIndex.close."""

    def count(self) -> int:
        return int(self._searcher.num_docs)

    def replace(self, articles: Sequence[str], rows: Iterable[Row]) -> None:
        """Drop the passages of `articles`, then add `rows`, in one commit."""
        try:
            writer = self._index.writer(WRITER_HEAP, num_threads=1)
            for article in articles:
                writer.delete_documents_by_term("article", article)
            for row in rows:
                writer.add_document(_to_document(row))
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except (OSError, ValueError) as error:
            refuse_full(error, self._folder)
            raise DamagedIndex(f"Tantivy cannot write: {error}.", DamagedIndex.MEND) from error
        self._searcher = self._index.searcher()

    def search(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Up to `k` pairs of passage id and BM25 score, best first."""
        words = distinct_stems(question)
        if not words:
            return []
        occur = tantivy.Occur
        # Not parse_query: it raises on stray quotes and obeys operators in the text.
        wanted = [(occur.Should, self._term("text", word)) for word in words]
        query = tantivy.Query.boolean_query(
            [(occur.Must, tantivy.Query.boolean_query(wanted)), *self._filter(filters)]
        )
        try:
            hits = self._searcher.search(query, k, count=False).hits
            return [(self._searcher.doc(place)["id"][0], float(score)) for score, place in hits]
        except (OSError, ValueError) as error:
            raise DamagedIndex(f"Tantivy cannot search: {error}.", DamagedIndex.MEND) from error

    def passages_with(self, stem: str) -> int:
        """In how many passages a stem stands, their titles and outlets counted in."""
        return int(self._searcher.doc_freq("text", stem))

    def _term(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, index_option="freq")

    def _filter(self, filters: Filters) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        parts = []
        if filters.outlets:
            parts.append(_any([self._term("outlet", o.casefold()) for o in filters.outlets]))
        if filters.by_date:
            dated = tantivy.Query.range_query(
                self._schema,
                "day",
                tantivy.FieldType.Integer,
                to_day(filters.since) if filters.since else UNDATED + 1,
                to_day(filters.until) if filters.until else None,
            )
            undated = tantivy.Query.term_query(self._schema, "day", UNDATED)
            parts.append(_any([dated, undated]) if filters.undated else dated)
        # A filter admits or refuses; it must not move the score.
        return [(tantivy.Occur.Must, tantivy.Query.const_score_query(part, 0.0)) for part in parts]


def _any(queries: list[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True)
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("outlet", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    return builder.build()


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(64),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def _to_document(row: Row) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("id", row.passage.id)
    document.add_text("article", row.passage.article)
    document.add_text("outlet", (row.outlet or "").casefold())
    document.add_integer("day", to_day(row.published) if row.published else UNDATED)
    # Composed, so that an accent written as a letter of its own does not split its word.
    said = f"{row.title}\n{row.outlet or ''}\n{row.passage.text}"
    document.add_text("text", unicodedata.normalize("NFC", said))
    return document


def stems(text: str) -> list[str]:
    """The stems of the content words of `text`, in order: what the index matches by."""
    words = (word for word in split_words(text) if word.casefold() not in STOP_WORDS)
    return list(_analyzer().analyze(" ".join(words)))


def distinct_stems(text: str) -> list[str]:
    return list(dict.fromkeys(stems(text)))


def has_word(text: str, word: str) -> bool:
    """Whether `text` has `word` whole, which may be several; the case counts."""
    # The plain search is much the faster one, and mostly settles it.
    return word in text and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def split_words(text: str) -> list[str]:
    """Runs of letters and digits, accents composed; a possessive's "s" is no word."""
    composed = unicodedata.normalize("NFC", text).replace("’", "'").replace("'s ", " ")
    return _WORD.findall(composed)
