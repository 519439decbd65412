"""The stretch of a page's text in which its article stands, where a whole page was scraped.

“Select all” and simple scrapers give the menus above the headline and the lists of links below the
article with it. Of all stretches the article's is the one with the greatest sum, sentences counting
for it and short lines against it: maximum subsequence segmentation (Pasternack and Roth, WWW 2009).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.ingest.corrections import find_notices
from rag.ingest.datelines import is_only_by, read_byline, read_date_line
from rag.ingest.lines import Line, in_title_case
from rag.ingest.noise import ends_article, kind_of_noise

#: What a sentence counts for, by its words, at the most; and a line that is none against it.
_MOST, _AGAINST = 40, 3

#: Lines of a page that is cut: what is longer is none, and is left as it is.
_MOST_LINES = 20_000

#: Lines without sentences above or below an article that make it part of a page; some of them must
#: be known for what they are.
_MANY, _KNOWN = 8, 2

#: Words of a headline. It is looked for by the words that come again in the article: so many lines
#: between the two outweigh one such word, and to stand in a list of links outweighs some. Else it
#: is the last line of such a length that is not so many lines above.
_HEADLINE, _FAR, _LISTED, _LAST = (3, 30), 20, 3, 12

#: Lines above the headline, or below the article, that may say when and by whom it was written.
_BESIDE = 6

#: Words of a paragraph that is long; where two such stand together something is told.
_LONG, _TOGETHER = 30, 3

#: Lines one below the other of which this share has figures are a table.
_ROWS, _FIGURES = 12, 0.7

#: Lines after the heading of the comments of which so many show that there are some.
_AFTER, _SIGNS = 30, 3

#: Sentences of the site about itself, to its readers: they lengthen no stretch.
_SITE = re.compile(
    r"\b(?:cookies?|newsletters?|subscri\w+|unsubscribe|inbox|privacy (?:policy|notice)"
    r"|personal data|terms (?:of|and) (?:use|service|conditions)|ad ?block\w*|javascript"
    r"|(?:your|this|our) (?:web ?site|browser|e-?mail|account|consent|preferences)"
    r"|community (?:guidelines|standards|rules)|all rights reserved|sign(?:ed)? (?:up|in)"
    r"|log(?:ged)? in|click here|personal, non-?commercial use|(?:an )?error has occurred"
    r"|affiliate|advertis(?:ing|ers?) (?:partners|terms|choices))\b"
    r"|©\s*(?:copyright\s*)?(?:19|20)\d\d\b",
    re.IGNORECASE,
)

#: What the menus of news sites are made of, and lines under them are not.
_MENU = re.compile(
    r"(?:home|(?:(?:latest|top|local|world|us|uk|breaking) )?news|world|u\.?s\.?|u\.?k\.?|politics"
    r"|business|markets?|economy|money|finance|sports?|football|opinions?|comment(?:ary)?"
    r"|editorials?|columnists|letters|tech(?:nology)?|science|health|culture|arts?|books|film|music"
    r"|tv|entertainment|celebrity|lifestyle|life|style|fashion|food|travel|weather|jobs|classifieds"
    r"|obituaries|photos?|videos?|podcasts?|events|archives?|crosswords?|puzzles|games|horoscopes?"
    r"|about(?: us)?|contact(?: us)?|help|faqs?|advertise|privacy|terms|site ?map|site index"
    r"|my account|store|shop|magazine|sections?|more\W*|features|blogs?|community|education|nation"
    r"|regions?|rss|mobile|apps?|e-?paper|today['’]s paper|search\W*|accessibility(?: help)?)",
    re.IGNORECASE,
)

#: What stands beside what a reader wrote.
_READER = re.compile(
    r".{2,40} (?:says|wrote|said):?|(?:reply|report(?: abuse| comment)?|like|share|flag|log in"
    r" to reply|permalink|up ?vote|down ?vote|recommend)(?:\W+(?:reply|report|like|share|\d+))*\W*"
    r"|.{0,40}\b\d+ ?(?:m|h|d|min|minutes?|hours?|days?|weeks?|months?|years?) ago"
    r"|.{0,40}\b(?:at|,) ?\d{1,2}[:.]\d\d ?(?:[ap]\.?m\.?)?",
    re.IGNORECASE,
)

_COMMENTS = re.compile(r"\b\d+ (?:comments?|replies|responses)\b|^comments\b", re.IGNORECASE)


def cut_page(lines: Sequence[Line]) -> list[Line]:
    """The lines of the article and of its head; all of them where they are no whole page."""
    if len(lines) > _MOST_LINES:
        return list(lines)
    kinds = [kind_of_noise(line.text) for line in lines]
    over = _find_readers(lines, kinds)
    values = [_value(*pair) for pair in zip(lines[:over], kinds, strict=False)]
    start, end = _widen(values, *_find_stretch(values))
    if start == end:
        return list(lines)
    head: Sequence[Line] = lines[:start]
    if _is_furniture(lines[:start], kinds[:start]):
        head = list(_find_head(lines[:start], kinds, lines[start:end]))
    foot: Sequence[Line] = lines[end:over]
    if over < len(lines) or _is_furniture(foot, kinds[end:over]):
        foot = list(_find_foot(foot))
    return [*head, *lines[start:end], *foot]


def _value(line: Line, kind: str | None) -> int:
    if not line.is_prose or kind is not None or _speaks_of_site(line.text):
        return -_AGAINST
    return min(line.words, _MOST)


def _speaks_of_site(text: str) -> bool:
    return len(text) < 1000 and _SITE.search(text) is not None


def _find_stretch(values: Sequence[int]) -> tuple[int, int]:
    """Where the stretch with the greatest sum begins and ends; the first of equal ones."""
    best = (0, 0, 0)
    begun = total = 0
    for index, value in enumerate(values):
        if total <= 0:
            begun, total = index, 0
        total += value
        if total > best[0]:
            best = (total, begun, index + 1)
    return best[1], best[2]


def _widen(values: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """The stretch with other long paragraphs, two of which stand together: better to keep them."""
    long = [index for index, value in enumerate(values) if value >= _LONG]
    told = [pair for pair in pairwise(long) if pair[1] - pair[0] <= _TOGETHER]
    for first, last in told:
        start, end = min(start, first), max(end, last + 1)
    return start, end


def _is_furniture(lines: Sequence[Line], kinds: Sequence[str | None]) -> bool:
    short = [
        (line.text, kind) for line, kind in zip(lines, kinds, strict=True) if not line.is_prose
    ]
    known = sum(
        kind is not None or bool(_MENU.fullmatch(text)) or _speaks_of_site(text)
        for text, kind in short
    )
    return len(short) >= _MANY and known >= _KNOWN


def _find_readers(lines: Sequence[Line], kinds: Sequence[str | None]) -> int:
    """Where readers begin to speak: after a heading that says so, or their number."""
    prose = 0
    for index, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        if kind is None and line.is_prose:
            prose += 1
        elif prose >= _SIGNS and _begins_readers(line.text, kind):
            after = lines[index + 1 : index + 1 + _AFTER]
            if sum(bool(_READER.fullmatch(one.text)) for one in after) >= _SIGNS:
                return index
    return len(lines)


def _begins_readers(text: str, kind: str | None) -> bool:
    return kind == "comment form" or ends_article(text) or bool(_COMMENTS.search(text))


def _find_head(
    above: Sequence[Line], kinds: Sequence[str | None], article: Sequence[Line]
) -> Iterator[Line]:
    """The headline, and of what stands near it or near the text what says when and by whom."""
    headline = _find_headline(above, kinds, article)
    near = len(above) if headline is None else headline
    if headline is not None:
        yield above[headline]
    for index, line in enumerate(above):
        close = abs(index - near) <= _BESIDE or index >= len(above) - _BESIDE
        tells = _tells_when_or_who(line.text) or _is_under_by(above, index)
        standfirst = near < index and line.is_prose and kinds[index] is None
        if index != headline and close and (tells or standfirst):
            yield line


def _find_headline(
    above: Sequence[Line], kinds: Sequence[str | None], article: Sequence[Line]
) -> int | None:
    """The line above the article of which most words come again in it, and few others stand."""
    said = {word for line in article for word in _long_words(line.text)}
    best: tuple[float, int] | None = None
    listed = False
    for index, line in enumerate(above):
        listed = kinds[index] == "list" or (listed and not line.is_prose)
        if kinds[index] is None and _may_be_headline(line):
            own = _long_words(line.text)
            far = (len(above) - index) / _FAR + _LISTED * listed
            score = sum(1 if word in said else -1 for word in own) - far
            if score > 0 and (best is None or score > best[0]):
                best = score, index
    return best[1] if best else _last_headline(above, kinds)


def _last_headline(above: Sequence[Line], kinds: Sequence[str | None]) -> int | None:
    for index in range(len(above) - 1, max(-1, len(above) - 1 - _LAST), -1):
        if kinds[index] is None and _may_be_headline(above[index]):
            return index
    return None


def _may_be_headline(line: Line) -> bool:
    if not _HEADLINE[0] <= line.words <= _HEADLINE[1] or len(_long_words(line.text)) < 2:
        return False
    if re.search(r"[.:…,]$", line.text) and not in_title_case(line.text):
        return False
    return not _tells_when_or_who(line.text)


def _is_under_by(lines: Sequence[Line], index: int) -> bool:
    return is_only_by(lines[index].text) or (index > 0 and is_only_by(lines[index - 1].text))


def _long_words(text: str) -> set[str]:
    """The words that carry meaning, by their beginnings: “voters” and “voted” are one."""
    return {word[:5] for word in re.findall(r"[^\W_]{4,}", text.casefold())}


def _tells_when_or_who(text: str) -> bool:
    return bool(read_byline(text)) or read_date_line(text) is not None


def _find_foot(lines: Sequence[Line]) -> Iterator[Line]:
    """What below an article is still of it: corrections, and when it was first published."""
    tables = _find_tables(lines)
    for index, line in enumerate(lines):
        near = index < _BESIDE and (
            _tells_when_or_who(line.text) or (line.is_prose and not _speaks_of_site(line.text))
        )
        if near or index in tables or (len(line.text) > 15 and find_notices(line.text)):
            yield line


def _find_tables(lines: Sequence[Line]) -> set[int]:
    """Where so many figures stand in lines one below the other that they are of the article."""
    figures = [_has_figures(line.text) for line in lines]
    found: set[int] = set()
    count = sum(figures[:_ROWS])
    for start in range(len(lines) - _ROWS + 1):
        if count >= _FIGURES * _ROWS:
            found.update(range(start, start + _ROWS))
        count += sum(figures[start + _ROWS : start + _ROWS + 1]) - figures[start]
    return found


def _has_figures(text: str) -> bool:
    """Whether a line has figures, and not only those of a date, an hour or a list's numbers."""
    if not re.search(r"\d", text) or kind_of_noise(text) is not None:
        return False
    return not (
        re.fullmatch(r"\W*\d{1,4}\W*|\D*\b(?:19|20)\d\d\b\D*", text) or _tells_when_or_who(text)
    )
