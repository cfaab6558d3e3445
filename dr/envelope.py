"""What `--json` prints: one document for every outcome, with the same head."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from dr.exits import Exit

VERSION = 1
"""Of every command's document. Keys may be added without a new one; none goes, or changes its meaning."""
GROUPS = frozenset({"events", "evidence"})
"""Commands that have commands."""
INTERRUPTED = "interrupted; nothing that was started is stopped: dr status"


def document(
    command: str, code: Exit, content: Mapping[str, Any], error: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The document of *command*: its content, and how it ended."""
    return {
        **content,
        "schema": f"dr/{command.replace(' ', '/')}/{VERSION}",
        "outcome": code.outcome,
        "exit_code": int(code),
        "error": dict(error) if error else None,
    }


def write(command: str, code: Exit, content: Mapping[str, Any], *, indent: int | None = 2) -> None:
    """Print the document of an outcome that is no error."""
    emit(document(command, code, content), indent)


def write_error(
    words: Sequence[str], code: Exit, content: Mapping[str, Any], error: Mapping[str, Any]
) -> None:
    """Print the document of an error, when the command line *words* asks for JSON and it can be printed."""
    if wants_json(words):
        with suppress(OSError):
            emit(document(named(words), code, content, error), 2)


def interrupted() -> NoReturn:
    """End as Ctrl-C ends a command."""
    write_error(
        sys.argv[1:], Exit.INTERRUPTED, {}, {"kind": "interrupted", "message": INTERRUPTED, "fix": None}
    )
    sys.stderr.write(f"{INTERRUPTED}\n")
    raise SystemExit(int(Exit.INTERRUPTED))


def wants_json(words: Sequence[str]) -> bool:
    """Whether the command line asks for JSON; it is asked also of a line that cannot be understood."""
    return "--json" in words


def named(words: Sequence[str]) -> str:
    """The command that the line names, as far as it can be told."""
    names = [word for word in words if not word.startswith("-")]
    return " ".join(names[: 2 if names[:1] and names[0] in GROUPS else 1]) or "dr"


def emit(told: Mapping[str, Any], indent: int | None) -> None:
    """Print one document."""
    sys.stdout.write(json.dumps(told, indent=indent, default=str) + "\n")
    sys.stdout.flush()


def somewhere_to_write() -> None:
    """Where a caller closed standard output or error (`>&-`), what is said there goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - for as long as the process lives
