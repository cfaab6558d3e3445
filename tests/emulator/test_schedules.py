import json

from tests.emulator.deployed import function, role
from tests.emulator.emulator_process import AWAY, HOME, eventually

LONGEST_S = 60 + 10 + 5
"""The rate, the emulator's ticker and a cold start."""


def test_a_rule_ticks_every_minute_but_not_in_a_dead_region(emulator):
    worker = role(emulator)
    for region in (HOME, AWAY):
        rules = emulator.client("events", region)
        rules.put_rule(Name="tick", ScheduleExpression="rate(1 minute)")
        arn = function(emulator, worker, region)
        target = {"Id": "worker", "Arn": arn, "Input": json.dumps({"do": "allowed"})}
        rules.put_targets(Rule="tick", Targets=[target])
    emulator.kill(HOME)

    def ticked() -> list[str]:
        return [call["from"] for call in emulator.calls() if call["action"] == "GetCallerIdentity"]

    eventually(ticked, within=LONGEST_S)
    assert ticked() == [AWAY]
