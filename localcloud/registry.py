"""Pushes an image into the emulated registry of containers, by the registries' own protocol.

https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#push
"""

import urllib.request
from urllib.parse import urljoin

from lib.image import MANIFEST, Image

WITHIN_S = 60.0
TAG = "local"
BYTES = "application/octet-stream"


def push(endpoint: str, access_key_id: str, region: str, repository: str, image: Image) -> None:
    """Push *image* to *repository*, which is there; who pushes again changes nothing.

    The emulated AWS at *endpoint* takes whoever signs for ECR of *region* for a user of the registry there.
    Raises OSError with what the registry answered.
    """
    scope = f"{access_key_id}/20260101/{region}/ecr/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"

    def call(method: str, url: str, body: bytes, kind: str) -> str:
        headers = {"Authorization": signed, "Content-Type": kind}
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
            return str(answer.headers.get("Location", ""))

    for digest, blob in image.blobs.items():
        begun = call("POST", f"{endpoint}/v2/{repository}/blobs/uploads/", b"", BYTES)
        place = urljoin(endpoint, begun)
        call("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", blob, BYTES)
    call("PUT", f"{endpoint}/v2/{repository}/manifests/{TAG}", image.manifest, MANIFEST)
