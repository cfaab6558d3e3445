"""An image upon another one: its layers, then one more. Pure."""

import json
from typing import Any

from lib.image import CONFIG, CREATED, LAYER, MANIFEST, Image, described, digest_of, encoded

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
KINDS = {
    MANIFEST: (CONFIG, LAYER),
    DOCKER_MANIFEST: (
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ),
}
"""What configuration and layers are called, by the kind of the manifest."""
PLATFORM = {"architecture": "amd64", "os": "linux"}
"""What the task definition asks Fargate for."""


class NoBase(Exception):
    """The image is none that the applications could stand upon."""


def for_platform(index: bytes) -> str:
    """The digest of the manifest for Linux on x86-64. Raises NoBase without one."""
    for one in json.loads(index)["manifests"]:
        platform = one.get("platform") or {}
        if {key: platform.get(key) for key in PLATFORM} == PLATFORM:
            return str(one["digest"])
    raise NoBase("the base image has no variant for linux/amd64")


def append(manifest: bytes, kind: str, config: bytes, image: Image) -> Image:
    """*image* upon the base with this manifest and configuration, without the layers of the base.

    What the base says of variables and entry points holds on; folder and user are those of *image*.
    Raises NoBase for a base of another platform.
    """
    base, told = json.loads(manifest), json.loads(config)
    if {key: told.get(key) for key in PLATFORM} != PLATFORM:
        raise NoBase(f"the base image is for {told.get('os')}/{told.get('architecture')}, not linux/amd64")
    own = json.loads(image.manifest)
    own_config = json.loads(image.blobs[own["config"]["digest"]])
    (described_layer,) = own["layers"]
    layer = image.blobs[described_layer["digest"]]
    config_kind, layer_kind = KINDS[kind]
    whole = _configured(told, own_config)
    made = {
        **base,
        "config": described(config_kind, whole),
        "layers": [*base["layers"], described(layer_kind, layer)],
    }
    return Image(encoded(made), {digest_of(whole): whole, digest_of(layer): layer})


def _configured(base: dict[str, Any], own: dict[str, Any]) -> bytes:
    layers = [*base["rootfs"]["diff_ids"], *own["rootfs"]["diff_ids"]]
    history = [*base.get("history", []), {"created": CREATED, "created_by": "the applications"}]
    return encoded(
        {
            **base,
            "created": CREATED,
            "config": {**(base.get("config") or {}), **own["config"]},
            "rootfs": {"type": "layers", "diff_ids": layers},
            "history": history,
        }
    )
