"""A name is one that somebody can see; what is invisible is known from Unicode's own data."""

import re
import unicodedata

import pytest

from intake import text

SEEN = [
    *("Ada", "7", "?", "\U0001f600", "\u0e40", "\u674e"),
    *(
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "\U0001f469\u200d\U0001f467",
        "\u2764\ufe0f",
        "e\u0301",
        "\ufeffAda",
    ),
    *("\ue000", "\U00040000"),
]
UNSEEN = [
    *(
        "",
        " ",
        "\u00a0",
        "\u3000",
        "\u200b\u200c\u200d",
        "\u3164",
        "\uffa0",
        "\u115f\u1160",
        "\ufeff",
        "\u00ad",
    ),
    *("\u2800", "\u034f", "\u061c", "\u17b4", "\u180e", "\u2062", "\u2065", "\ufe0f", "\u0301", "\ufff0"),
    *("\U0001d159", "\U0001bca0", "\U000e0041", "\U000e0100", "\U000e0fff"),
]


@pytest.mark.parametrize("name", SEEN, ids=ascii)
def test_a_name_with_ink_is_seen(name) -> None:
    assert text.visible(name)
    assert re.search(text.name_pattern(), name)


@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
def test_a_name_without_ink_is_not(name) -> None:
    assert not text.visible(name)
    assert not re.search(text.name_pattern(), name)


def test_the_published_pattern_and_the_check_agree_on_every_character() -> None:
    published, any_text = re.compile(text.name_pattern()), re.compile(text.TEXT)
    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
    assert [
        ascii(one)
        for one in characters
        if bool(published.search(one)) != (text.visible(one) and bool(any_text.search(one)))
    ] == []


def test_no_letter_number_or_sign_with_a_name_of_its_own_is_taken_for_nothing() -> None:
    """Only what Unicode calls blank, filler or null is drawn as nothing."""
    lost = [
        unicodedata.name(chr(code))
        for code in range(0x110000)
        if unicodedata.category(chr(code))[0] in "LNPS" and not text.visible(chr(code))
    ]
    assert [name for name in lost if not re.search("FILLER|BLANK|NULL", name)] == []
    assert 4 < len(lost) < 12
