"""A repository of container images, by the protocol that all registries speak.

https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode, urljoin

import urllib3

from lib.image import MANIFEST, Image

WITHIN_S = 60.0
BYTES = "application/octet-stream"
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
REFERENCE = re.compile(
    r"(?P<host>[a-z0-9.-]+(:\d+)?)/(?P<name>[a-z0-9][a-z0-9._/-]*?)(:(?P<tag>[\w.-]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)
CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


class RegistryError(Exception):
    """The registry refused, or what it sent is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Reference:
    """HOST/NAME, with `:TAG` or `@DIGEST`."""

    host: str
    name: str
    version: str
    """Digest or tag; empty for the repository."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Read *text*. Raises RegistryError with what it should look like."""
        if not (found := REFERENCE.fullmatch(text)):
            raise RegistryError(f"{text} is no image: HOST/NAME:TAG or HOST/NAME@sha256:... is one")
        return cls(found["host"], found["name"], found["digest"] or found["tag"] or "")


@dataclass(slots=True)
class Repository:
    """Images under one name. Each call raises RegistryError."""

    url: str
    """Of the registry."""
    name: str
    authorization: str = ""
    """The header of who has rights there; without it a token for anybody is asked for."""
    _http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(timeout=WITHIN_S))

    @classmethod
    def at(cls, reference: Reference, authorization: str = "") -> Self:
        """The repository of *reference*: over TLS, but on this machine."""
        scheme = "http" if LOOPBACK.fullmatch(reference.host) else "https"
        return cls(f"{scheme}://{reference.host}", reference.name, authorization)

    def manifest(self, version: str, kinds: tuple[str, ...]) -> tuple[bytes, str]:
        """The manifest of a tag or digest, and which of *kinds* it is."""
        answer = self._call("GET", f"manifests/{version}", headers={"Accept": ", ".join(kinds)})
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if kind not in kinds:
            raise RegistryError(f"{self.name}:{version} is of a kind that is not known here: {kind}")
        if version.startswith("sha256:"):
            _check(answer.data, version)
        return answer.data, kind

    def blob(self, digest: str) -> bytes:
        """A configuration or a layer."""
        content = self._call("GET", f"blobs/{digest}").data
        _check(content, digest)
        return content

    def has(self, digest: str) -> bool:
        """Whether the blob is there already."""
        return self._call("HEAD", f"blobs/{digest}", missing=True).status < 400  # noqa: PLR2004 - HTTP's errors

    def push_blob(self, digest: str, content: bytes) -> None:
        """Bring a blob; one that is there stays as it is."""
        if self.has(digest):
            return
        begun = self._call("POST", "blobs/uploads/", body=b"", headers={"Content-Type": BYTES})
        place = urljoin(f"{self.url}/", begun.headers["Location"])
        way = f"{place}{'&' if '?' in place else '?'}{urlencode({'digest': digest})}"
        self._call("PUT", way, body=content, headers={"Content-Type": BYTES})

    def push(self, tag: str, image: Image, kind: str = MANIFEST) -> None:
        """Bring what *image* holds, and name it. Layers that it does not hold must be there."""
        for digest, blob in image.blobs.items():
            self.push_blob(digest, blob)
        self._call("PUT", f"manifests/{tag}", body=image.manifest, headers={"Content-Type": kind})

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        missing: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """The answer; with *missing* 404 is one."""
        url = path if "://" in path else f"{self.url}/v2/{self.name}/{path}"
        answer = self._ask(method, url, body, headers or {})
        if answer.status == 401 and not self.authorization:  # noqa: PLR2004 - unauthorized
            self.authorization = self._token(answer.headers.get("WWW-Authenticate", ""))
            answer = self._ask(method, url, body, headers or {})
        if answer.status >= 400 and not (missing and answer.status == 404):  # noqa: PLR2004 - HTTP's errors
            said = answer.data[:200].decode(errors="replace")
            raise RegistryError(f"{self.url} answers {answer.status} to {method} {path}: {said}".rstrip(": "))
        return answer

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        own = {"Authorization": self.authorization} if self.authorization else {}
        try:
            return self._http.request(method, url, body=body, headers={**headers, **own})
        except urllib3.exceptions.HTTPError as error:
            raise RegistryError(f"{self.url} does not answer: {error}") from error

    def _token(self, challenge: str) -> str:
        """Anybody's token. https://distribution.github.io/distribution/spec/auth/token/."""
        asked = dict(CHALLENGE.findall(challenge))
        if not challenge.startswith("Bearer ") or "realm" not in asked:
            raise RegistryError(f"{self.url} wants to know who asks for {self.name}")
        realm = asked.pop("realm")
        answer = self._ask("GET", f"{realm}?{urlencode(asked)}", None, {})
        try:
            told: dict[str, Any] = json.loads(answer.data)
            return f"Bearer {told.get('token') or told['access_token']}"
        except (ValueError, KeyError, AttributeError) as error:
            raise RegistryError(f"{realm} gives no token for {self.name}: {answer.status}") from error


def _check(content: bytes, digest: str) -> None:
    found = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if found != digest:
        raise RegistryError(f"the registry sent {found} for {digest}")
