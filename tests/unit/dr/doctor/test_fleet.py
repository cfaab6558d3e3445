"""D34 to D48: what instances, containers and balancers start from, and what the account has room for."""

import pytest

from dr.rules import Verdict

from .account_world import ABSENT, ACCOUNT, EAST, OHIO

NOWHERE = f"public.ecr.aws/docker/library/python@sha256:{'0' * 64}"
PRIVATE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/board@sha256:{'a' * 64}"
PUBLIC = f"public.ecr.aws/acme/board@sha256:{'a' * 64}"


def quota(aws, value):
    aws.answers["service-quotas", "get_service_quota"] = {"Quota": {"Value": float(value)}}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ABSENT, "there is no parameter {}"),
        ({"Parameter": {"Value": "latest"}}, "{} says latest, which is no id of an image"),
    ],
)
def test_the_machine_image_is_there_in_each_region(aws, of_system, found, answer, said):
    trading = of_system("trading")
    assert {one.verdict for one in found("D34", trading).values()} == {Verdict.PASS}
    aws.answers["ssm", "get_parameter"] = answer
    told = found("D34", trading)
    assert told.keys() == {EAST, OHIO}
    assert {one.problems for one in told.values()} == {(said.format(trading.instances.image),)}


def test_the_first_type_can_be_had_in_every_zone_and_the_others_somewhere(aws, of_system, passes, problem):
    trading = of_system("trading")
    assert passes("D36", trading)
    aws.answers["ec2", "describe_instance_type_offerings"] = {
        "InstanceTypeOfferings": [
            {"InstanceType": "t3.large", "Location": "us-east-1a"},
            {"InstanceType": "t3.large", "Location": "us-east-1b"},
            {"InstanceType": "m5.large", "Location": "us-east-1a"},
            {"InstanceType": "m5a.large", "Location": "us-east-1a"},
        ]
    }
    assert problem("D36", trading) == (
        "t3.large can be had in 2 zones, and network.zones = 3; t3a.large can be had in no zone"
    )


def test_a_group_may_grow_to_its_maximum_beside_what_others_run(aws, of_system, passes, problem):
    webapp = of_system("webapp")
    ours = [
        {"Key": "System", "Value": "webapp"},
        {"Key": "EnvironmentSuffix", "Value": "test"},
    ]
    quota(aws, 18)
    each = {"CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2}}
    aws.answers["ec2", "describe_instances"] = {"Reservations": [{"Instances": [{**each, "Tags": ours}]}]}
    assert passes("D43", webapp)
    aws.answers["ec2", "describe_instances"] = {"Reservations": [{"Instances": [each]}]}
    assert problem("D43", webapp) == "processors of standard instances: 18 needed, 16 of 18 left"


@pytest.mark.parametrize("system", ["single-region", "trading", "webapp"])
def test_there_is_room_for_one_more_balancer(aws, of_system, passes, problem, system):
    others = [{"LoadBalancerName": f"{system}-web-dev", "Type": "application"}] * 5
    inner = {"LoadBalancerName": "other", "Type": "network"}
    own = {"LoadBalancerName": f"{system}-web-test", "Type": "application"}
    aws.answers["elbv2", "describe_load_balancers"] = {"LoadBalancers": [*others[1:], inner, own]}
    assert passes("D41", of_system(system))
    aws.answers["elbv2", "describe_load_balancers"] = {"LoadBalancers": others}
    assert problem("D41", of_system(system)) == "application load balancers: 1 needed, 0 of 5 left"


def test_all_services_may_grow_to_their_maximum_at_once(aws, of_system, passes, problem):
    settings = of_system("single-region")
    quota(aws, 9)
    assert passes("D45", settings)  # 12 x 512 and 9 x 256 of 1024
    quota(aws, 8)
    assert problem("D45", settings) == "processors of Fargate: 9 needed, 8 of 8 left"


def test_a_region_takes_five_trails(aws, of_system, passes, problem):
    settings = of_system("single-region")
    trails = [{"Name": name} for name in ("a", "b", "c", "d", "single-region-trail-test")]
    aws.answers["cloudtrail", "describe_trails"] = {"trailList": trails}
    assert passes("D48", settings)
    aws.answers["cloudtrail", "describe_trails"] = {"trailList": [*trails, {"Name": "e"}]}
    assert problem("D48", settings) == "trails of CloudTrail: 1 needed, 0 of 5 left"
    without = settings.model_copy(update={"audit": settings.audit.model_copy(update={"trail": False})})
    assert passes("D48", without)


def test_a_digest_that_leads_nowhere_is_found_before_tasks_wait_for_it(aws, of_system, passes, problem):
    assert problem("D38", of_system("single-region")) == f"there is no image {NOWHERE}"
    private = of_system("single-region", CONTAINER_IMAGE=PRIVATE)
    assert passes("D38", private)
    assert aws.asked[-1][3] == {
        "registryId": ACCOUNT,
        "repositoryName": "board",
        "imageIds": [{"imageDigest": f"sha256:{'a' * 64}"}],
    }
    aws.answers["ecr", "describe_images"] = ABSENT
    assert problem("D38", private) == f"there is no image {PRIVATE}"


def test_an_image_of_a_registry_that_is_not_asked_is_unknown(of_system, found):
    (one,) = found("D38", of_system("single-region", CONTAINER_IMAGE=PUBLIC)).values()
    assert one.verdict is Verdict.UNKNOWN
    assert one.problems == (
        f"{PUBLIC} is in a registry that only a pull asks: docker manifest inspect {PUBLIC}",
    )
