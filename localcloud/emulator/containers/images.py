"""Images out of the emulated ECR, unpacked once each."""
# ruff: noqa: SLF001 - reads what upstream keeps to itself

import io
import json
import re
import shutil
import sys
import tarfile
import threading
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack.services import ecr

REFERENCE = re.compile(r"[^/@]+/([a-z0-9][a-z0-9._/-]*)@(sha256:[0-9a-f]{64})")
"""Registry, repository and digest."""
_unpacking = threading.Lock()


class ImageNotFound(Exception):
    """No registry here has the image. Upstream knows it by Docker's name."""


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image as the registry keeps it."""

    id: str
    """Its digest."""
    config: dict[str, Any]
    """What a container of it is given unless it is told otherwise."""
    layers: tuple[bytes, ...]

    @classmethod
    def of(cls, reference: str) -> "StoredImage":
        """The image in the registry of the account and region that is asked. Raises ImageNotFound."""
        named = REFERENCE.fullmatch(reference)
        repository, digest = named.groups() if named else ("", "")
        for image in ecr._images.get(repository, []):
            if image["imageDigest"] == digest:
                manifest = json.loads(image["imageManifest"])
                blobs = ecr._layer_blobs[repository]
                config = json.loads(blobs[manifest["config"]["digest"]])
                layers = tuple(blobs[layer["digest"]] for layer in manifest["layers"])
                return cls(image["imageDigest"], config.get("config", {}), layers)
        raise ImageNotFound(f"{reference}: not found")

    def tag(self, *_: object, **__: object) -> bool:
        """An image is known by its digest; tags are of no use here."""
        return True

    def unpack(self, base: Path) -> Path:
        """The folder below *base* with the image's files. Raises tarfile.TarError for hostile layers."""
        folder = base / self.id.replace(":", "-")
        with _unpacking:
            if not folder.exists():
                draft = folder.with_suffix(".draft")
                shutil.rmtree(draft, ignore_errors=True)
                draft.mkdir(parents=True)
                for layer in self.layers:
                    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
                        tar.extractall(draft, filter="data")
                draft.rename(folder)
        return folder


def stand_in_for_docker() -> None:
    """Let upstream import the one exception of Docker's package that it names."""
    package, errors = types.ModuleType("docker"), types.ModuleType("docker.errors")
    errors.ImageNotFound = ImageNotFound  # type: ignore[attr-defined] # a module is open
    sys.modules.setdefault("docker", package)
    sys.modules["docker.errors"] = errors
