"""All drills of the single-region system by code, with the bars of each."""

from collections.abc import Mapping, Sequence

from gameday.observe.web import WebLook
from gameday.plan.web import Bars, WebScenario, WebStep
from gameday.targets.single_region.world import TaskWorld

FAILOVER_S = 20.0
"""After how many seconds Aurora lets the reader write. AWS: typically less than 60, often less than 30.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html"""
WRITES_S = 60.0


def kill_task(world: TaskWorld) -> str:
    """All processes of a task of `web` die."""
    task = world.victim()
    world.trouble("task-kill", task=task)
    return f"task {task.rpartition('/')[2]} killed"


def lose_writer(world: TaskWorld) -> str:
    """The instance that writes is lost; Aurora lets the other one write after a while."""
    writer = world.writer()
    world.trouble("writer-lost", failover_s=FAILOVER_S)
    return f"database instance {writer} lost"


def whole_again(looks: Sequence[WebLook]) -> bool:
    """Whether a task was missing and none is now."""
    return any(not look.whole for look in looks) and looks[-1].whole


_ALL = (
    WebScenario(
        code="R-1",
        title="task killed",
        expected="another one takes its place",
        steps=(WebStep(action=kill_task),),
        bars=Bars(first_permille=10.0, whole_s=120.0, replaced=1),
        ended=whole_again,
    ),
    WebScenario(
        code="R-3",
        title="writer of the database lost",
        expected="everybody reads on, the reader takes writes, and nothing that was acknowledged is lost",
        steps=(WebStep(action=lose_writer),),
        bars=Bars(writes_s=WRITES_S, replaced=0),
        ended=lambda looks: looks[-1].whole,
        at_least_s=WRITES_S + 15.0,
    ),
)
SCENARIOS: Mapping[str, WebScenario] = {one.code: one for one in _ALL}
