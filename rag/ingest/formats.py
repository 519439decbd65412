"""What is read: the suffixes of files, and how large files may be."""

from __future__ import annotations

from rag.errors import UnreadableFile

#: Goes up by one whenever some file would be read otherwise than before: then it is read anew.
READER_VERSION = 3

#: The largest file that holds one article (bytes).
MAX_BYTES = 20_000_000
#: The largest record of an export (characters: it is met as text, whatever its encoding).
MAX_RECORD = 20_000_000
#: Why a larger one is not read.
TOO_LARGE = f"it has more than {MAX_RECORD // 1_000_000} million characters"
#: The largest collection of articles (bytes).
MAX_COLLECTION = 2_000_000_000
#: How many records or members of a collection are read.
MAX_PARTS = 100_000

#: Files that hold one article.
SINGLE = (
    *(".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".mhtml", ".mht"),
    *(".pdf", ".docx"),
)
#: Records by the line, the row or the element: read as they come, and so of any length.
EXPORTS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
#: Other files that may hold several articles, but are read whole.
SEVERAL = (".eml", ".rss", ".atom", ".xml")
ARCHIVES = (".zip",)

#: Every suffix that is read, in lower case.
SUFFIXES = (*SINGLE, *SEVERAL, *EXPORTS, *ARCHIVES)

#: What is told of the formats, shortly.
READ = "text, Markdown, web pages, PDF, Word, mail, feeds, CSV, JSON and zip"


def check_size(size: int, suffix: str = ".txt") -> None:
    """Raises `UnreadableFile` where so many bytes cannot be a file of that kind."""
    if size == 0:
        raise UnreadableFile("It is empty.", "Put the text of the article into it, or remove it.")
    if suffix.lower() in (*EXPORTS, *ARCHIVES):
        if size > MAX_COLLECTION:
            raise UnreadableFile(
                f"It has {size / 1e9:.1f} GB; at most {MAX_COLLECTION / 1e9:.0f} GB are read.",
                "Split it into several files.",
            )
    elif size > MAX_BYTES:
        raise UnreadableFile(
            f"It has {size / 1e6:.0f} MB; articles have at most {MAX_BYTES / 1e6:.0f} MB.",
            "Split it into one file per article.",
        )


def refuse_format(suffix: str) -> str:
    """Why a file with that suffix is not read, in a few words."""
    shown = suffix if len(suffix) <= 12 else f"{suffix[:11]}…"
    return f"{shown or 'a name without suffix'} is not read; what is: {READ}"
