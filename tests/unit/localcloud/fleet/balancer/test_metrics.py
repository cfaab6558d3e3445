from dataclasses import replace

from localcloud.fleet.balancer.health import TargetState
from localcloud.fleet.balancer.metrics import MOST_VALUES, Served, Tally, data
from tests.unit.localcloud.fleet.balancer.world import GROUP_ARN, balancer, group, targets

LB = ("LoadBalancer", "app/web/0123456789abcdef")
TG = ("TargetGroup", "targetgroup/web/fedcba9876543210")
ZONE = ("AvailabilityZone", "us-east-1a")
GOOD = Served(status=200, group=GROUP_ARN, zone="us-east-1a", target_status=200, response_s=0.0123)


def told(*served, some=None):
    tally = Tally()
    for one in served:
        tally.add(one, balancer(), group() if one.group else None)
    well, sick, new = targets(3)
    states = some or [
        ("us-east-1a", well),
        ("us-east-1b", replace(sick, state=TargetState.UNHEALTHY)),
        ("us-east-1b", replace(new, state=TargetState.INITIAL)),
    ]
    found = data(tally, balancer(), [(group(), tuple(states))], at=1000.0)
    assert {one["Timestamp"] for one in found} == {1000.0}
    return {
        (one["MetricName"], *((each["Name"], each["Value"]) for each in one["Dimensions"])): one
        for one in found
    }


def values(found):
    return {key: one.get("Value") for key, one in found.items()}


def test_without_requests_there_is_nothing_but_the_zero_that_target_tracking_needs():
    assert values(told()) == {("RequestCountPerTarget", TG): 0.0, ("RequestCountPerTarget", LB, TG): 0.0}


def test_a_request_counts_for_balancer_group_and_zone():
    found = values(told(GOOD, GOOD))
    for scope in ((LB,), (LB, TG), (ZONE, LB, TG)):
        assert found["RequestCount", *scope] == 2
        assert found["HTTPCode_Target_2XX_Count", *scope] == 2
    assert found["RequestCountPerTarget", LB, TG] == 2
    assert not [key for key in found if "ELB" in key[0]]


def test_hosts_are_counted_by_group_and_zone():
    found = values(told(GOOD))
    assert (found["HealthyHostCount", LB, TG], found["UnHealthyHostCount", LB, TG]) == (1, 1)
    assert found["HealthyHostCount", ZONE, LB, TG] == 1
    assert found["UnHealthyHostCount", ("AvailabilityZone", "us-east-1b"), LB, TG] == 1


def test_an_error_of_the_target_is_not_one_of_the_balancer_and_the_other_way_round():
    theirs = told(replace(GOOD, status=503, target_status=503))
    assert ("HTTPCode_Target_5XX_Count", LB, TG) in theirs
    assert ("HTTPCode_ELB_5XX_Count", LB) not in theirs
    ours = values(told(replace(GOOD, status=504, target_status=None, response_s=None, unconnected=True)))
    assert (ours["HTTPCode_ELB_5XX_Count", LB], ours["HTTPCode_ELB_504_Count", LB]) == (1, 1)
    assert ours["TargetConnectionErrorCount", LB, TG] == 1
    assert not [key for key in ours if key[0].startswith("HTTPCode_Target")]


def test_answers_that_no_target_had_a_part_in():
    found = values(told(Served(status=301), Served(status=460), Served(status=200)))
    assert (found["HTTPCode_ELB_3XX_Count", LB], found["HTTPCode_ELB_4XX_Count", LB]) == (1, 1)
    assert found["RequestCount", LB] == 3
    assert ("RequestCount", LB, TG) not in found


def test_response_times_keep_what_percentiles_need():
    found = told(GOOD, GOOD, replace(GOOD, response_s=0.5))
    times = found["TargetResponseTime", LB, TG]
    assert (times["Values"], times["Counts"], times["Unit"]) == ([0.012, 0.5], [2.0, 1.0], "Seconds")


def test_no_datum_has_more_values_than_fit():
    tally = Tally()
    for number in range(MOST_VALUES + 1):
        tally.add(replace(GOOD, response_s=number / 1000), balancer(), group())
    sizes = [
        len(one["Values"])
        for one in data(tally, balancer(), [], at=0.0)
        if one["MetricName"] == "TargetResponseTime" and len(one["Dimensions"]) == 1
    ]
    assert sizes == [MOST_VALUES, 1]


def test_where_nobody_is_healthy_there_is_no_share():
    sick = [("", replace(targets(1)[0], state=TargetState.UNHEALTHY))]
    assert (
        values(told(replace(GOOD, status=503, target_status=503), some=sick))["RequestCountPerTarget", TG]
        == 0
    )
