"""Pushes an image into the emulated registry of containers."""

from dr.image.registry import Repository
from lib.image import Image

TAG = "local"


def push(endpoint: str, access_key_id: str, region: str, repository: str, image: Image) -> None:
    """Push *image* to *repository*, which is there; who pushes again changes nothing.

    The emulated AWS at *endpoint* takes whoever signs for ECR of *region* for a user of the registry there.
    Raises RegistryError with what the registry answered.
    """
    scope = f"{access_key_id}/20260101/{region}/ecr/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    Repository(endpoint, repository, signed).push(TAG, image)
