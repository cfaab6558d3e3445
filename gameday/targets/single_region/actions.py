"""What drills do to the single-region system. Each action returns what was done, in words."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused
from gameday.targets.single_region.world import TaskWorld

FAILOVER_S = 20.0
"""After how many seconds Aurora lets the reader write. AWS: typically less than 60, often less than 30.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html"""
TAKEN = frozenset(
    {
        *("family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions"),
        *("requiresCompatibilities", "cpu", "memory", "runtimePlatform"),
    }
)
"""What a new revision of a definition takes over from another one."""
EXITS = ("python3", "-c", "raise SystemExit(3)")
FAILS_ONE_IN = 4
FAILING = """
import itertools, apps.web.__main__ as web
compose, numbers = web.compose, itertools.count(1)
def failing(settings):
    good = compose(settings)
    async def answer(scope, receive, send):
        if scope.get("path") not in ("/", "/entries") or next(numbers) % {one_in}:
            return await good(scope, receive, send)
        await send({{"type": "http.response.start", "status": 500, "headers": []}})
        await send({{"type": "http.response.body"}})
    return answer
web.compose = failing
web.main()
"""
"""The application, but that it answers one visit in so many with 500: its health checks do not see it."""
FAILS = ("python3", "-c", FAILING.format(one_in=FAILS_ONE_IN))
NO_WRITES = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"}],
}
HANGS = ("python3", "-c", "import time; time.sleep(86400)")


def kill_task(world: TaskWorld) -> str:
    """All processes of a task of `web` die."""
    return _kill(world, world.victim())


def kill_task_for_good(world: TaskWorld) -> str:
    """All processes of a task of `web` die, and no zone has room for another task."""
    world.trouble("launches-refused", zones=["*"])
    return f"{kill_task(world)}, launches refused"


def allow_launches(world: TaskWorld) -> str:
    """Tasks can be launched again."""
    world.trouble("launches-refused", zones=[])
    return "launches possible again"


def kill_sessions_task(world: TaskWorld) -> str:
    """All processes of a task die that `web` finds by its private name."""
    tasks = world.tasks(world.inner)
    if not tasks:
        raise FaultRefused(f"no task of {world.inner} runs")
    return _kill(world, min(one["taskArn"] for one in tasks))


def lose_writer(world: TaskWorld) -> str:
    """The instance that writes is lost; Aurora lets the other one write after a while."""
    writer = world.writer()
    world.trouble("writer-lost", failover_s=FAILOVER_S)
    return f"database instance {writer} lost"


def lose_zone(world: TaskWorld) -> str:
    """A zone is lost: its tasks, the room for others, and the writer of the database, which is there."""
    found = world.client("rds").describe_db_instances(DBInstanceIdentifier=world.writer())
    zone = found["DBInstances"][0]["AvailabilityZone"]
    world.trouble("zone-kill", zone=zone)
    return f"zone {zone} lost, {lose_writer(world)}"


def release_what_exits(world: TaskWorld) -> str:
    """A version whose tasks end as soon as they have begun."""
    return _release(world, EXITS)


def release_what_hangs(world: TaskWorld) -> str:
    """A version whose tasks run and answer nobody."""
    return _release(world, HANGS)


def release_what_fails(world: TaskWorld) -> str:
    """A version that is well for its checks and fails a share of its visitors."""
    return _release(world, FAILS)


def release_again(world: TaskWorld) -> str:
    """The same version once more: every task is replaced."""
    _update(world, forceNewDeployment=True)
    return "every task is to be replaced by one of the same definition"


def break_sessions(world: TaskWorld) -> str:
    """Nobody can sign in any more, which no health check sees. The canary comes every minute from now on."""
    iam, synthetics = world.client("iam"), world.client("synthetics")
    canary = {"Name": world.outputs["canary_name"]}
    try:
        broken = {"RoleName": world.task_role(world.inner), "PolicyName": "drill"}
        before = synthetics.get_canary(**canary)["Canary"]["Schedule"]["Expression"]
        iam.put_role_policy(**broken, PolicyDocument=json.dumps(NO_WRITES))
        world.undo.append(lambda: iam.delete_role_policy(**broken))
        synthetics.update_canary(**canary, Schedule={"Expression": "rate(1 minute)"})
        world.undo.append(lambda: synthetics.update_canary(**canary, Schedule={"Expression": before}))
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the workflow cannot be broken: {error}") from error
    return f"{broken['RoleName']} may write no session any more"


def _kill(world: TaskWorld, task: str) -> str:
    world.trouble("task-kill", task=task)
    return f"task {task.rpartition('/')[2]} killed"


def _release(world: TaskWorld, command: tuple[str, ...]) -> str:
    """A revision like the one that runs, but for its command; it is deregistered after the drill."""
    ecs = world.client("ecs")
    try:
        running = ecs.describe_task_definition(taskDefinition=world.look().template)["taskDefinition"]
        new: dict[str, Any] = {key: value for key, value in running.items() if key in TAKEN}
        new["containerDefinitions"] = [{**new["containerDefinitions"][0], "command": list(command)}]
        made = ecs.register_task_definition(**new)["taskDefinition"]["taskDefinitionArn"]
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the release cannot be made: {error}") from error
    world.undo.append(lambda: ecs.deregister_task_definition(taskDefinition=made))
    _update(world, taskDefinition=made)
    return f"{made.rpartition('/')[2]} released, which is bad"


def _update(world: TaskWorld, **told: object) -> None:
    try:
        world.client("ecs").update_service(
            cluster=world.outputs["cluster_name"], service=world.service, **told
        )
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the release was refused: {error}") from error
