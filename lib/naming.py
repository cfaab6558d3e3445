"""Names where AWS allows too few characters for ours."""

import hashlib

DIGEST = 6


def shortened(name: str, *, keep: str, limit: int) -> str:
    """*name* in at most *limit* characters: unchanged if it fits, else its middle becomes a digest.

    The ending *keep* stays whole, so that the environment can still be read from it. Raises ValueError
    when the limit leaves no room beside it.
    """
    if len(name) <= limit:
        return name
    room = limit - len(keep) - DIGEST - 2
    if room < 1 or not name.endswith(keep):
        raise ValueError(f"{name} cannot be shortened to {limit} characters that end with {keep}")
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST]
    return f"{name[:room].rstrip('-')}-{digest}-{keep}"
