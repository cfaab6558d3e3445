import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.web import files


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\cat.png", "cat.png"),
        (".bashrc", "bashrc"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("", "file"),
        ("...", "file"),
        ("/", "file"),
        ("x" * 300 + ".png", "x" * 96 + ".png"),
        ("x" * 300, "x" * 100),
        ("a." + "y" * 300, "a." + "y" * 98),
    ],
)
def test_a_hostile_name_is_made_harmless_and_an_honest_one_kept(claimed, kept):
    assert files.name_of(claimed) == kept


@given(st.text())
def test_whatever_the_name_it_is_short_and_of_one_line(claimed):
    name = files.name_of(claimed)
    assert 0 < len(name) <= files.MOST_NAME
    assert not set("/\\\r\n\0") & set(name)


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"GIF87a", "image/gif"),
        ("grüße\n".encode(), "text/plain; charset=utf-8"),
        ("grüße".encode("latin-1"), None),
        (b"\x7fELF", None),
        (b"PK\x03\x04", None),
        (b"<svg onload='x'>", "text/plain; charset=utf-8"),
        (b"", None),
    ],
)
def test_the_bytes_say_what_a_file_is(content, type_):
    assert files.type_of(content) == type_


def test_no_more_is_read_than_is_taken():
    stream = io.BytesIO(bytes(files.MOST_BYTES + 100))
    assert files.read(stream) is None
    assert stream.tell() == files.MOST_BYTES + 1
    assert files.read(io.BytesIO(bytes(files.MOST_BYTES))) == bytes(files.MOST_BYTES)
