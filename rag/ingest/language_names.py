"""The names that exports and pages give to languages, and their two-letter codes."""

from __future__ import annotations

import re

#: Code, and what else it is called: in English, by three letters, by itself.
_NAMES = """
en english eng | de german deu ger deutsch | fr french fra fre français | es spanish spa español
it italian ita italiano | pt portuguese por português | nl dutch nld dut nederlands | sv swedish swe
no norwegian nor norsk | nb bokmål nob | nn nynorsk nno | da danish dan dansk | fi finnish fin suomi
is icelandic isl | et estonian est | lv latvian lav | lt lithuanian lit | pl polish pol polski
cs czech ces cze | sk slovak slk | sl slovenian slv slovene | hr croatian hrv | sr serbian srp
bs bosnian bos | mk macedonian mkd | bg bulgarian bul | ro romanian ron rum | hu hungarian hun
el greek ell gre | tr turkish tur türkçe | ru russian rus русский | uk ukrainian ukr українська
be belarusian bel | ka georgian kat | hy armenian hye | az azerbaijani aze | kk kazakh kaz
uz uzbek uzb | fa persian fas per farsi | ar arabic ara العربية | he hebrew heb | ur urdu urd
hi hindi hin हिन्दी | bn bengali ben bangla | pa punjabi pan | gu gujarati guj | ta tamil tam
te telugu tel | ml malayalam mal | kn kannada kan | mr marathi mar | ne nepali nep
si sinhala sinhalese sin | th thai tha | vi vietnamese vie | id indonesian ind | ms malay msa
tl tagalog filipino tgl | zh chinese zho chi 中文 mandarin | ja japanese jpn 日本語
ko korean kor 한국어 | sw swahili swa | am amharic amh | so somali som | ha hausa hau
yo yoruba yor | af afrikaans afr
sq albanian sqi | ca catalan cat català | eu basque eus | gl galician glg | cy welsh cym
ga irish gle | mn mongolian mon | my burmese mya | km khmer khm | lo lao | ps pashto pus
"""

_CODES = {
    name: row.split()[0] for row in re.split(r"[|\n]", _NAMES) for name in row.split() if name
}


def code_language(value: object) -> str | None:
    """The two-letter code of a language given by its name or code: “en-GB”, “English”, “eng”."""
    if not isinstance(value, str):
        return None
    words = re.split(r"[-_;,/ (]", value.strip().casefold())
    return _CODES.get(words[0])
