"""Which characters a text may have, and which of them somebody can see; all of it from Unicode's own data.

A text is kept and compared as it was sent, code point by code point: nothing is normalised. So the composed
form of a name (NFC) and its decomposed form (NFD) look alike and are two different names, and a request that
is repeated in the other form under its key is refused as another one: nothing moves, the client reads why.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby

# Control characters, line separators and text direction overrides forge statements and logs.
_FORGING = "\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069"
# What a decoder writes in place of bytes that it could not read: a text that has it has lost something.
_LOST = "\\ufffd"

# What is refused is written, not what is allowed: tools that make examples spell a class out, and a million
# characters take seconds. Halves of surrogate pairs cannot be stored either: a body that has one is no UTF-8.
TEXT = f"^[^{_FORGING}{_LOST}]*$"
"""The characters of any text, as a JSON Schema's pattern."""

_INK = frozenset("LNPS")
"""Letters, numbers, punctuation and symbols. Marks need one of them to stand on."""
_EMPTY = ("FILLER", "BLANK", "NULL NOTEHEAD")
"""How the names of letters and symbols end that are drawn as nothing, U+3164 HANGUL FILLER for one."""
_BLOCK = 0x1000
_LAST, _LAST_OF_FOUR_DIGITS = 0x10FFFF, 0xFFFF


def visible(text: str) -> bool:
    """Whether the text has a character that leaves ink. Joiners are no hindrance, and not enough."""
    return any(map(_shows, text))


@cache
def name_pattern() -> str:
    """A text with a visible character, as a JSON Schema's pattern. Takes a third of a second, once."""
    unseen = "".join(
        _ranges(code for code in range(_LAST + 1) if not _surrogate(code) and not _shows(chr(code)))
    )
    return f"^[^{_FORGING}{_LOST}]*[^{_FORGING}{_LOST}{unseen}][^{_FORGING}{_LOST}]*$"


def _shows(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":
        return not (_is_no_character(ord(character)) or _reserved_for_format(ord(character) // _BLOCK))
    return category == "Co" or (category[0] in _INK and not unicodedata.name(character, "").endswith(_EMPTY))


def _is_no_character(code: int) -> bool:
    """The last two of each plane are none, for ever; U+FDD0..U+FDEF are near format characters."""
    return code & 0xFFFE == 0xFFFE  # noqa: PLR2004 - Unicode, section 23.7


@cache
def _reserved_for_format(block: int) -> bool:
    """Unassigned characters near format characters are invisible ones to come; elsewhere letters."""
    first = block * _BLOCK
    return any(unicodedata.category(chr(code)) == "Cf" for code in range(first, first + _BLOCK))


def _surrogate(code: int) -> bool:
    return unicodedata.category(chr(code)) == "Cs"


def _ranges(codes: Iterable[int]) -> Iterator[str]:
    """The codes, in order, as ranges of a character class."""
    # Numbers that follow one another keep their distance from their place in the row.
    for _, run in groupby(enumerate(codes), key=lambda at: at[1] - at[0]):
        members = [code for _, code in run]
        yield f"{_written(members[0])}-{_written(members[-1])}"


def _written(code: int) -> str:
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR_DIGITS else chr(code)
