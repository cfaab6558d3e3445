"""The steps of the state machine. Each may run any number of times: it reads before it acts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from healing.decision import already_left, approved, decide
from healing.rules import Remedy
from healing.sensors import Sensors
from runtime.logs import logger

SUBJECT_LIMIT = 99
"""Characters of a subject that SNS takes: fewer than a hundred."""


class UnknownStep(ValueError):
    """The machine asks for a step that this function does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Everything that a step works with."""

    sensors: Sensors
    rds: Any
    sns: Any
    topic: str
    system: str

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Do what *event* names. Raises UnknownStep, and whatever AWS refuses: the machine tries again."""
        logger.append_keys(execution=event.get("execution"))
        match event["step"]:
            case "decide":
                return self._decide(wanted=event["input"].get("failover") is True)
            case "fail_over":
                return self._fail_over(event["verdict"])
            case "writer":
                return {"done": self._left(event["verdict"]["writer"])}
            case "services":
                return {"done": self._steady()}
            case "ask":
                return self._ask(event["verdict"], event["token"])
            case "tell":
                return self._tell(event["subject"], event["about"])
        raise UnknownStep(event["step"])

    def _decide(self, *, wanted: bool) -> dict[str, Any]:
        verdict = decide(self.sensors.observe(wanted=wanted))
        logger.info("healing", extra=asdict(verdict))
        return asdict(verdict)

    def _fail_over(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """Once: whoever comes again finds another writer, and leaves that one alone."""
        if self._left(asked["writer"]):
            return asdict(already_left(asked["writer"]))
        now = decide(self.sensors.observe(wanted=True))
        if asked["remedy"] == Remedy.ASK:
            now = approved(now)
        if now.remedy is Remedy.FAIL_OVER and now.writer == asked["writer"]:
            self.rds.failover_db_cluster(DBClusterIdentifier=self.sensors.database)
        logger.info("healing", extra=asdict(now))
        return asdict(now)

    def _left(self, writer: str) -> bool:
        cluster = self.sensors.observe(wanted=False).cluster
        if cluster is None or cluster.status != "available" or cluster.writer is None:
            return False
        return cluster.writer.id != writer and cluster.writer.available

    def _steady(self) -> bool:
        services = self.sensors.observe(wanted=False).services
        return services is not None and all(
            one.running >= one.desired and not one.deploying for one in services
        )

    def _ask(self, verdict: Mapping[str, str], token: str) -> dict[str, Any]:
        answer = json.dumps({"writer": verdict["writer"]})
        command = f"aws stepfunctions send-task-success --task-token '{token}' --task-output '{answer}'"
        text = (
            f"{verdict['rule']}: {verdict['reason']}.\nTo approve leaving {verdict['writer']}:\n\n{command}"
        )
        return self._tell("approve a failover of the database", text)

    def _tell(self, subject: str, about: Any) -> dict[str, Any]:
        text = about if isinstance(about, str) else json.dumps(about, indent=2, sort_keys=True)
        whole = f"{self.system}: {subject}"[:SUBJECT_LIMIT]
        self.sns.publish(TopicArn=self.topic, Subject=whole, Message=text)
        return {"told": whole}
