"""Rights on buckets, by what is asked of them."""

from collections.abc import Iterable

from dr.rights import actions
from dr.rights.statements import do, ours
from lib.iam import Statement
from lib.settings.common import CommonSettings

OBJECTS = """
DeleteObject DeleteObjectVersion GetObject GetObjectTagging GetObjectVersion PutObject PutObjectTagging
"""
WEBSITE = "DeleteBucketWebsite PutBucketWebsite"


def _buckets(settings: CommonSettings) -> list[str]:
    return [f"arn:aws:s3:::{ours(settings)}"]


def plain(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """A closed bucket with versions, and what is in it when it goes."""
    yield do("s3", actions.BUCKET, _buckets(settings))


def kept(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """A key of ours, and how long objects are kept."""
    yield do("s3", "PutEncryptionConfiguration PutLifecycleConfiguration", _buckets(settings))


def copies(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """Replication; PassRole is in deploy-network."""
    yield do("s3", "PutReplicationConfiguration", _buckets(settings))


def locked(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """For how long nobody changes an object."""
    yield do("s3", "PutBucketObjectLockConfiguration", _buckets(settings))


def objects(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """Objects that a deploy writes."""
    yield do("s3", OBJECTS, [f"{bucket}/*" for bucket in _buckets(settings)])


def websites(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """The bucket that is called like the site, as S3 wants it of a website."""
    name = f"arn:aws:s3:::{settings.HOST}.*.{settings.dns.domain}"
    yield do("s3", f"{actions.BUCKET} {WEBSITE}", [name])
    yield do("s3", OBJECTS, [f"{name}/*"])
