"""From the repository of this code to an image that ECS can run."""

import json
from collections.abc import Callable
from pathlib import Path

from dr.image.append import INDEXES, KINDS, append, for_platform
from dr.image.registry import Reference, Repository
from lib.image import build_image

Authorize = Callable[[Reference], str]
"""The header that a registry wants of who pushes."""


def publish(root: Path, base: str, repository: str, tag: str, authorize: Authorize) -> str:
    """Push the applications in *root* upon *base* as *repository*:*tag*; returns the reference by digest.

    The same code upon the same base gives the same digest. Raises RegistryError, NoBase, and BundleError.
    """
    below, to = Reference.of(base), Reference.of(repository)
    source, target = Repository.at(below), Repository.at(to, authorize(to))
    manifest, kind = source.manifest(below.version or "latest", (*KINDS, *INDEXES))
    if kind in INDEXES:
        manifest, kind = source.manifest(for_platform(manifest), tuple(KINDS))
    parts = json.loads(manifest)
    config = source.blob(parts["config"]["digest"])
    image = append(manifest, kind, config, build_image(root))
    for digest in (layer["digest"] for layer in parts["layers"]):
        if not target.has(digest):
            target.push_blob(digest, source.blob(digest))
    target.push(tag, image, kind)
    return f"{to.host}/{to.name}@{image.digest}"
