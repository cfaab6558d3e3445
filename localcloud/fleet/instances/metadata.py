"""The instance metadata service, version 2 only, as a pure function of one request.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
"""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localcloud.fleet.instances.record import Instance

TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path
TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "x-aws-ec2-metadata-token"  # noqa: S105 - the header's name
LONGEST_TTL_S = 21_600
RENEW_S = 900.0
"""New credentials are there at least so long before the old ones end; AWS says five minutes."""
Session = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MetadataReply:
    """Status, text and headers of an answer."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class MetadataService:
    """Answers for one instance. A request without a valid token is refused: there is no version 1.

    The hop limit cannot be kept here: what is on this machine is no hop away.
    """

    session: Callable[[str, str], Session]
    """Keys of the role of a profile's ARN, for an instance's id; it may block."""
    lifecycle: Callable[[str], str] = lambda _: "InService"
    _tokens: dict[str, float] = field(default_factory=dict)
    _kept: Session | None = None

    def answer(
        self, instance: Instance, method: str, path: str, headers: Mapping[str, str], now: float
    ) -> MetadataReply:
        """Answer one request; header names are lower case, *now* is in seconds since the epoch."""
        if instance.metadata.get("HttpEndpoint", "enabled") != "enabled" or "x-forwarded-for" in headers:
            return MetadataReply(403, "Forbidden")
        path = "/" + "/".join(part for part in path.split("/") if part)
        if path == TOKEN_PATH:
            return self._token(headers, now) if method == "PUT" else MetadataReply(405, "Method Not Allowed")
        if method not in ("GET", "HEAD"):
            return MetadataReply(405, "Method Not Allowed")
        if self._tokens.get(headers.get(TOKEN_HEADER, ""), 0.0) <= now:
            return MetadataReply(401, "Unauthorized")
        text = self._value(instance, path.removeprefix("/latest"), now)
        return MetadataReply(404, "Not Found") if text is None else MetadataReply(200, text)

    def _token(self, headers: Mapping[str, str], now: float) -> MetadataReply:
        asked = headers.get(TTL_HEADER, "")
        if not asked.isdigit() or not 1 <= int(asked) <= LONGEST_TTL_S:
            return MetadataReply(400, "Bad Request")
        self._tokens = {token: end for token, end in self._tokens.items() if end > now}
        token = secrets.token_urlsafe(40)
        self._tokens[token] = now + int(asked)
        return MetadataReply(200, token, {TTL_HEADER: asked})

    def _value(self, instance: Instance, path: str, now: float) -> str | None:
        if path == "/dynamic/instance-identity/document":
            return json.dumps(_identity(instance), indent=2)
        if path == "/user-data":
            return base64.b64decode(instance.user_data).decode(errors="replace") or None
        key = path.removeprefix("/meta-data").strip("/")
        if key.startswith("iam/"):
            return self._iam(instance, key.removeprefix("iam/"), now)
        known = {**_plain(instance), "autoscaling/target-lifecycle-state": self.lifecycle(instance.id)}
        return known.get(key) or _listing(known, key)

    def _iam(self, instance: Instance, key: str, now: float) -> str | None:
        if not instance.profile:
            return None
        if key == "info":
            return json.dumps({"Code": "Success", "InstanceProfileArn": instance.profile})
        if self._kept is None or self._kept["until"] - now < RENEW_S:
            self._kept = {**self.session(instance.profile, instance.id), "since": now}
        session = self._kept
        if key == "security-credentials":
            return str(session["role"])
        if key != f"security-credentials/{session['role']}":
            return None
        shown = {"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": _moment(session["since"])}
        shown |= {"AccessKeyId": session["AccessKeyId"], "SecretAccessKey": session["SecretAccessKey"]}
        return json.dumps(
            {**shown, "Token": session["SessionToken"], "Expiration": _moment(session["until"])}
        )


def _plain(instance: Instance) -> dict[str, str]:
    found = {
        "ami-id": instance.image,
        "instance-id": instance.id,
        "instance-type": instance.type,
        "local-ipv4": instance.address,
        "placement/availability-zone": instance.zone,
        "placement/region": instance.region,
    }
    if instance.metadata.get("InstanceMetadataTags") == "enabled":
        found |= {f"tags/instance/{key}": value for key, value in instance.tags.items()}
    return found


def _listing(known: Mapping[str, str], key: str) -> str | None:
    """The names below *key*, as the service lists a folder."""
    prefix = f"{key}/" if key else ""
    rests = [name.removeprefix(prefix) for name in known if name.startswith(prefix)]
    names = {rest.partition("/")[0] + ("/" if "/" in rest else "") for rest in rests}
    return "\n".join(sorted(names)) or None


def _identity(instance: Instance) -> dict[str, str]:
    return {
        "accountId": instance.account,
        "availabilityZone": instance.zone,
        "imageId": instance.image,
        "instanceId": instance.id,
        "instanceType": instance.type,
        "privateIp": instance.address,
        "region": instance.region,
        "version": "2017-09-30",
    }


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
