from types import SimpleNamespace

import pytest

from gates import orphans as command
from gates.orphans import ends_by_itself, orphans


def test_environments_of_closed_pull_requests_are_orphans():
    def tagged(suffix):
        return {"ResourceARN": f"arn:{suffix}", "Tags": [{"Key": "EnvironmentSuffix", "Value": suffix}]}

    everything = [tagged(suffix) for suffix in ("pr1", "pr2", "prod", "dev", "qa7")] + [
        {"ResourceARN": "a", "Tags": []}
    ]
    assert orphans(everything, open_={"pr1"}) == {"pr2": ["arn:pr2"]}


@pytest.mark.parametrize(
    ("arn", "state", "ends"),
    [
        ("arn:aws:kms:us-east-1:1:key/a", "PendingDeletion", True),
        ("arn:aws:kms:us-east-1:1:key/a", "Enabled", False),
        ("arn:aws:sqs:us-east-1:1:q", "PendingDeletion", False),
        ("arn:aws:kms:us-east-1:1:alias/a", "PendingDeletion", False),
        ("arn:aws:payment-cryptography:us-east-1:1:key/a", "PendingDeletion", False),
    ],
)
def test_a_key_that_waits_for_its_deletion_is_no_orphan(arn, state, ends):
    keys = SimpleNamespace(describe_key=lambda KeyId: {"KeyMetadata": {"KeyState": state}})  # noqa: N803
    assert ends_by_itself(arn, keys) is ends


DYING = "arn:aws:kms:us-east-1:1:key/a"


class Account:
    """Clients of an account in which two environments left a queue in each region, and a key that waits."""

    def __init__(self) -> None:
        self.filters: list[object] = []

    def client(self, service, region_name):
        if service == "kms":
            return SimpleNamespace(describe_key=lambda **_: {"KeyMetadata": {"KeyState": "PendingDeletion"}})

        def paginate(TagFilters):  # noqa: N803
            self.filters.append(TagFilters)
            arns = [(f"arn:aws:sqs:{region_name}:1:{suffix}", suffix) for suffix in ("pr1", "pr2")]
            for arn, suffix in [*arns, (DYING, "pr2")]:
                tags = [{"Key": "EnvironmentSuffix", "Value": suffix}]
                yield {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tags}]}

        return SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=paginate))


@pytest.mark.parametrize(
    "where",
    [
        ("payments", ["us-east-1", "us-east-2", "us-west-2"]),
        ("single-region", ["us-east-1"]),
        ("webapp", ["us-east-1", "us-west-2"]),
    ],
)
@pytest.mark.parametrize("open_", ["pr1\npr2\n", "pr1\n"])
def test_orphans_of_every_region_are_told_with_the_command_that_ends_them(
    monkeypatch, tmp_path, capsys, open_, where
):
    system, places = where
    monkeypatch.setenv("SYSTEM", system)
    end = f"SYSTEM={system} ENVIRONMENT_SUFFIX=pr2 make destroy"
    arns = [f"    arn:aws:sqs:{place}:1:pr2" for place in places]
    said = [] if "pr2" in open_ else [f"pr2: {len(places)} resources; {end}", *arns]
    (tmp_path / "open").write_text(open_)
    account = Account()
    monkeypatch.setattr(command, "boto3", account)
    assert command.main(tmp_path / "open") == bool(said)
    assert capsys.readouterr().out.splitlines() == said
    asked = [{"Key": "System", "Values": [system]}, {"Key": "EnvironmentSuffix"}]
    assert account.filters == [asked] * len(places)
