"""B03: code that runs in a recovery creates no client of a foreign control plane, nor of another region.

The call log of a drill shows what one run asked; this reads what any run could ask. Rules over the syntax of
every module of the recovery path, each with a stable code:

L10  boto3 and botocore sessions are made in one module only
L20  the service of a client is a literal, and one that answers in the own region
L30  no region is named to a client
L40  nothing leaves the process by itself (HTTP, sockets, child processes)

What must be done all the same is in lists/recovery-path.toml, with its reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from gates.findings import Finding
from localcloud.core.paths import REPOSITORY

FOLDERS = ("failover", "runtime", "durable", "intake", "payments", "trading")
"""Below lambda/; the systems because they compose what a takeover runs."""

REGIONAL = frozenset({"dynamodb", "events", "lambda", "rds", "s3", "secretsmanager", "ssm", "stepfunctions"})
"""Services whose control and data plane both stand in the region that is asked; of S3 those about objects:
buckets are made elsewhere, which roles of the recovery path may not do."""

_MAKERS = frozenset({"client", "resource"})
_LEAVING = frozenset({"http", "urllib", "socket", "subprocess", "requests", "aiohttp", "urllib3"})
_HARMLESS = frozenset({"http.HTTPStatus", "urllib.parse"})


def judge(source: Path = REPOSITORY / "lambda") -> list[Finding]:
    """What the modules of the recovery path below *source* do that needs a reason."""
    return [
        Finding(code, path.relative_to(source).as_posix(), f"line {line} {what}")
        for folder in FOLDERS
        for path in sorted((source / folder).rglob("*.py"))
        for code, line, what in violations(path.read_text())
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
