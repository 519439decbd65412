"""How exports call their columns: by service, and what each is to an article.

A name counts whatever its case and punctuation: “Published At”, “publishedAt” and “published_at”
are one. Where a record has several names of one row, the one that stands first here wins.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: The words of the article, those that are whole first.
TEXT = (
    *("text", "content", "body", "article_text", "full_text", "maintext", "main_text"),  # generic
    *("article_body", "body_text", "content_text", "article", "article_content", "cleaned_text"),
    *(
        "story",
        "story_text",
        "fields.body_text",
        "fields.body",
        "plain_text",
        "raw_text",
        "texte",
        "volltext",
    ),
    *("texto", "testo", "content:encoded", "content_html", "html", "body_html"),
)
#: Factiva has the first paragraph and the rest apart.
LEAD, REST = ("lp",), ("td",)
#: What sums the article up.
SUMMARY = (
    *("description", "snippet", "summary", "abstract", "excerpt", "lead", "teaser", "standfirst"),
    *("fields.trail_text", "trail_text", "deck", "subtitle", "lead_paragraph"),
)
TITLE = (
    *(
        "title",
        "headline",
        "hd",
        "headline.main",
        "fields.headline",
        "web_title",
        "article_title",
        "titel",
        "titre",
    ),
    *("titulo", "título", "titolo", "webtitle"),
)
OUTLET = (
    *("source.name", "outlet", "publication", "publication_name", "publisher", "source_name", "sn"),
    *("newspaper", "site_name", "source_domain", "domain", "source.title", "source", "media"),
    *("publisher.name", "medium", "zeitung", "journal", "site", "source.uri", "source_id"),
)
AUTHOR = (
    *("author", "authors", "byline", "by", "byline.original", "creator", "journalist", "writer"),
    *("author.name", "author_name", "fields.byline", "autor", "auteur", "dc:creator"),
)
PUBLISHED = (
    *("published", "published_at", "published_date", "publish_date", "date_publish", "pub_date"),
    *(
        "publication_date",
        "publication_datetime",
        "date_published",
        "published_on",
        "pd",
        "seendate",
    ),
    *("date", "datetime", "date_time", "web_publication_date", "pubdate", "posted_at", "load_date"),
    *("publication_time", "published_time", "datum", "fecha", "timestamp", "time"),
)
UPDATED = (
    *("updated", "updated_at", "date_modified", "modified", "modification_date", "date_modify"),
    *("modification_datetime", "last_modified", "last_updated", "modified_at"),
)
URL = (
    *("url", "link", "web_url", "article_url", "source_url", "canonical_url", "permalink", "uri"),
    *("href", "weburl", "fields.short_url"),
)
SECTION = ("section", "section_name", "category", "desk", "se", "news_desk", "rubric", "ressort")
LANGUAGE = ("language", "lang", "la", "language_code", "sourcelang", "inlanguage")

_ROLES = {
    "text": TEXT,
    "lead": LEAD,
    "rest": REST,
    "summary": SUMMARY,
    "title": TITLE,
    "outlet": OUTLET,
    "author": AUTHOR,
    "published": PUBLISHED,
    "updated": UPDATED,
    "url": URL,
    "section": SECTION,
    "language": LANGUAGE,
}


def fold(name: str) -> str:
    """The name without case and punctuation; dots stay, which part an object from its field."""
    return re.sub(r"[^\w.]|_", "", name.casefold())


_PLACES = {
    role: {fold(name): place for place, name in enumerate(names)} for role, names in _ROLES.items()
}


@lru_cache(maxsize=10_000)
def find_roles(name: str) -> tuple[tuple[str, int], ...]:
    """What a column of that name can be, and how early it comes among the names for that."""
    folded = fold(name)
    return tuple((role, places[folded]) for role, places in _PLACES.items() if folded in places)
