"""The data that a page carries for machines: meta tags and JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_ARTICLE = re.compile(r"Article$|^(?:BlogPosting|Report|LiveBlogPosting|Blog[Pp]ost)$")


def read_meta(tree: Any) -> dict[str, list[str]]:
    """What the meta tags of a page say, by their names in lower case."""
    meta: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]"):
        for key in {element.get(name, "").lower() for name in ("property", "name", "itemprop")}:
            if key:
                meta.setdefault(key, []).append(element.get("content"))
    return meta


def read_linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The objects in the JSON-LD of a page."""
    for script in tree.xpath('//script[contains(@type, "ld+json")]')[:20]:
        try:
            value = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _nodes(value)


def _nodes(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD document, the outer ones first, and those of a graph or a page."""
    if isinstance(value, list) and depth < 5:
        for item in value[:200]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict) and depth < 5:
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            yield from _nodes(value.get(key), depth + 1)


def is_article(node: dict[str, Any]) -> bool:
    """Whether the object is about an article."""
    kinds = node.get("@type")
    return any(
        _ARTICLE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )
