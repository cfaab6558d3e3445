"""The image of the applications in containers, built without Docker: same files, same digest.

It is one layer with the applications and all they need beyond Python. Appended to a base image with Python it
runs anywhere; alone it runs where Python is brought along, as on the local cloud.

https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lib.bundle import WEB, WEB_PACKAGES, WEB_SERVICES, web_files

PACKAGES = {**WEB_PACKAGES, "apps/sessions": "apps/sessions"}
"""Own code, by its place below HOME: a task definition says which of the applications runs."""
SERVICES = WEB_SERVICES | {"dynamodb"}
HOME = "app"
NOBODY = "65534"
"""Runs it: a user without any right."""
READABLE, ENTERABLE = 0o644, 0o755
CREATED = "1970-01-01T00:00:00Z"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True, slots=True)
class Image:
    """A built image: what a registry keeps of it."""

    manifest: bytes
    blobs: Mapping[str, bytes]
    """Configuration and layer, by digest."""

    @property
    def digest(self) -> str:
        """Names the image, as `sha256:...`."""
        return digest_of(self.manifest)


def build_image(root: Path) -> Image:
    """The image of the repository at *root*. Raises BundleError as `lib.bundle.build` does."""
    return of_files(web_files(root, PACKAGES, SERVICES, WEB))


def of_files(files: Mapping[str, Path]) -> Image:
    """An image that holds *files* below HOME."""
    plain = _tar(files)
    layer = gzip.compress(plain, 6, mtime=0)
    config = encoded(
        {
            "architecture": "amd64",
            "os": "linux",
            "created": CREATED,
            "config": {"WorkingDir": f"/{HOME}", "User": NOBODY},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(plain)]},
        }
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described(CONFIG, config),
        "layers": [described(LAYER, layer)],
    }
    return Image(encoded(manifest), {digest_of(config): config, digest_of(layer): layer})


def _tar(files: Mapping[str, Path]) -> bytes:
    """The files in the order of their names, each after its folders; nothing of this machine is in it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        entered: set[PurePosixPath] = set()
        for name in sorted(files):
            path = PurePosixPath(HOME, name)
            for folder in [one for one in reversed(path.parents) if one.parts and one not in entered]:
                entered.add(folder)
                tar.addfile(_entry(folder, tarfile.DIRTYPE, ENTERABLE))
            content = files[name].read_bytes()
            entry = _entry(path, tarfile.REGTYPE, READABLE)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _entry(path: PurePosixPath, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(str(path))
    entry.type, entry.mode = kind, mode
    return entry


def described(kind: str, blob: bytes) -> dict[str, object]:
    """How a manifest names a part."""
    return {"mediaType": kind, "digest": digest_of(blob), "size": len(blob)}


def encoded(document: object) -> bytes:
    """JSON, the same bytes for the same content."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def digest_of(blob: bytes) -> str:
    """By what a registry names it."""
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"
