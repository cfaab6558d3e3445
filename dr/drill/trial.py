"""What a drill does, phase after phase, and what it notes of each."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from dr.aws import Cloud
from dr.drill import synthetic
from dr.errors import DrError
from dr.front_door import probe
from dr.operations import Outcome, Refused, lease_of
from dr.rules import Purpose, judge, refusals
from dr.screen import findings_json
from dr.takeover import Move
from dr.targets import resolve
from dr.waiting import until

SETTLED_WITHIN_S = 600.0
"""Aurora needs minutes after a switchover until the old writer follows the new one."""
POLL_S = 5.0
OK, CREATED = 200, 201
Facts = dict[str, Any]


class DrillFailed(DrError):
    """A phase did not come to its end; the message says what to type next."""

    kind = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase as it went."""

    name: str
    began_at: float
    """Unix time."""
    seconds: float
    ended: str
    """`done`, or the name of what stopped it."""
    facts: Facts


@dataclass(slots=True, kw_only=True)
class Trial:
    """check, switchover, verify, failback, verify. Nothing here runs unless `Move` is permitted it."""

    cloud: Cloud
    phases: list[Phase] = field(default_factory=list)

    def run(self) -> None:
        """Everything, in order. Raises DrillFailed, Refused, and what the cloud raises."""
        with self._phase("check") as facts:
            away = self._check(facts)
        with self._phase("switchover") as facts:
            self._move(Purpose.SWITCHOVER, facts)
        with self._phase("verify away") as facts:
            self._verify(away, Purpose.FAILBACK, facts)
        with self._phase("failback") as facts:
            self._move(Purpose.FAILBACK, facts)
        with self._phase("verify home") as facts:
            self._verify(self.cloud.deployment.home, Purpose.SWITCHOVER, facts)

    def _check(self, facts: Facts) -> str:
        situation = self.cloud.situation()
        target = resolve(situation, Purpose.CHECK)
        findings = judge(Purpose.CHECK, situation, target)
        facts |= {"findings": findings_json(findings), "epoch": lease_of(situation).epoch}
        if lease_of(situation).holder != situation.home:
            raise Refused(f"{self.cloud.deployment.system} is not at home: dr failback, then drill")
        if bad := refusals(findings):
            raise Refused(f"the system is not well ({', '.join(one.code for one in bad)}): dr check")
        return target

    def _move(self, purpose: Purpose, facts: Facts) -> None:
        move = Move(cloud=self.cloud, yes=True)
        takeover = move.begin(purpose)
        facts |= {"execution": takeover.name, "region": takeover.region}
        outcome = move.see_through(takeover)
        facts |= {"outcome": outcome}
        if outcome is not Outcome.DONE:
            raise DrillFailed(f"the {purpose} ended {outcome}: dr status, then dr retry or dr abort")

    def _verify(self, region: str, way_on: Purpose, facts: Facts) -> None:
        """The region is ready, records a synthetic request where there is one, and can be left again."""
        endpoint = self.cloud.deployment.api_endpoints[region]
        self._until("readiness", lambda: probe(endpoint, "/health/ready").status == OK)
        request = synthetic.OF.get(self.cloud.deployment.system)
        answered = request.send(endpoint, region=region) if request else None
        facts |= {"region": region, "synthetic_request": asdict(answered) if answered else None}
        if answered and (answered.status, answered.region) != (CREATED, region):
            raise DrillFailed(
                f"a synthetic request got {answered.status} from {answered.region or 'nobody'}: dr status"
            )
        self._until(f"dr plan {way_on}", lambda: self._permitted(way_on, facts))

    def _permitted(self, purpose: Purpose, facts: Facts) -> bool:
        situation = self.cloud.situation()
        findings = judge(purpose, situation, resolve(situation, purpose))
        facts["findings"] = findings_json(findings)
        return not refusals(findings)

    def _until(self, what: str, test: Callable[[], bool]) -> None:
        if until(lambda: test() or None, what=what, within_s=SETTLED_WITHIN_S, poll_s=POLL_S):
            return
        raise DrillFailed(f"no {what} within {SETTLED_WITHIN_S:.0f} s: dr check")

    @contextmanager
    def _phase(self, name: str) -> Iterator[Facts]:
        """Note how long it took and how it ended, whatever ends it."""
        facts: Facts = {}
        began, ended = time.time(), "done"
        try:
            yield facts
        except BaseException as error:
            ended = f"{type(error).__name__}: {error}"
            raise
        finally:
            seconds = round(time.time() - began, 1)
            self.phases.append(Phase(name=name, began_at=began, seconds=seconds, ended=ended, facts=facts))
