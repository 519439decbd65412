"""Which language a line is in, as far as cutting it into sentences needs to know."""

from __future__ import annotations

import re

#: Script by script, the rarer first: kana tell Japanese from Chinese, which share characters.
_SCRIPTS = tuple(
    (language, re.compile(letters))
    for language, letters in (
        ("ja", r"[\u3040-\u30ff]"),
        ("zh", r"[\u4e00-\u9fff]"),
        ("ko", r"[\uac00-\ud7a3]"),
        ("ar", r"[\u0600-\u06ff]"),
        ("he", r"[\u0590-\u05ff]"),
        ("hi", r"[\u0900-\u097f]"),
        ("bn", r"[\u0980-\u09ff]"),
        ("ru", r"[\u0400-\u04ff]"),
        ("el", r"[\u0370-\u03ff]"),
        ("hy", r"[\u0530-\u058f]"),
    )
)

_LETTER = re.compile(r"[^\W\d_]")
#: Short words that a line in this language can hardly do without, and that the others do not have.
_WORDS = {
    "de": frozenset("der das und ist nicht ein eine mit dem den sich auf wird wurde nach".split()),
    "fr": frozenset("le les des est une dans pour qui sur pas avec au ont cette sont du".split()),
    "es": frozenset("el los las una por con para del que se su fue más pero está".split()),
    "it": frozenset("il gli della che una per con sono nel alla più dei anche è ha".split()),
    "pt": frozenset("os uma com não para mais foi ao pela são dos da em do".split()),
    "en": frozenset("the and of to in that is was for with said by at from has".split()),
}


def language_of(line: str) -> str:
    """The code of the language whose rules are to cut `line`: "en" unless another is plain."""
    sample = line[:2000]
    if sample.isascii():
        return _by_words(sample)
    letters = len(_LETTER.findall(sample))
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) * 4 > letters:
            return language
    return _by_words(sample)


def _by_words(sample: str) -> str:
    words = sample.lower().split()
    votes = {lang: sum(map(known.__contains__, words)) for lang, known in _WORDS.items()}
    best = max(votes, key=lambda language: (votes[language], language == "en"))
    return best if votes[best] >= 2 else "en"
