from types import SimpleNamespace

import pytest

from gates.orphans import ends_by_itself, orphans


def test_environments_of_closed_pull_requests_are_orphans():
    def tagged(suffix):
        return {"ResourceARN": f"arn:{suffix}", "Tags": [{"Key": "EnvironmentSuffix", "Value": suffix}]}

    everything = [tagged(suffix) for suffix in ("pr1", "pr2", "prod", "dev")] + [
        {"ResourceARN": "a", "Tags": []}
    ]
    assert orphans(everything, open_={"pr1"}) == {"pr2": ["arn:pr2"]}


@pytest.mark.parametrize(
    ("arn", "state", "ends"),
    [
        ("arn:aws:kms:us-east-1:1:key/a", "PendingDeletion", True),
        ("arn:aws:kms:us-east-1:1:key/a", "Enabled", False),
        ("arn:aws:sqs:us-east-1:1:q", "PendingDeletion", False),
    ],
)
def test_a_key_that_waits_for_its_deletion_is_no_orphan(arn, state, ends):
    keys = SimpleNamespace(describe_key=lambda KeyId: {"KeyMetadata": {"KeyState": state}})  # noqa: N803
    assert ends_by_itself(arn, keys) is ends
