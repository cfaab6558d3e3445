"""Deployment outputs as one flat map: what tests, drills and operators read.

`cdktf deploy --outputs-file` writes `{stack: {output: value}}`; everything here reads `{output: value}`.
Output names are unique over all stacks: regional ones end with their region.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CROSS_STACK = "cross-stack-output-"
"""How CDKTF names the outputs it adds when one stack reads another; they are its own business."""

PROJECT = Path(__file__).resolve().parents[1]
"""The clone that this command belongs to."""


class OutputsError(ValueError):
    """The outputs cannot be flattened or read; the message names the file or the output."""


def flatten(by_stack: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One map over all stacks. Raises OutputsError when two stacks use the same output name."""
    flat: dict[str, Any] = {}
    for stack, outputs in by_stack.items():
        if not isinstance(outputs, Mapping):
            raise OutputsError(f"{stack!r} has no map of outputs: give what `cdktf deploy` wrote")
        for name, value in outputs.items():
            if name.startswith(CROSS_STACK):
                continue
            if name in flat:
                raise OutputsError(f"output {name!r} of stack {stack!r} exists in another stack too")
            flat[name] = value
    return dict(sorted(flat.items()))


def write(by_stack: Mapping[str, Mapping[str, Any]], path: Path) -> dict[str, Any]:
    """Flatten *by_stack* into the JSON file *path*, and return what was written."""
    flat = flatten(by_stack)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(flat, indent=2) + "\n")
    return flat


def read(path: Path) -> dict[str, Any]:
    """The flat outputs in *path*. Raises OutputsError with the command that would write them."""
    try:
        outputs = json.loads(path.read_text())
    except FileNotFoundError:
        raise OutputsError(_absent(path)) from None
    except OSError as error:
        raise OutputsError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise OutputsError(f"{path} is not JSON: {error}") from error
    if not isinstance(outputs, dict):
        raise OutputsError(f"{path} holds {type(outputs).__name__}, not a map of outputs")
    return outputs


def _absent(path: Path) -> str:
    """A file that is only looked for in the wrong folder is no reason to deploy."""
    there = PROJECT / path
    if not path.is_absolute() and there.exists() and there.resolve() != path.resolve():
        return (
            f"{path} is not in this folder ({Path.cwd()}) but in the project's: "
            f"cd {PROJECT}, or --outputs {there}"
        )
    where = f" (in {Path.cwd()})" if Path.cwd() != PROJECT and not path.is_absolute() else ""
    return f"{path} does not exist{where}: deploy first (make up, or make deploy)"
