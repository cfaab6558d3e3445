"""`localcloud destroy` keeps the order of `make destroy`: the region with the writer goes last."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from localcloud import __main__ as command
from localcloud import deployment
from localcloud.core.stacks import Stack
from localcloud.systems import payments, two_regions

NAMES = [f"payments-{what}-dev" for what in ("foundation", "use1", "usw2", "world")]


@pytest.fixture
def destroyed(monkeypatch):
    names = []

    class Tool:
        def __init__(self, stack):
            self.name = stack.name

        def destroy(self):
            names.append(self.name)

        def resources(self):
            return 1

    monkeypatch.setattr(
        deployment, "synthesize", lambda _, **_given: [Stack(n, Path(), frozenset()) for n in NAMES]
    )
    monkeypatch.setattr(deployment, "_tool", lambda _, stack: Tool(stack))
    return names


@pytest.mark.parametrize(("writer", "last"), [("us-east-1", "use1"), ("us-west-2", "usw2")])
def test_the_region_with_the_writer_is_destroyed_after_the_other(monkeypatch, destroyed, writer, last):
    monkeypatch.setattr(two_regions, "region_of_writer", lambda aws, settings: writer)
    assert deployment.destroy(SimpleNamespace(issuer=""), lambda _: None) == 4
    first = {"use1", "usw2"} - {last}
    assert destroyed == [f"payments-{what}-dev" for what in ("world", *first, last, "foundation")]


def test_it_asks_the_local_cloud_and_no_account(monkeypatch, destroyed):
    made = []
    monkeypatch.setattr(
        deployment.boto3,
        "client",
        lambda service, **options: (
            made.append((service, options))
            or SimpleNamespace(
                can_paginate=lambda _: False, describe_global_clusters=lambda **_: {"GlobalClusters": []}
            )
        ),
    )
    cloud = SimpleNamespace(
        operator_endpoint="http://127.0.0.1:1", access_key_id="key", secret_access_key="secret", issuer=""
    )
    deployment.destroy(cloud, lambda _: None)
    service, options = made[0]
    assert (service, options["endpoint_url"], options["aws_access_key_id"]) == (
        "rds",
        "http://127.0.0.1:1",
        "key",
    )


@pytest.mark.parametrize(("flags", "deployed"), [([], 1), (["--bare"], 0)])
def test_a_bare_cloud_deploys_nothing(monkeypatch, flags, deployed):
    done = []
    cloud = SimpleNamespace(
        regions={"us-east-1": SimpleNamespace(front_door="")}, aws_environment=lambda _: {}
    )
    monkeypatch.setattr(command.lifecycle, "running", lambda: True)
    monkeypatch.setattr(command.lifecycle, "start", lambda say, attached: cloud)
    monkeypatch.setattr(payments, "wait_until_ready", lambda doors: 1.0)
    monkeypatch.setattr(command.deployment, "deploy", lambda cloud, say: done.append(cloud))
    with pytest.raises(SystemExit) as ended:
        command.app(["run", *flags, "--", "true"])
    assert (ended.value.code, len(done)) == (0, deployed)
