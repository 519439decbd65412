"""Word files, mails, saved pages and feeds."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from paper import lay_out, write_pdf

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.readers import read_articles, read_file
from rag.ingest.records import ONLY_SUMMARY
from rag.ingest.word import read_word_file
from rag.types import Draft

TITLE = "Portwell opens its third barrier"
PARAGRAPHS = [
    "The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said.",
    "It cost 41 million crowns and took eleven years to build, according to the ministry.",
    "“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony on the quay.",
]
BODY = "\n\n".join(PARAGRAPHS)
HTML = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
PAGE = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{HTML}</body></html>"


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def read_all(path: Path) -> tuple[list[Draft], list[Skipped]]:
    events = list(read_articles(path))
    drafts = [event for event in events if isinstance(event, Draft)]
    return drafts, [event for event in events if isinstance(event, Skipped)]


# Word


def write_word(title: str = "", author: str = "", style: str | None = "Title") -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author
    document.add_paragraph(TITLE, style=style)
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ("Barrier", "Cost", "Third", "41 million"), strict=True):
        cell.text = words
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def read_word(data: bytes) -> Draft:
    return read_word_file(data, Path("report.docx"))


def test_a_word_file_gives_its_paragraphs_and_the_rows_of_its_tables() -> None:
    draft = read_word(write_word())
    assert draft.title == TITLE
    assert draft.text == f"{BODY}\n\nBarrier | Cost\n\nThird | 41 million"
    assert draft.published is None


def test_properties_count_only_where_they_are_plausible() -> None:
    draft = read_word(write_word(title="Document1", author="python-docx", style=None))
    assert (draft.title, draft.author) == (TITLE, None)
    draft = read_word(write_word(title=TITLE, author="Jane Doe", style=None))
    assert (draft.title, draft.author) == (TITLE, "Jane Doe")
    assert draft.origins["author"] == "document properties"


def test_what_is_no_word_file_is_named() -> None:
    for data in (b"PK\3\4 nothing", b"words", write_word()[:-400]):
        with pytest.raises(UnreadableFile):
            read_word(data)


# Mail


def write_mail(change: Callable[[EmailMessage], object] | None = None) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = TITLE
    mail["From"] = "Jane Doe <jane@example.com>"
    mail["Date"] = "Tue, 18 Jan 2022 23:30:00 -0500"
    mail.set_content(BODY)
    if change:
        change(mail)
    return mail.as_bytes()


def test_a_mail_states_title_author_and_day(tmp_path: Path) -> None:
    draft = read_file(save(tmp_path / "a.eml", write_mail()))
    assert (draft.title, draft.text, draft.part) == (TITLE, BODY, "")
    assert (draft.author, draft.published) == ("Jane Doe", date(2022, 1, 18))
    assert draft.origins["author"] == "mail header"


@pytest.mark.parametrize("mark", ["Fwd: ", "RE: ", "Fw: Re: ", "AW: ", "WG: ", "Re[2]: "])
def test_who_passes_an_article_on_is_not_its_author(tmp_path: Path, mark: str) -> None:
    data = write_mail(lambda mail: mail.replace_header("Subject", mark + TITLE))
    draft = read_file(save(tmp_path / "a.eml", data))
    assert (draft.title, draft.author, draft.published) == (TITLE, None, None)


def test_a_mail_that_quotes_another_is_passed_on_too(tmp_path: Path) -> None:
    quoted = f"---------- Forwarded message ---------\nFrom: X\n\n{BODY}"
    draft = read_file(save(tmp_path / "a.eml", write_mail(lambda mail: mail.set_content(quoted))))
    assert (draft.author, draft.published) == (None, None)


def test_a_mail_in_html_alone_is_read(tmp_path: Path) -> None:
    cells = "".join(f"<tr><td>{paragraph}</td></tr>" for paragraph in PARAGRAPHS)
    for body in (HTML, f"<table>{cells}</table>"):
        html = f"<html><body>{body}<script>x()</script></body></html>"
        data = write_mail(lambda mail, html=html: mail.set_content(html, subtype="html"))
        draft = read_file(save(tmp_path / "a.eml", data))
        assert draft.text == BODY


STORY = f"<html><body><table><tr><td>{HTML}</td></tr></table><a href='x'>Stop</a></body></html>"


@pytest.mark.parametrize(
    "stub",
    [
        "View this mail in your browser",
        "Your program shows no HTML.\nRead it here: https://example.com/a",
        "Diese Nachricht enthält Bilder und wird nur in HTML richtig angezeigt.",
        f"{TITLE}\nhttps://example.com/a\n\nUnsubscribe: https://example.com/b",
        PARAGRAPHS[0],
        "https://example.com/a",
    ],
)
def test_where_the_text_is_a_stub_the_html_is_read(tmp_path: Path, stub: str) -> None:
    def change(mail: EmailMessage) -> None:
        mail.set_content(stub)
        mail.add_alternative(STORY, subtype="html")

    draft = read_file(save(tmp_path / "a.eml", write_mail(change)))
    assert (draft.title, draft.text.removesuffix("\n\nStop")) == (TITLE, BODY)
    assert (draft.author, draft.published) == ("Jane Doe", date(2022, 1, 18))


@pytest.mark.parametrize(
    "html",
    [
        STORY.replace("The harbour", "In HTML the harbour"),
        f"<p>{PARAGRAPHS[0]}</p>",
        "<p>Stop</p><p>Shop</p>" * 400,
        "",
    ],
)
def test_where_the_text_tells_as_much_as_the_html_it_is_read(tmp_path: Path, html: str) -> None:
    data = write_mail(lambda mail: mail.add_alternative(html, subtype="html"))
    assert read_file(save(tmp_path / "a.eml", data)).text == BODY


HEADER = [
    "From: *The Example Post* <news@example.com>",
    "Date: Mon, 17 Jan 2022 at 17:02",
    f"Subject: {TITLE}",
    "To: <jane@example.com>",
]
GERMAN = ["Von: Post", "Gesendet: Montag, 17. Januar 2022 17:02", "An: Jane", "Betreff: Tor"]


@pytest.mark.parametrize("subtype", ["plain", "html"])
@pytest.mark.parametrize(
    ("above", "header", "day"),
    [
        (["---------- Forwarded message ---------"], HEADER, date(2022, 1, 17)),
        (["Begin forwarded message:", ""], [f"> {line}" for line in HEADER[::2]], None),
        (["________________________________"], GERMAN, None),
    ],
)
def test_the_header_of_a_letter_passed_on_is_not_in_the_text(
    tmp_path: Path, subtype: str, above: list[str], header: list[str], day: date | None
) -> None:
    words = "\n".join(["For the files, says Jane.", "", *above, *header, "", BODY])
    if subtype == "html":
        words = words.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    data = write_mail(lambda mail: mail.set_content(words, subtype=subtype))
    data = data.replace(b"Subject: Portwell", b"Subject: Fwd: Portwell", 1)
    draft = read_file(save(tmp_path / "a.eml", data))
    assert draft.text == f"For the files, says Jane.\n\n{BODY}"
    assert (draft.title, draft.author, draft.published) == (TITLE, None, day)


def test_a_header_at_the_beginning_of_a_mail_is_not_in_the_text(tmp_path: Path) -> None:
    words = "\n".join([*HEADER, "", BODY])
    data = write_mail(lambda mail: mail.set_content(words))
    assert read_file(save(tmp_path / "a.eml", data)).text == BODY


@pytest.mark.parametrize(
    "lines",
    [
        ["From: the mayor, with love, came a letter to the whole island on that day."],
        ["A: yes, said the mayor of Portwell.", "A: no, said he.", "A: it may open in May."],
    ],
)
def test_lines_that_only_resemble_a_header_stay(tmp_path: Path, lines: list[str]) -> None:
    words = "\n".join([*lines, "", BODY, "", "__________", "", *lines])
    data = write_mail(lambda mail: mail.set_content(words))
    text = read_file(save(tmp_path / "a.eml", data)).text
    assert all(line in text for line in lines)


def attach(mail: EmailMessage) -> None:
    pdf = write_pdf([lay_out([PARAGRAPHS])])
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="../../report.pdf")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    mail.add_attachment(b"x", maintype="application", subtype="zip", filename="all.zip")
    mail.add_attachment(b"x", maintype="application", subtype="msword", filename="old.doc")


def test_attachments_are_parts_of_the_mail(tmp_path: Path) -> None:
    path = save(tmp_path / "a.eml", write_mail(attach))
    drafts, skipped = read_all(path)
    assert [draft.place for draft in drafts] == [str(path), f"{path}#report.pdf"]
    assert drafts[1].text.startswith("The harbour city")
    assert [one.file for one in skipped] == [f"{path}#all.zip", f"{path}#old.doc"]


def attach_alike(mail: EmailMessage) -> None:
    for _ in range(2):
        text = f"{TITLE}\n\n{BODY}".encode()
        mail.add_attachment(text, maintype="text", subtype="plain", filename="report.txt")
        inner = EmailMessage()
        inner["Subject"] = TITLE
        inner.set_content(BODY)
        mail.add_attachment(inner)


def test_attachments_of_one_name_are_told_apart(tmp_path: Path) -> None:
    drafts, _ = read_all(save(tmp_path / "a.eml", write_mail(attach_alike)))
    assert [draft.part for draft in drafts] == [
        *("", "report.txt", "mail.eml", "report (2).txt", "mail (2).eml")
    ]


def test_an_attached_mail_with_a_broken_header_costs_that_one(tmp_path: Path) -> None:
    data = write_mail(attach_alike)
    # The library takes this header in, and cannot write it again.
    broken = b"MIME-Version: =?utf-8?q?a=80?=:=?unknown-8bit?q?=ff?=\xff*0*==?unknown-8bit?q?=ff?="
    at = data.index(b"Subject", data.index(b"message/rfc822"))
    drafts, [skipped] = read_all(save(tmp_path / "a.eml", data[:at] + broken + b"\n" + data[at:]))
    assert [draft.part for draft in drafts] == ["", "report.txt", "report (2).txt", "mail (2).eml"]
    assert skipped.file.endswith("#mail.eml") and "cannot be read" in skipped.reason


def test_an_attachment_that_breaks_off_is_told_at_the_end(tmp_path: Path) -> None:
    def attach_broken(mail: EmailMessage) -> None:
        rows = b'[{"title": "A title here", "text": "Some words of it."}, '
        mail.add_attachment(rows, maintype="application", subtype="json", filename="a.json")
        attach_alike(mail)

    parts = []
    with pytest.raises(UnreadableFile, match=r"^a\.json: Its JSON .* record 2 "):
        for event in read_articles(save(tmp_path / "a.eml", write_mail(attach_broken))):
            assert isinstance(event, Draft)
            parts.append(event.part)
    assert parts[:2] == ["", "a.json#1"] and "mail (2).eml" in parts


def test_a_mail_within_a_mail_is_a_part_and_nesting_has_an_end(tmp_path: Path) -> None:
    inner = EmailMessage()
    inner["Subject"] = "The inner one of the two mails"
    inner.set_content(BODY)
    for _ in range(6):
        outer = EmailMessage()
        outer["Subject"] = "Outer"
        outer.set_content(BODY)
        outer.add_attachment(inner)
        inner = outer
    drafts, skipped = read_all(save(tmp_path / "a.eml", inner.as_bytes()))
    assert 1 < len(drafts) <= 3
    assert "file in a file" in skipped[0].reason


def test_a_thousand_nested_frames_are_borne(tmp_path: Path) -> None:
    data = b"Subject: x\n"
    for number in range(1000):
        data += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (number, number)
    with pytest.raises(UnreadableFile):
        read_file(save(tmp_path / "a.eml", data + b"\nwords"))


def test_parts_that_are_too_many_or_lie_too_deep_are_named(tmp_path: Path) -> None:
    part = "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n{}\n"
    head = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
    many = head + "".join(part.format(f"{number}: {BODY}") for number in range(1010)) + "--b--\n"
    drafts, [skipped] = read_all(save(tmp_path / "a.eml", many.encode()))
    assert len(drafts) == 1000 and skipped.reason.startswith("10 of its parts were not read")
    assert skipped.file == str(tmp_path / "a.eml")
    inner: Message = MIMEText(BODY)
    for _ in range(30):
        frame = MIMEMultipart()
        frame.attach(MIMEText(BODY))
        frame.attach(inner)
        inner = frame
    _, [skipped] = read_all(save(tmp_path / "b.eml", inner.as_bytes()))
    assert "nest too deep" in skipped.reason


def test_what_is_no_mail_is_named(tmp_path: Path) -> None:
    for data in (b"just words and more", b"\0\1\2\3" * 50, b"\n\n\n"):
        with pytest.raises(UnreadableFile):
            read_file(save(tmp_path / "a.eml", data))


# Saved pages


def test_a_page_saved_with_all_that_belongs_to_it_is_read(tmp_path: Path) -> None:
    page = PAGE.encode("cp1252").replace(b"=", b"=3D")
    data = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.com/barrier\r\n"
        b'Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html; charset=windows-1252\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + page
        + b"\r\n--b\r\nContent-Type: image/png\r\nContent-Location: x\r\n\r\nxx\r\n--b--\r\n"
    )
    draft = read_file(save(tmp_path / "a.mhtml", data))
    assert (draft.title, draft.text) == (TITLE, BODY)
    assert draft.url == "https://example.com/barrier"
    with pytest.raises(UnreadableFile, match="no saved page"):
        read_file(save(tmp_path / "b.mht", b"Subject: x\n\nwords"))


# Feeds

RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Example Times</title>
<language>en-gb</language>
<item><title>{TITLE}</title><link>https://example.com/a</link><dc:creator>Jane Doe</dc:creator>
<pubDate>Tue, 18 Jan 2022 23:30:00 -0500</pubDate><category>World</category>
<description>Short.</description><content:encoded><![CDATA[{HTML}]]></content:encoded></item>
<item><title>Second headline of the day</title><description>{PARAGRAPHS[0]}</description></item>
<item><title>Third</title></item></channel></rss>"""

ATOM = f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">
<title>Example Times</title><entry><title>{TITLE}</title><link href="https://example.com/a"/>
<author><name>Jane Doe</name></author><published>2022-01-18T23:30:00-05:00</published>
<updated>2022-01-20T10:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div></content></entry></feed>"""


@pytest.mark.parametrize("suffix", [".rss", ".xml"])
def test_the_items_of_a_feed_are_articles(tmp_path: Path, suffix: str) -> None:
    [first, second], [third] = read_all(save(tmp_path / f"a{suffix}", RSS.encode()))
    assert (first.title, first.text, first.part) == (TITLE, BODY, "1")
    assert (first.outlet, first.author, first.language) == ("Example Times", "Jane Doe", "en")
    assert (first.published, first.section) == (date(2022, 1, 18), "World")
    assert first.origins["outlet"] == "feed"
    assert second.warnings == (ONLY_SUMMARY,)
    assert third.file.endswith("#3") and "no text" in third.reason


def test_atom_is_read_as_well(tmp_path: Path) -> None:
    [draft], _ = read_all(save(tmp_path / "a.atom", ATOM.encode()))
    assert (draft.text, draft.url) == (BODY, "https://example.com/a")
    assert (draft.published, draft.updated) == (date(2022, 1, 18), date(2022, 1, 20))


def test_a_feed_without_an_end_is_told_once_its_items_are_read(tmp_path: Path) -> None:
    read = read_articles(save(tmp_path / "a.rss", RSS.partition("<item><title>Third")[0].encode()))
    for title in (TITLE, "Second headline of the day"):
        event = next(read)
        assert isinstance(event, Draft) and event.title == title
    with pytest.raises(UnreadableFile, match="breaks off"):
        next(read)


def test_other_xml_is_named(tmp_path: Path) -> None:
    for data in (b"<?xml version='1.0'?><svg/>", b"words", b"<rss></rss>", b"https://example.com/"):
        with pytest.raises(UnreadableFile):
            read_file(save(tmp_path / "a.xml", data))


def test_entities_that_grow_without_end_are_borne(tmp_path: Path) -> None:
    grow = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{grow}]>'
    outside = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>'
    for head in (bomb, f'<?xml version="1.0"?>{outside}'):
        feed = RSS.replace('<?xml version="1.0"?>', head).replace("Short.", "&a9;")
        try:
            drafts, _ = read_all(save(tmp_path / "a.rss", feed.encode()))
        except UnreadableFile:
            continue
        assert sum(len(draft.text) for draft in drafts) < 10_000
        hostname = Path("/etc/hostname")
        assert not hostname.exists() or hostname.read_text().strip() not in drafts[0].text
