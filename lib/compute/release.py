"""The application's zip where instances fetch it."""

from base64 import b64decode
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

from lib.bundle import Bundle
from lib.security.encrypted_bucket import EncryptedBucket

KEY = "web.zip"


@dataclass(frozen=True, slots=True)
class Release:
    """One version of one object. Older ones stay, so that older templates start instances as before."""

    bucket: str
    object: str
    """The id of the version, which S3 gives."""
    sha256: str
    """Hexadecimal."""
    version: str
    """What a person calls it, and what the application answers."""


def publish(scope: Construct, id_: str, *, bucket: EncryptedBucket, bundle: Bundle) -> Release:
    """Upload *bundle* into *bucket*, which keeps versions."""
    made = S3Object(
        scope,
        id_,
        bucket=bucket.name,
        key=KEY,
        source=bundle.from_stack,
        source_hash=bundle.sha256,
        content_type="application/zip",
        depends_on=[bucket.versions],
    )
    return Release(bucket.name, made.version_id, b64decode(bundle.sha256).hex(), bundle.path.stem)
