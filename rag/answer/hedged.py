"""Whether a count is told as a fact: not feared, rumoured or reckoned with, nor an opinion's."""

from __future__ import annotations

import re

from rag.types import Article

#: Before a count, in its part of the sentence: whoever hands it on does not vouch for it.
_BEFORE = re.compile(
    r"\b(?:some (?:people |even )?(?:say|said|claim(?:ed)?|believe[sd]?|think|thought|fear(?:ed)?"
    r"|put|suggest(?:ed)?)|(?:is|was|are|were|been) (?:said|feared|rumou?red|thought|believed)"
    r"|fear(?:s|ed|ing)?|rumou?r(?:s|ed)?|hearsay|(?:am|are|was|were) told|reportedly|allegedly"
    r"|supposedly|unconfirmed|unverified|unnamed|anonymous|perhaps|possibly|(?-i:may)|might|could"
    r"|up to|as many as)\b[^,;:]*$",
    re.IGNORECASE,
)
_SURE = r"after|because|when|where|while|if|that|which|what|who|whom|whose|as|than|said"
#: Behind it: “60 people may have died”, “12 feared dead”.
_AFTER = re.compile(
    rf"^(?:[\s-]+(?!(?:{_SURE})\b)[^\W\d][\w’'-]*){{0,4}}?\s+(?:(?-i:may)|might|could"
    r"|reportedly|allegedly|supposedly|feared|rumou?red|(?:believed|thought|presumed|assumed)"
    r"\s+(?:dead|drowned|killed|lost|to have|to be (?:dead|among)))\b",
    re.IGNORECASE,
)
#: A question that asks for what is feared is answered by it.
_ASKS = re.compile(
    r"\b(?:(?-i:may)|might|could|feared|fear|rumou?red|reportedly|allegedly|believed|thought|estimated"
    r"|presumed)\b",
    re.IGNORECASE,
)
_OPINION = (
    r"opinions?|op-?ed|comment|commentary|editorial|leader|analysis|column|viewpoint|perspective"
    r"|letters?(?: to the editor)?|guest essay|my view"
)
_MARKED = re.compile(
    rf"^\W*(?:{_OPINION})\s*(?:[:|]|[–—-]\s)|\s[|–—-]\s*(?:{_OPINION})\W*$", re.IGNORECASE
)
_SECTION = re.compile(
    r"//[^/]+/(?:[^?#]*/)?(?:opinions?|op-?ed|comment|commentary|commentisfree|editorials?"
    r"|columns?|columnists?|letters)/",
    re.IGNORECASE,
)


def is_hedged(before: str, after: str) -> bool:
    """Whether what stands before and behind a count, in its part of the sentence, hedges it."""
    return bool(_BEFORE.search(before) or _AFTER.match(after))


def asks_hedged(question: str) -> bool:
    """Whether a question is itself for what may be."""
    return bool(_ASKS.search(question))


def is_opinion(article: Article) -> bool:
    """Whether an article's headline or the section in its address marks it as opinion."""
    return bool(_MARKED.search(article.title) or _SECTION.search(article.url or ""))
