"""All scenarios by code; one small file each."""

from gameday.scenarios.s1 import S1

SCENARIOS = {scenario.code: scenario for scenario in (S1,)}
