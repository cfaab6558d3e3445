"""Passwords as a secret keeps them: nobody who reads it can sign in."""

import hashlib
import hmac
from collections.abc import Mapping

MOST_CHARACTERS = 200
AT_ONCE = 2
"""Passwords that are tried at the same time: each costs a twentieth of a second of a processor and 16 MiB."""
WAIT_S = 3.0
"""How long somebody waits for a turn."""
_N, _R, _P, _BYTES = 2**14, 8, 1, 32


def hashed(password: str, salt: bytes) -> str:
    """The password as a secret keeps it: `scrypt:SALT:HASH`, both in hexadecimal."""
    return f"scrypt:{salt.hex()}:{_scrypt(password, salt).hex()}"


def admits(hashes: Mapping[str, str], name: str, password: str) -> bool:
    """Whether this is the password. A name that nobody has takes as long as a wrong password."""
    known = hashes.get(name)
    matches = _matches(password, known or _NOBODY)
    return matches and known is not None


def _matches(password: str, known: str) -> bool:
    scheme, _, rest = known.partition(":")
    salt, _, digest = rest.partition(":")
    try:
        wanted = bytes.fromhex(digest)
        found = _scrypt(password, bytes.fromhex(salt))
    except ValueError:
        return False
    return scheme == "scrypt" and hmac.compare_digest(found, wanted)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=_BYTES)


_NOBODY = f"scrypt:{bytes(16).hex()}:{bytes(_BYTES).hex()}"
