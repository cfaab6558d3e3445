"""Watches running tasks: carries their health checks out, ends those that are unwell, keeps names true."""
# ruff: noqa: SLF001 - reads and writes what upstream keeps to itself

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ministack.services import ecs

from localcloud.emulator.containers import deployment_alarms, names
from localcloud.emulator.containers.client import DockerClient
from localcloud.emulator.containers.container import Container
from localcloud.emulator.containers.health import Checks
from localcloud.emulator.containers.metering import ServiceMeter
from localcloud.emulator.containers.tasks import definition_of, scope_of, service_key, service_of, task_of
from localcloud.emulator.patches import targets

TURN_S = 0.5
AT_ONCE = 4
UNWELL = "Task failed container health checks"
UNWELL_TARGET = "Task failed ELB health checks"
EXIT_CODE = 137
log = logging.getLogger("localcloud.containers")


@dataclass(slots=True)
class TaskWatch:
    """A thread of its own. *settled* hears of a task once its own checks and its targets say it is well."""

    client: DockerClient
    settled: Callable[[str, dict[str, Any]], None]
    _checks: dict[str, Checks] = field(default_factory=dict)
    _proven: set[str] = field(default_factory=set)
    _meter: ServiceMeter = field(default_factory=ServiceMeter)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE))

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="containers", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.turn(time.time())
            except Exception:
                log.exception("a look at the containers failed; the next one tries again")
            time.sleep(TURN_S)

    def turn(self, now: float) -> None:
        """Look at all containers once."""
        living = [one for one in list(self.client.living.values()) if one.lives and not one.leaving]
        list(self._pool.map(lambda one: self._check(one, now), living))
        for one in living:
            with scope_of(one.task):
                self._judge(one, now)
        gone = [name for name, one in list(self.client.living.items()) if not one.lives]
        for name in gone:
            ended = self.client.living[name]
            if task_ended(ended):
                del self.client.living[name]
                self._checks.pop(name, None)
        names.follow(living)
        deployment_alarms.follow(now)
        self._meter.turn(living, now)

    def _check(self, container: Container, now: float) -> None:
        with scope_of(container.task):
            task = task_of(container.task)
            asked = definition_of(task, container.definition).get("healthCheck") if task else None
        if not asked:
            return
        checks = self._checks.setdefault(container.id, Checks(asked, now))
        if now >= checks.due:
            checks.seen(time.time(), passed=self._passes(container, checks))

    def _passes(self, container: Container, checks: Checks) -> bool:
        first, *words = checks.command
        try:
            done = subprocess.run(
                [self.client.program(first), *words],
                cwd=container.folder,
                env=container.environment,
                timeout=checks.within_s,
                capture_output=True,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError):
            return False
        return done.returncode == 0

    def _judge(self, container: Container, now: float) -> None:
        task = task_of(container.task)
        if task is None or task["lastStatus"] != "RUNNING":
            return
        checks = self._checks.get(container.id)
        task["healthStatus"] = checks.status if checks else "UNKNOWN"
        for one in task["containers"]:
            one["healthStatus"] = task["healthStatus"]
        target = _target(task, container)
        if task["healthStatus"] == "UNHEALTHY":
            self._end(task, UNWELL)
        elif target == "unhealthy" and now - _started(task) > _grace_s(task):
            self._end(task, UNWELL_TARGET)
        elif (
            task["healthStatus"] != "UNHEALTHY" and _well(checks, target) and container.id not in self._proven
        ):
            self._proven.add(container.id)
            if key := service_key(task):
                self.settled(key, task)

    def _end(self, task: dict[str, Any], why: str) -> None:
        log.warning("%s: %s", task["taskArn"], why)
        ecs._mark_task_stopped(task["taskArn"], task, why, "EssentialContainerExited", EXIT_CODE)
        ecs._cleanup_task_resources(task, self.client)


def task_ended(container: Container) -> bool:
    """Whether ECS knows that the container's task is over."""
    with scope_of(container.task):
        task = task_of(container.task)
    return task is None or task["lastStatus"] == "STOPPED"


def _well(checks: Checks | None, target: str | None) -> bool:
    return (checks is None or checks.status == "HEALTHY") and target in (None, "healthy")


def _target(task: dict[str, Any], container: Container) -> str | None:
    """What the balancer thinks of the task; None where it is behind none."""
    groups = [one["targetGroupArn"] for one in (service_of(task) or {}).get("loadBalancers", [])]
    if not groups:
        return None
    states = {one["Health"]["State"] for arn in groups for one in targets.health_of(arn, container.address)}
    return states.pop() if len(states) == 1 else "initial"


def _started(task: dict[str, Any]) -> float:
    return float(ecs._ts_to_epoch(task["startedAt"]) or 0.0)


def _grace_s(task: dict[str, Any]) -> float:
    return float((service_of(task) or {}).get("healthCheckGracePeriodSeconds") or 0)
