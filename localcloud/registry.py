"""Pushes an image to the emulated registry of containers, by the registry's own protocol.

https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#push
"""

import urllib.request
from urllib.parse import urljoin

from lib.image import MANIFEST, Image

WITHIN_S = 60.0
TAG = "local"


def push(endpoint: str, access_key_id: str, region: str, repository: str, image: Image) -> None:
    """Push *image* to *repository*, which is there; who pushes again changes nothing.

    *endpoint* is that of the emulated AWS, which takes who signs for ECR of *region* for the registry's user.
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
        began = call("POST", f"{endpoint}/v2/{repository}/blobs/uploads/", b"", "application/octet-stream")
        at = urljoin(endpoint, began)
        call("PUT", f"{at}{'&' if '?' in at else '?'}digest={digest}", blob, "application/octet-stream")
    call("PUT", f"{endpoint}/v2/{repository}/manifests/{TAG}", image.manifest, MANIFEST)
