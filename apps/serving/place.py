"""Where an application listens, as its environment says."""

from collections.abc import Mapping

from runtime.environment import BadEnvironment, text


def host(source: Mapping[str, str]) -> str:
    """The address to listen at: HOST, or all."""
    return source.get("HOST", "").strip() or "0.0.0.0"  # noqa: S104 - security groups say who may come


def port(source: Mapping[str, str]) -> int:
    """The port to listen at.

    Raises:
        BadEnvironment: PORT is missing or none.
    """
    value = text(source, "PORT")
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 65_536):  # noqa: PLR2004
        raise BadEnvironment(f"environment variable PORT must be 1 to 65535, got {value!r}")
    return int(value)
