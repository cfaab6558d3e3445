"""Another version of the application's bundle, bad in a way that happens."""

import hashlib
import io
import re
import zipfile
from dataclasses import astuple, dataclass, replace
from typing import Any, Self

from gameday.errors import FaultRefused

STARTED = "apps/web/__main__.py"
_COMPOSED = "compose(settings)"
_FETCHED = re.compile(
    r'get-object --bucket (?P<bucket>\S+) --key (?P<key>\S+) --version-id "(?P<version>[^"]+)"'
    r'.*- "\$home" (?P<sha256>[0-9a-f]{64})\b.*BUNDLE_VERSION=(?P<name>\S+)',
    re.DOTALL,
)
_FILTER = '''

def without_bots(app):
    """A filter that means well."""

    async def filtered(scope, receive, send):
        agent = dict(scope.get("headers", ())).get(b"user-agent", b"")
        if scope["type"] == "http" and b"HealthChecker" in agent:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"no bots here"})
            return
        await app(scope, receive, send)

    return filtered


def main('''


@dataclass(frozen=True, slots=True)
class Bundle:
    """A zip, and what is said of it."""

    content: bytes
    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the user data of an instance says of the bundle that it fetches (apps/serving/user_data.sh)."""

    bucket: str
    key: str
    version: str
    """Of the object."""
    sha256: str
    name: str
    """What `/version` answers."""

    @classmethod
    def of(cls, script: str) -> Self:
        """Raises FaultRefused for user data that says no such thing."""
        found = _FETCHED.search(script)
        if found is None:
            raise FaultRefused("the user data does not say which bundle it fetches")
        return cls(**found.groupdict())

    def published_anew(self, s3: Any) -> Self:
        """The bundle, spoiled, as a new version of the same object."""
        asked = s3.get_object(Bucket=self.bucket, Key=self.key, VersionId=self.version)
        new = spoiled(asked["Body"].read())
        put = s3.put_object(Bucket=self.bucket, Key=self.key, Body=new.content)
        return replace(self, version=put["VersionId"], sha256=new.sha256, name=new.name)

    def exchanged(self, script: str, new: Self) -> str:
        """The same user data for *new*."""
        for before, after in zip(astuple(self), astuple(new), strict=True):
            script = script.replace(before, after)
        return script


def spoiled(bundle: bytes) -> Bundle:
    """*bundle* with a filter that takes the balancer for a bot.

    Such a version answers whoever tries it on its own machine, and no balancer finds it healthy.
    Raises FaultRefused when the application is not what it was when this was written.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == STARTED:
                content = _filtering(content.decode()).encode()
            new.writestr(item, content)
    digest = hashlib.sha256(made.getvalue()).hexdigest()
    return Bundle(made.getvalue(), digest, f"bad-{digest[:12]}")


def _filtering(source: str) -> str:
    for piece in (_COMPOSED, "\n\ndef main("):
        if source.count(piece) != 1:
            raise FaultRefused(f"{STARTED} does not say {piece!r} once: this release cannot be spoiled")
    return source.replace(_COMPOSED, f"without_bots({_COMPOSED})").replace("\n\ndef main(", _FILTER)
