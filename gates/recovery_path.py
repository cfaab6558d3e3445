"""B03: code that runs in a recovery creates no client of a foreign control plane, nor of another region.

The call log of a drill shows what one run asked; this reads what any run could ask. Rules over the syntax of
every module of the recovery path, each with a stable code:

L10  boto3 and botocore sessions are made in one module only
L20  the service of a client is a literal, and one that answers in the own region
L30  a region is named to a client only where LISTED says why
L40  whatever leaves the process by itself (HTTP, sockets, child processes) is LISTED
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDERS = ("failover", "runtime", "payments")
"""Below lambda/; payments because its journal and its ledger are part of every takeover."""

REGIONAL = frozenset({"dynamodb", "events", "rds", "secretsmanager", "ssm", "stepfunctions"})
"""Services whose control and data plane both stand in the region that is asked."""

LISTED: Mapping[str, str] = {
    "L10 runtime/clients.py": "the one place where clients are made, with the timeouts of a failover",
    "L20 runtime/clients.py": "passes on the service that its caller names, which L20 checks there",
    "L30 runtime/clients.py": "the default is the own region; who asks for another is checked at his place",
    "L30 failover/steps/tools.py": "defines rds_in and calls it with the own region",
    "L30 failover/steps/promote.py": "a planned takeover asks the region that gives the writer away",
    "L40 failover/region_api.py": "asks the own region's API, as a client would",
    "L40 payments/peer.py": "forwards a payment to the holder; no step of a takeover uses it",
}
_MAKERS = frozenset({"client", "resource"})
_LEAVING = frozenset({"http", "urllib", "socket", "subprocess", "requests", "aiohttp", "urllib3"})
_HARMLESS = frozenset({"http.HTTPStatus", "urllib.parse"})


def findings(source: Path, listed: Mapping[str, str] = LISTED) -> list[str]:
    """What the modules below *source* (the folder lambda) do against the rules and no list excuses."""
    found, used = [], set()
    for folder in FOLDERS:
        for path in sorted((source / folder).rglob("*.py")):
            name = path.relative_to(source).as_posix()
            for code, line, what in violations(path.read_text()):
                entry = f"{code} {name}"
                used.add(entry)
                if entry not in listed:
                    found.append(f"{entry}:{line} {what}")
    return found + [
        f"{entry} is listed, but does nothing of the kind" for entry in sorted(listed.keys() - used)
    ]


def violations(text: str) -> Iterator[tuple[str, int, str]]:
    """Code, line and words of everything in a module that needs a reason."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node)
        elif isinstance(node, ast.Call):
            yield from _calls(node)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, int, str]]:
    names = (
        [alias.name for alias in node.names]
        if isinstance(node, ast.Import)
        else [f"{node.module}.{alias.name}" for alias in node.names]
    )
    for name in names:
        if name.split(".")[0] == "boto3" or name.startswith("botocore.session"):
            yield "L10", node.lineno, f"makes its own clients with {name}"
        elif name.split(".")[0] in _LEAVING and not any(name.startswith(fine) for fine in _HARMLESS):
            yield "L40", node.lineno, f"leaves the process with {name}"


def _calls(node: ast.Call) -> Iterator[tuple[str, int, str]]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    named = next((word for word in node.keywords if word.arg in {"region", "region_name"}), None)
    if called in _MAKERS:
        yield from _service(node)
        if named:
            yield "L30", node.lineno, f"names the region {ast.unparse(named.value)} to a client"
    elif called.endswith("_in") and node.args and called.removesuffix("_in") in REGIONAL:
        yield "L30", node.lineno, f"asks {called.removesuffix('_in')} in {ast.unparse(node.args[0])}"


def _service(node: ast.Call) -> Iterator[tuple[str, int, str]]:
    match node.args[:1]:
        case [ast.Constant(value=str(service))]:
            if service not in REGIONAL:
                yield "L20", node.lineno, f"makes a client of {service}, which is not known to be regional"
        case _:
            yield "L20", node.lineno, "makes a client of a service that is no literal"
