"""Requests for identities and keys."""

from collections.abc import Mapping

from gates.requests.filling import TAGS, Call
from gates.requests.terraform import UNKNOWN

CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_iam_role": (
        Call(
            "iam",
            "CreateRole",
            {"name": "RoleName", "assume_role_policy": "AssumeRolePolicyDocument"},
            apart=TAGS,
        ),
    ),
    "aws_iam_role_policy": (
        Call(
            "iam",
            "PutRolePolicy",
            {"name": "PolicyName", "role": "RoleName", "policy": "PolicyDocument"},
        ),
    ),
    "aws_iam_role_policy_attachment": (Call("iam", "AttachRolePolicy", {"role": "RoleName"}),),
    "aws_iam_policy": (
        Call("iam", "CreatePolicy", {"name": "PolicyName", "policy": "PolicyDocument"}, apart=TAGS),
    ),
    "aws_kms_key": (
        Call("kms", "CreateKey", apart=TAGS | {"deletion_window_in_days", "enable_key_rotation"}),
        Call(
            "kms",
            "ScheduleKeyDeletion",
            more={"KeyId": UNKNOWN},
            prepare=lambda body: {"pending_window_in_days": body["deletion_window_in_days"]},
        ),
    ),
    "aws_kms_alias": (Call("kms", "CreateAlias", {"name": "AliasName"}),),
}
