from dataclasses import replace

import pytest
from botocore.exceptions import ReadTimeoutError

from failover.lease import Kind, LeaseState
from failover.steps import perform
from failover.steps.errors import Held, NotYet
from failover.takeover import Takeover

from .faults import fails, refusal
from .machine import run_all
from .scene import EAST, LEASE, NOW, TTL, WEST
from .west import OTHER_CLUSTER, OWN_CLUSTER, TAKEN, TAKEOVER


def test_promotion_allows_data_loss_and_names_the_own_cluster(context, west):
    perform("promote", TAKEOVER, context)
    assert west.failovers == [
        {
            "GlobalClusterIdentifier": "payments",
            "TargetDbClusterIdentifier": OWN_CLUSTER,
            "AllowDataLoss": True,
        }
    ]


def test_a_writer_is_not_promoted(context, west):
    west.promotion_arrives()
    assert perform("promote", TAKEOVER, context) == {"requested": False}
    assert west.failovers == []


def test_an_old_writer_that_has_not_rejoined_is_no_writer(context, west):
    """It takes writes, but Aurora's writer is elsewhere: what it would take is thrown away."""
    west.writer = True
    assert perform("promote", TAKEOVER, context) == {"requested": True}
    assert perform("wait_writer", TAKEOVER, context) == {"done": False, "database": "writer"}
    assert len(west.failovers) == 1


def test_a_promotion_that_aurora_gave_up_is_asked_for_again(context, west):
    perform("promote", TAKEOVER, context)
    west.aurora["to"] = None
    assert perform("wait_writer", TAKEOVER, context)["done"] is False
    assert (len(west.failovers), west.aurora["to"]) == (2, OWN_CLUSTER)


def test_a_control_plane_that_does_not_answer_is_no_reason_to_ask_again(context, west):
    perform("promote", TAKEOVER, context)
    west.describe_global_clusters = fails(refusal("Throttling"))
    assert perform("wait_writer", TAKEOVER, context) == {"done": False, "database": "replica"}
    assert len(west.failovers) == 1


def test_a_detached_cluster_is_the_writer_when_an_operator_promoted_it_that_way(context, west):
    """RemoveFromGlobalCluster: the documented way when the managed failover does not work."""
    west.writer, west.members = True, [OTHER_CLUSTER]
    assert perform("approve", TAKEOVER, context)["rule"] == "L10_nothing_forced"
    assert perform("promote", TAKEOVER, context) == {"requested": False}
    assert perform("wait_writer", TAKEOVER, context) == {"done": True, "database": "writer"}
    assert west.failovers == []


@pytest.mark.parametrize("deleted", [False, True])
def test_a_detached_cluster_is_the_writer_when_the_global_database_was_emptied_or_deleted(
    context, west, deleted
):
    """As on the way to a new pair, see docs/runbooks/procedures/detach-and-promote.md."""
    west.writer = True
    gone = fails(refusal("GlobalClusterNotFoundFault"))
    west.describe_global_clusters = gone if deleted else lambda **_: {"GlobalClusters": [{}]}
    assert perform("wait_writer", TAKEOVER, context) == {"done": True, "database": "writer"}


def test_a_takeover_that_was_held_is_completed_by_a_retry_after_detach_and_promote(context, west):
    west.failover_global_cluster = fails(refusal("InvalidGlobalClusterStateFault"))
    with pytest.raises(NotYet, match="not accepted"):
        perform("promote", TAKEOVER, context)
    west.writer, west.members = True, [OTHER_CLUSTER]
    again = Takeover.of(context.leases.retry(TAKEN, attempt=2, now_ms=NOW))
    facts = run_all(context, west, takeover=again)
    assert (facts["promote"], facts["wait_writer"]["done"]) == ({"requested": False}, True)
    assert (context.leases.read().state, west.fence, set(west.rows)) == (
        LeaseState.ACTIVE,
        8,
        set(west.journalled),
    )


def test_a_detached_cluster_that_takes_no_writes_yet_is_waited_for(context, west):
    west.members = [OTHER_CLUSTER]
    assert perform("wait_writer", TAKEOVER, context) == {"done": False, "database": "replica"}
    assert west.failovers == []


def taken_back(put):
    """What the west, which a failover left, begins when it takes its lease back."""
    there = LEASE.taken_over(by=EAST, now_ms=NOW, ttl_ms=TTL)
    left = replace(there, previous_holder=WEST)
    return Takeover.of(put(left.taken_back(by=WEST, now_ms=NOW, ttl_ms=TTL)))


def test_a_lease_that_is_taken_back_promotes_nothing(context, west, put):
    west.promotion_arrives()
    back = taken_back(put)
    assert (back.kind, back.previous) == (Kind.BOOTSTRAP, EAST)
    assert perform("approve", back, context)["rule"] == "L10_nothing_forced"
    assert perform("promote", back, context) == {"requested": False}
    assert perform("wait_writer", back, context)["done"] is True


@pytest.mark.parametrize(
    "aurora", [{"members": OWN_CLUSTER, "to": OTHER_CLUSTER}, {"members": OTHER_CLUSTER, "to": None}]
)
def test_nothing_is_taken_back_once_the_writer_has_left_or_is_leaving(context, west, put, aurora):
    west.writer, west.aurora = True, aurora
    with pytest.raises(Held, match="the writer is not here"):
        perform("promote", taken_back(put), context)
    assert west.failovers == []


def test_a_promotion_under_way_is_not_an_error(context, west):
    perform("promote", TAKEOVER, context)
    assert perform("promote", TAKEOVER, context) == {"requested": False}


def test_a_promotion_that_arrived_while_the_database_restarts_is_not_an_error(context, west):
    west.promotion_arrives()
    west.reachable = False
    assert perform("promote", TAKEOVER, context) == {"requested": False}


def test_a_promotion_of_the_other_cluster_is_waited_for(context, west):
    west.aurora["to"] = OTHER_CLUSTER
    with pytest.raises(NotYet, match="not accepted"):
        perform("promote", TAKEOVER, context)


@pytest.mark.parametrize("error", [refusal("AccessDenied"), ReadTimeoutError(endpoint_url="https://rds")])
def test_a_promotion_that_was_not_accepted_is_asked_for_again(context, west, error):
    west.failover_global_cluster = fails(error)
    with pytest.raises(NotYet, match="not accepted"):
        perform("promote", TAKEOVER, context)


def test_a_refusal_that_cannot_be_explained_is_no_success(context, west):
    west.failover_global_cluster = fails(refusal("InvalidGlobalClusterStateFault"))
    west.describe_global_clusters = fails(ReadTimeoutError(endpoint_url="https://rds"))
    with pytest.raises(NotYet, match=r"^state of payments unknown: Read timeout"):
        perform("promote", TAKEOVER, context)


def test_aurora_is_asked_about_the_own_global_cluster(context, west):
    asked, answer = [], west.describe_global_clusters
    west.describe_global_clusters = lambda **request: asked.append(request) or answer()
    west.promotion_arrives()
    perform("wait_writer", TAKEOVER, context)
    assert asked == [{"GlobalClusterIdentifier": "payments"}]


@pytest.mark.parametrize(
    ("reachable", "writer", "error", "message"),
    [
        (True, False, Held, "a bootstrap promotes nothing, and the writer is not here"),
        (True, True, Held, "a bootstrap promotes nothing, and the writer is not here"),
        (False, False, NotYet, "the database is unreachable"),
    ],
)
def test_a_bootstrap_promotes_nothing(*, context, west, put, reachable, writer, error, message):
    west.reachable, west.writer = reachable, writer
    bootstrap = Takeover.of(put(replace(TAKEN, previous_holder=None)))
    assert bootstrap.kind is Kind.BOOTSTRAP
    with pytest.raises(error, match=f"^{message}$"):
        perform("promote", bootstrap, context)
    assert west.failovers == []


# wait_writer


@pytest.mark.parametrize(
    ("reachable", "writer", "done"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_only_the_database_itself_says_that_it_is_the_writer(context, west, reachable, writer, done):
    west.promotion_arrives()
    west.reachable, west.writer = reachable, writer
    assert perform("wait_writer", TAKEOVER, context)["done"] is done
