"""Texts in UTF-8 that were once read as Latin-1 or cp1252, and saved so."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from rag.ingest.garbled import LEFT, MENDED, mend_garbled
from rag.ingest.readers import read_file
from rag.types import Draft

WORDS = "The café in Portwell “will stay open,” its owner, Renée Kolb, said: it’s a long story."


def garble(words: str) -> str:
    """As Windows does it: the five bytes that cp1252 does not know become control characters."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in words.encode())


def mend(words: str) -> tuple[str, tuple[str, ...]]:
    values, warnings = mend_garbled({"text": words})
    return values["text"], warnings


def read(path: Path, words: str) -> Draft:
    path.write_text(words, encoding="utf-8")
    return read_file(path)


@pytest.mark.parametrize(
    "words",
    [
        WORDS,
        "Größe und „Maß“ ändern sich täglich.",
        "Il est là\xa0: la liberté «\xa0ça va\xa0» et l’Été à Nîmes.",
        "Prezydent powiedział, że rozmowy rozpoczną się jutro w Łodzi.",
        "Президент заявил, что переговоры начнутся завтра.",
        "首相は会談が明日東京で始まると述べた。",
    ],
)
def test_garbled_words_of_many_languages_are_mended(words: str) -> None:
    assert mend(garble(words)) == (words, (MENDED,))
    assert mend(garble(garble(words))) == (words, (MENDED,))
    assert mend(words) == (words, ())


def test_bytes_read_as_latin_1_are_mended() -> None:
    assert mend(WORDS.encode().decode("latin-1")) == (WORDS, (MENDED,))


@pytest.mark.parametrize("lost", ["", "\ufffd"])
def test_a_closing_quotation_mark_without_its_last_byte_is_mended(lost: str) -> None:
    assert mend(garble(WORDS).replace("\x9d", lost)) == (WORDS, (MENDED,))


@pytest.mark.parametrize(
    "words",
    [
        "SÃO PAULO – A eleição não muda nada, disse JOÃO.",
        "SÃO PAULO E JOÃO",
        "A «IRMû de JOÃO e a «MAÇû do sertão são canções.",
        "He wore a “BEYONCÉ” shirt from the “CAFÉ” and sang BEYONCÉ’S song at the CAFÉ’S door.",
        "„Spaß“ und „Fuß“",
        "La «\xa0liberté\xa0» et la «\xa0fierté\xa0»",
    ],
)
def test_words_that_are_right_stay_without_a_warning(words: str) -> None:
    assert mend(words) == (words, ())


@pytest.mark.parametrize(
    "words", ["One cafÃ© opened.", "The cafÃ© of RenÃ©e, José, Zoë and Núñez opened."]
)
def test_where_it_is_not_sure_nothing_is_changed_and_it_is_told(words: str) -> None:
    assert mend(words) == (words, (LEFT,))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_garbled_files_are_mended_and_it_is_told(tmp_path: Path, name: str) -> None:
    page = f"<html><body><article><p>{garble(WORDS)}</p></article></body></html>"
    draft = read(tmp_path / name, page if name == "a.html" else garble(WORDS))
    assert (draft.text, draft.warnings) == (WORDS, (MENDED,))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_garbled_records_are_mended_and_the_others_stay(tmp_path: Path, name: str) -> None:
    record = json.dumps({"title": garble("Café"), "text": garble(WORDS)})
    table = f'title,text\n{garble("Café")},"{garble(WORDS)}"'
    draft = read(tmp_path / name, table if name == "a.csv" else record)
    assert (draft.title, draft.text, draft.warnings) == ("Café", WORDS, (MENDED,))


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_a_mail_that_names_a_wrong_encoding_is_mended(tmp_path: Path, subtype: str) -> None:
    mail = EmailMessage()
    mail["Subject"] = "A story"
    words = WORDS.encode().decode("latin-1")
    mail.set_content(words, subtype=subtype, charset="utf-8")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    draft = read_file(tmp_path / "a.eml")
    assert (draft.text, draft.warnings) == (WORDS, (MENDED,))
