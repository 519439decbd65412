"""A PDF of a few lines, written by hand: pages of text at given places, or pages without any."""

from __future__ import annotations

from collections.abc import Sequence

#: A4, in points.
WIDTH, HEIGHT = 595, 842
#: Where lines begin and how far apart they are, in points.
LEFT, TOP, LEADING = 72, 770, 14

Row = tuple[float, float, float, str]
"""Left, bottom, size of the letters, and the words."""


def lay_out(
    paragraphs: Sequence[Sequence[str]], *, top: float = TOP, size: float = 11
) -> list[Row]:
    """The rows of paragraphs, each given by its lines, with a gap after each."""
    rows: list[Row] = []
    for paragraph in paragraphs:
        for line in paragraph:
            rows.append((LEFT, top, size, line))
            top -= LEADING
        top -= LEADING / 2
    return rows


def write_pdf(
    pages: Sequence[Sequence[Row] | None],
    info: dict[str, str] | None = None,
    trailer: str = "",
) -> bytes:
    """The bytes of a PDF; a page that is None is a picture."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    entries = " ".join(f"/{key} ({_escape(value)})" for key, value in (info or {}).items())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, rows in enumerate(pages):
        stream = _picture() if rows is None else b"\n".join(map(_show, rows))
        objects += [
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}]"
                f" /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
            ).encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        ]
    objects.append(f"<< {entries} >>".encode("cp1252"))
    return _assemble(objects, trailer)


def _assemble(objects: Sequence[bytes], trailer: str) -> bytes:
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    end += f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R {trailer} >>\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF\n".encode()


def _show(row: Row) -> bytes:
    left, bottom, size, words = row
    return f"BT /F1 {size} Tf {left} {bottom} Td ({_escape(words)}) Tj ET".encode("cp1252")


def _picture() -> bytes:
    image = b"BI /W 2 /H 2 /CS /G /BPC 8 ID \x00\xff\xff\x00 EI"
    return b"q %d 0 0 %d 0 0 cm %s Q" % (WIDTH, HEIGHT, image)


def _escape(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
