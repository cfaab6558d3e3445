"""Sizes of policies, in IAM without white space."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from gates.requests.terraform import Partly

MANAGED, INLINE, TRUST = 6144, 10240, 2048
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
BUCKET, TOPIC, VAULT = 20 * 1024, 30 * 1024, 10 * 1024
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html and the services' quotas."""


def size(document: Any) -> int:
    """How many characters a policy has at least, without the white space that IAM does not count."""
    match document:
        case Partly(parts):
            return sum(len("".join(part.split())) for part in parts)
        case str():
            return len("".join(document.split()))
    return 0


def _at_most(most: int, member: str, sent: Mapping[str, Any]) -> Iterator[str]:
    if (found := size(sent.get(member))) > most:
        yield f"{member}: {found} characters, AWS takes {most}"
    yield from _well_formed(member, sent.get(member))


def _well_formed(member: str, document: Any) -> Iterator[str]:
    """Statement ids that are unique and alphanumeric, and no statement without an effect."""
    if not isinstance(document, str):
        return
    try:
        statements = json.loads(document)["Statement"]
    except (ValueError, KeyError, TypeError):
        yield f"{member}: is no policy document"
        return
    ids = [one["Sid"] for one in statements if "Sid" in one]
    if len(ids) != len(set(ids)) or not all(one.isalnum() for one in ids):
        yield f"{member}: statement ids {ids} must be unique and of letters and digits only"


def _attribute(sent: Mapping[str, Any]) -> Iterator[str]:
    if sent.get("AttributeName") == "Policy":
        yield from _at_most(TOPIC, "AttributeValue", sent)


RULES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "iam:CreatePolicy": partial(_at_most, MANAGED, "PolicyDocument"),
    "iam:CreateRole": partial(_at_most, TRUST, "AssumeRolePolicyDocument"),
    "iam:PutRolePolicy": partial(_at_most, INLINE, "PolicyDocument"),
    "s3:PutBucketPolicy": partial(_at_most, BUCKET, "Policy"),
    "sns:SetTopicAttributes": _attribute,
    "backup:PutBackupVaultAccessPolicy": partial(_at_most, VAULT, "Policy"),
}
