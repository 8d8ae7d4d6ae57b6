"""Files that are no CSV, told by their first bytes, and what to do with each."""

from __future__ import annotations

EMPTY = "The file is empty. Choose a file with a header and rows."
SAVE_AS = "Save it as “CSV UTF-8” and choose it again."
_MAGIC = (
    (b"\x1f\x8b", f"The file is compressed (gzip). Unpack it first. {SAVE_AS}"),
    (b"BZh", f"The file is compressed (bzip2). Unpack it first. {SAVE_AS}"),
    (b"\xfd7zXZ\0", f"The file is compressed (xz). Unpack it first. {SAVE_AS}"),
    (b"\x28\xb5\x2f\xfd", f"The file is compressed (zstd). Unpack it first. {SAVE_AS}"),
    (b"7z\xbc\xaf", f"The file is an archive (7z). Unpack it first. {SAVE_AS}"),
    (b"PK\x03\x04", f"The file is a spreadsheet or a ZIP archive, not CSV. {SAVE_AS}"),
    (b"\xd0\xcf\x11\xe0", f"The file is an old Excel or Office file, not CSV. {SAVE_AS}"),
    (b"%PDF", "The file is a PDF, not CSV. Ask for the table as CSV."),
    (b"<", "The file is a web page or XML, not CSV. Ask for the table as CSV."),
    (b"\xff\xfe\0\0", f"The file is in UTF-32, not UTF-8: it begins with the bytes FF FE 00 00. {SAVE_AS}"),
    (b"\xff\xfe", f"The file is in UTF-16, not UTF-8: it begins with the bytes FF FE. {SAVE_AS}"),
    (b"\xfe\xff", f"The file is in UTF-16, not UTF-8: it begins with the bytes FE FF. {SAVE_AS}"),
    (b"\0\0\xfe\xff", f"The file is in UTF-32, not UTF-8: it begins with the bytes 00 00 FE FF. {SAVE_AS}"),
)


def about_other_file(start: bytes) -> str:
    """What to say of a file that begins with these bytes, at most 4096; nothing where it may be CSV."""
    for magic, sentence in _MAGIC:
        if start.startswith(magic):
            return sentence
    blank = not start.removeprefix(b"\xef\xbb\xbf").strip() and len(start) < 4096
    return EMPTY if blank else ""
