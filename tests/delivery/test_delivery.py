"""The way users deploy: the command line of CDKTF, twice side by side, one region alone, and all of it away.

`make delivery` runs this on a local cloud where nothing is deployed. The tests are the steps of one story and
run in their order.
"""

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import boto3
import pytest

from dr.rights.deployer import rights as deployers
from dr.rights.doctor import rights as doctors
from lib.systems.load import load_settings
from localcloud.control import TOKEN_HEADER
from localcloud.core.state import CloudState

from .clone import Clone

EAST, WEST = "us-east-1", "us-west-2"
STACKS = ("foundation", "use1", "usw2", "world")
PATIENCE_S = 1200
"""Bound of a wait that never ends; a takeover on an idle machine takes a minute and a half."""
LOCAL = ("D30", "D32", "D40", "D42", "D44", "D64")
"""What a local cloud lacks: a recorder, quotas, settings of AWS Backup, an issuer that all trust."""

PREFIXES = {"monitoring": "cloudwatch"}
TESTS = {
    "secretsmanager:CreateSecret",  # the local cloud brings what an organisation has to
    "cloudwatch:PutMetricData",  # the local cloud tells what Route 53's checks see
    "cloudwatch:ListDashboards",  # the integration tests look at what was deployed
    "logs:FilterLogEvents",
    "ssm:GetParametersByPath",
    "states:GetExecutionHistory",
    "states:ListExecutions",
    "states:ListStateMachines",
    "dynamodb:BatchGetItem",
}
"""Calls of an operator that are no deploy's."""


@pytest.fixture(scope="module")
def cloud():
    return CloudState.load()


@pytest.fixture(scope="module")
def clones(tmp_path_factory):
    """Two users in one account; each has a database of its own name on the one pair of servers."""
    one, two = (Clone.of(tmp_path_factory.mktemp(suffix), suffix) for suffix in ("pr101", "pr102"))
    two.edit("config/payments.toml", '\nname = "payments"\n', '\nname = "payments_two"\n')
    return one, two


@pytest.fixture(scope="module")
def one(clones):
    return clones[0]


@pytest.fixture(scope="module")
def two(clones):
    return clones[1]


def side_by_side(act, clones):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(act, clones))


def outputs(clone):
    return json.loads((clone.folder / "cfn-outputs" / "flat-outputs.json").read_text())


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def await_ready(clone, region):
    url = outputs(clone)[f"api_endpoint_{region.replace('-', '_')}"] + "/health/ready"
    deadline = time.monotonic() + PATIENCE_S
    while answers(url) != 200:
        assert time.monotonic() < deadline, f"{url} was not ready after {PATIENCE_S} s"
        time.sleep(1)


def order(cloud, path):
    request = urllib.request.Request(
        f"{cloud.control}{path}", data=b"{}", method="POST", headers={TOKEN_HEADER: cloud.token}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def code_of(clone, region):
    name = outputs(clone)[f"payments_function_{region.replace('-', '_')}"]
    found = boto3.client("lambda", region_name=region).get_function_configuration(FunctionName=name)
    return found["CodeSha256"]


def action_of(call):
    """The IAM action of an operator's *call*, None where the request does not name it."""
    service, named = call["service"], str(call["action"])
    if call["from"] != "operator" or call["principal"] or not named.isalnum():
        return None
    return f"{PREFIXES.get(service, service)}:{named}"


def doctor(clone, *, accepted):
    """The codes that failed although nobody accepted them."""
    flags = [flag for code in LOCAL for flag in ("--accept", code)]
    shown = clone.python("-m", "dr", "doctor", "--json", *flags, accepted=accepted)
    told, _ = json.JSONDecoder().raw_decode(shown[shown.index("{") :])
    return {one["code"] for one in told["checks"] if one["verdict"] != "pass" and not one["accepted"]}


def test_two_environments_are_deployed_side_by_side_after_the_doctor_passed_them(clones):
    def deploy(clone):
        return clone.make("deploy", f"ACCEPT={' '.join(LOCAL)}")

    for clone, shown in zip(clones, side_by_side(deploy, clones), strict=True):
        assert shown.index("D72") < shown.index("Apply complete!")
        states = clone.resources()
        assert states.keys() == {f"terraform.payments-{stack}-{clone.suffix}.tfstate" for stack in STACKS}
        assert all(states.values())
    here, there = map(outputs, clones)
    assert here.keys() == there.keys()
    assert here["lease_table"] == "payments-lease-pr101"
    own = [name for name in here if name.startswith(("api_host", "cluster_arn", "state_machine", "zone_id"))]
    assert own
    assert not {here[name] for name in own} & {there[name] for name in own}


def test_the_doctor_finds_names_that_an_environment_without_its_state_would_collide_with(one, two):
    assert doctor(one, accepted=0) == set()
    assert doctor(replace(two, suffix=one.suffix), accepted=5) == {"D72"}


def test_cdktf_destroys_all_of_one_and_leaves_the_other_alone(one, two):
    before = one.resources()
    two.type("node_modules/.bin/cdktf", "destroy", "*", "--auto-approve", "--skip-provider-lock")
    assert set(two.resources().values()) == {0}
    assert one.resources() == before


def test_the_integration_tests_pass_with_the_flat_outputs_of_the_deploy(one):
    """Only now: the one front door of a local region leads to an API only while there is no second one."""
    await_ready(one, EAST)
    one.python("-m", "pytest", "tests/integration")


def test_one_region_is_deployed_while_the_other_is_dead(cloud, one):
    before = code_of(one, WEST)
    order(cloud, f"/places/{EAST}/kill")
    await_ready(one, WEST)
    (one.folder / "lambda" / "payments" / "fix.py").write_text(
        '"""A fix that cannot wait for the other."""\n'
    )
    one.make("deploy-region", f"REGION={WEST}", f"ACCEPT={' '.join(LOCAL)}")
    assert code_of(one, WEST) != before
    await_ready(one, WEST)


def test_everything_is_destroyed_although_the_writer_is_away_from_home(cloud, one):
    order(cloud, "/heal")
    shown = one.make("destroy")
    assert f"the writer is in {WEST}" in shown
    assert shown.index("destroying payments-use1-pr101") < shown.index("destroying payments-usw2-pr101")
    assert set(one.resources().values()) == {0}


def test_a_repeated_destroy_finds_nothing_and_ends_well(one):
    assert "there is no writer" in one.make("destroy")


def test_nothing_is_left_whose_name_the_next_environment_would_collide_with(one):
    for state in one.folder.glob("terraform.*.tfstate*"):
        state.unlink()
    assert doctor(one, accepted=0) == set()


def test_every_call_of_the_deploys_is_a_right_of_the_deploying_role(cloud):
    """Of what names itself in a request; operations of REST are judged by tests/unit/dr/delivery alone."""
    settings = load_settings()
    documents = [doctors(settings, "1"), *deployers(settings, "1").values()]
    actions = {action for document in documents for one in document for action in one.actions}
    called = {action_of(json.loads(line)) for line in cloud.calls_log.read_text().splitlines()}
    assert called - {None} - TESTS <= actions
