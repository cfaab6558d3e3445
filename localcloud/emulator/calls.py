"""What an AWS API request says about itself, and the log of all of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs

from localcloud.emulator.regions import GLOBAL

GLOBAL_SERVICES = frozenset(
    {"iam", "route53", "route53domains", "cloudfront", "organizations", "globalaccelerator"}
)
"""Services with one control plane for all regions. STS is not one: the SDKs use it regionally."""

_CREDENTIAL = re.compile(
    r"(?P<key>[^/\s=,]+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """The credential scope of a SigV4 signature: who calls which service where."""

    access_key: str
    region: str
    service: str

    @property
    def target(self) -> str:
        """The place that serves the call: a region or the global control planes."""
        return GLOBAL if self.service in GLOBAL_SERVICES else self.region


def signature_of(headers: Mapping[str, str], query: str) -> Signature | None:
    """The signature in the Authorization header or, presigned, in the query; None without one."""
    credential = headers.get("authorization", "")
    if not credential.startswith("AWS4-HMAC-SHA256 "):
        credential = parse_qs(query).get("X-Amz-Credential", [""])[0]
    found = _CREDENTIAL.search(credential)
    return Signature(found["key"], found["region"], found["service"]) if found else None


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the body is that of the Query protocol (RDS, IAM, STS ...)."""
    return headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def action_of(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """The operation's name where the protocol carries one, else method and path.

    JSON services name it in X-Amz-Target, Query services in the form field Action, CBOR services in
    the path (`/service/X/operation/Y`); REST services do not name it at all.
    """
    if target := headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if is_form(headers):
        named = parse_qs(body.decode("utf-8", "replace")).get("Action")
        if named:
            return named[0]
    if "/operation/" in path:
        return path.rpartition("/")[2]
    return f"{method} {path}"


def tables_of(body: bytes) -> frozenset[str]:
    """Names of the DynamoDB tables that a request's body names, also inside batches."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return frozenset()
    return frozenset(_tables_in(request)) if isinstance(request, dict) else frozenset()


def _tables_in(request: Mapping[str, object]) -> set[str]:
    names = {request.get("TableName"), *(_as_mapping(request.get("RequestItems")))}
    transaction = request.get("TransactItems")
    for item in transaction if isinstance(transaction, list) else []:
        names |= {_as_mapping(part).get("TableName") for part in _as_mapping(item).values()}
    return {name.rpartition("/")[2] for name in names if isinstance(name, str)}


def _as_mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the AWS API."""

    at: float
    """When it arrived, in seconds since the epoch."""
    origin: str
    to_region: str
    service: str
    action: str
    principal: str | None
    """Name of the role whose session called; None for the operator's own key."""

    def line(self, status: int | None, *, cut: bool) -> str:
        """The call as one line of the log. *status* is None where no answer was sent."""
        fields = {
            "at": round(self.at, 4),
            "from": self.origin,
            "to_region": self.to_region,
            "service": self.service,
            "action": self.action,
            "principal": self.principal,
            "status": status,
            "cut": cut,
        }
        return json.dumps(fields) + "\n"


class CallLog:
    """A new JSON lines file of calls; a line is on its way to disk when `record` returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("w", buffering=1)

    def __enter__(self) -> "CallLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._stream.close()

    def record(self, call: Call, status: int | None, *, cut: bool = False) -> None:
        """Write one line."""
        self._stream.write(call.line(status, cut=cut))
