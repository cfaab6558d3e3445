import json

import pytest

from localcloud.emulator.calls import Call
from localcloud.emulator.sabotage import Sabotage, StepFault, refusal
from tests.unit.localcloud.emulator.emulator_world import AWAY, HOME


def call(action="GetItem", *, origin=AWAY, principal="payments-steps-usw2-dev") -> Call:
    return Call(
        at=1.0, origin=origin, to_region=origin, service="dynamodb", action=action, principal=principal
    )


@pytest.fixture
def sabotage() -> Sabotage:
    return Sabotage()


def lived(sabotage, *steps: str) -> list[str]:
    died = []
    for step in steps:
        sabotage.begins(AWAY, step)
        if sabotage.ends(AWAY, step):
            died.append(step)
    return died


def test_every_step_dies_once_and_no_other_regions(sabotage):
    assert lived(sabotage, "guard") == []
    sabotage.arm(AWAY, StepFault.KILL)
    assert lived(sabotage, "guard", "guard", "promote", "guard") == ["guard", "promote"]
    sabotage.begins(HOME, "guard")
    assert not sabotage.ends(HOME, "guard")


def test_what_was_armed_again_strikes_again_and_what_was_ended_no_more(sabotage):
    for fault, died in ((StepFault.KILL, ["guard"]), (StepFault.KILL, ["guard"]), (None, [])):
        sabotage.arm(AWAY, fault)
        assert lived(sabotage, "guard") == died
    sabotage.arm(HOME, None)


def test_each_call_of_each_step_is_refused_once(sabotage):
    sabotage.arm(AWAY, StepFault.REFUSE)
    assert not sabotage.refuses(call()), "no step runs"
    told = []
    for step in ("guard", "fence"):
        sabotage.begins(AWAY, step)
        told += [sabotage.refuses(call(action)) for action in ("GetItem", "GetItem", "Scan")]
        assert not sabotage.ends(AWAY, step)
    assert told == [True, False, True] * 2


@pytest.mark.parametrize("other", [{"origin": HOME}, {"principal": None}, {"principal": "payments-keeper"}])
def test_only_calls_of_the_step_itself_are_refused(sabotage, other):
    sabotage.arm(AWAY, StepFault.REFUSE)
    sabotage.begins(AWAY, "guard")
    assert not sabotage.refuses(call(**other))


def test_a_step_that_is_to_be_killed_is_refused_nothing(sabotage):
    sabotage.arm(AWAY, StepFault.KILL)
    sabotage.begins(AWAY, "guard")
    assert not sabotage.refuses(call())


def test_a_refusal_speaks_the_protocol_of_its_service():
    kind, status, body = refusal("rds")
    assert (kind, status, "<Code>Throttling</Code>" in body) == ("text/xml", 400, True)
    kind, status, body = refusal("dynamodb")
    assert (status, json.loads(body)["__type"]) == (400, "AccessDeniedException")
