"""A person asks the healing machine for a failover of the database, and approves what it asks back."""

import json
import os
import shlex
import subprocess
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused
from gameday.targets.single_region.world import TaskWorld
from localcloud.core.paths import REPOSITORY

LETTERS = "drill-letters"
"""The queue that stands for the mailbox of whoever is on call."""
COMMAND = "aws "
_WITHIN_S = 20.0


def ask_while_steps_die(world: TaskWorld) -> str:
    """A failover is asked for, and the function dies once after each step, before it can say that it did it.

    Raises FaultRefused, also where the database failed over within the last hour: rule H21 would refuse.
    """
    if world.failovers(since=0.0):
        raise FaultRefused("the database failed over within the last hour: hold this drill on a new cloud")
    _open_mailbox(world)
    world.trouble("sabotage", region=world.region, fault="kill")
    machine = world.outputs["healing_machine"]
    try:
        world.client("stepfunctions").start_execution(stateMachineArn=machine, input='{"failover": true}')
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the healing machine cannot be started: {error}") from error
    return "a failover asked for, and the function of the healing dies once after each step"


def approve(world: TaskWorld) -> str:
    """The command of the newest letter is pasted, as a person would. Raises FaultRefused."""
    asked = [one for one in _letters(world) if f"\n{COMMAND}" in one]
    if not asked:
        raise FaultRefused("no letter asks for an approval")
    command = next(line for line in asked[-1].splitlines() if line.startswith(COMMAND))
    done = subprocess.run(
        [sys.executable, "-m", "localcloud.aws_cli", *shlex.split(command)[1:]],
        cwd=REPOSITORY,
        env=os.environ | world.state.aws_environment(world.region),
        capture_output=True,
        text=True,
        timeout=_WITHIN_S,
        check=False,
    )
    if done.returncode:
        raise FaultRefused(f"the approval was refused: {done.stderr.strip()}")
    return f"approved with the newest of {len(asked)} letters"


def _open_mailbox(world: TaskWorld) -> None:
    """Subscribe a queue to the topic that calls people, until the drill is over. Raises FaultRefused."""
    sqs, sns = world.client("sqs"), world.client("sns")
    try:
        url = sqs.create_queue(QueueName=LETTERS)["QueueUrl"]
        world.undo.append(lambda: sqs.delete_queue(QueueUrl=url))
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = asked["Attributes"]["QueueArn"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _takes_letters(arn)})
        topic = world.outputs["alarm_topic"]
        made = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
        world.undo.append(lambda: sns.unsubscribe(SubscriptionArn=made["SubscriptionArn"]))
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"letters cannot be read: {error}") from error


def _takes_letters(arn: str) -> str:
    topics = {"Service": "sns.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": topics, "Action": "sqs:SendMessage", "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _letters(world: TaskWorld) -> list[str]:
    """Texts of all letters so far, the oldest first."""
    sqs = world.client("sqs")
    found: list[dict[str, Any]] = []
    try:
        url = sqs.get_queue_url(QueueName=LETTERS)["QueueUrl"]
        while some := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(one["Body"]) for one in some]
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"letters cannot be read: {error}") from error
    return [str(one["Message"]) for one in sorted(found, key=lambda one: one["Timestamp"])]
