"""All drills of the single-region system by code, with the bars of each."""

from collections.abc import Mapping, Sequence

from gameday.observe.web import WebLook
from gameday.plan.web import Bars, Ended, FailingShare, WebScenario, WebStep
from gameday.targets.single_region import actions, events, healing
from gameday.targets.visited import whole, whole_again

WRITES_S = 60.0
DECIDES_S = 25
TAKEN_BACK_S = 300.0
"""Until when visitors may meet a release that an alarm takes back: its tasks start within a minute, two bad
minutes are known after three, and the version before serves again within another one."""


def released(looks: Sequence[WebLook]) -> bool:
    """Whether a release was under way and has ended, one way or the other: whose tasks are left, bars say."""
    return any(look.refresh for look in looks) and not looks[-1].refresh and looks[-1].whole


def rang(alarm: str) -> Ended:
    """Whether the alarm has rung for as long as the healing machine takes to decide."""
    return lambda looks: sum(f"-{alarm}-" in name for look in looks for name in look.ringing) > DECIDES_S


_ALL = (
    WebScenario(
        code="R-1",
        title="task killed",
        expected="another one takes its place",
        steps=(WebStep(action=actions.kill_task),),
        bars=Bars(first_permille=10.0, whole_s=120.0, replaced=1),
        ended=whole_again,
    ),
    WebScenario(
        code="R-2",
        title="zone lost, with the database's writer in it",
        expected="everybody reads on, the reader takes writes, and other zones take the tasks",
        steps=(WebStep(action=actions.lose_zone),),
        bars=Bars(first_permille=10.0, writes_s=WRITES_S, whole_s=120.0),
        ended=whole_again,
        at_least_s=WRITES_S + 15.0,
    ),
    WebScenario(
        code="R-3",
        title="writer of the database lost",
        expected="everybody reads on, the reader takes writes, and nothing that was acknowledged is lost",
        steps=(WebStep(action=actions.lose_writer),),
        bars=Bars(writes_s=WRITES_S, replaced=0),
        ended=whole,
        at_least_s=WRITES_S + 15.0,
    ),
    WebScenario(
        code="R-4",
        title="bad release: its tasks exit at once",
        expected="nobody notices, and the version before goes on serving",
        steps=(WebStep(action=actions.release_what_exits),),
        bars=Bars(replaced=0, other_versions=0, taken_back=True),
        ended=released,
    ),
    WebScenario(
        code="R-5",
        title="bad release: its tasks never get well",
        expected="nobody notices, and the version before goes on serving",
        # Its tasks fail three checks of 10 s after a start of 15 s.
        steps=(WebStep(action=actions.release_what_hangs),),
        bars=Bars(replaced=0, other_versions=0, taken_back=True),
        ended=released,
    ),
    WebScenario(
        code="R-6",
        title="bad release: well for its checks, and fails one visit in four",
        expected="an alarm rings, and the version before serves again",
        steps=(WebStep(action=actions.release_what_fails),),
        bars=Bars(
            first_permille=1000.0 / actions.FAILS_ONE_IN,
            later=None,
            fails=FailingShare(share=1 / actions.FAILS_ONE_IN, within_s=TAKEN_BACK_S),
            rings="targets-failing",
            taken_back=True,
        ),
        ended=released,
        at_most_s=480.0,
    ),
    WebScenario(
        code="R-7",
        title="good release under load",
        expected="nobody notices, and every task is another one",
        steps=(WebStep(action=actions.release_again),),
        bars=Bars(replaced=3),
        ended=released,
        at_most_s=480.0,  # alarms are watched for minutes after the last old task has gone
    ),
    WebScenario(
        code="R-8",
        title="a workflow broken that no health check sees: nobody can sign in",
        expected="the canary finds it, its alarm starts the healing machine, and that calls a person",
        steps=(WebStep(action=actions.break_sessions),),
        bars=Bars(rings="canary-failing", replaced=0, did="SUCCEEDED H43_visitors_fail"),
        ended=rang("canary-failing"),
        at_most_s=330.0,
    ),
    WebScenario(
        code="R-9",
        title="orchestration killed after each of its steps",
        expected="each step is taken again, and the database fails over once, when a person has approved",
        # A step is tried again after two seconds: the letter is there after five.
        steps=(
            WebStep(action=healing.ask_while_steps_die),
            WebStep(after_s=25.0, action=healing.approve),
        ),
        bars=Bars(writes_s=WRITES_S, replaced=0, failovers=1, did="SUCCEEDED H31_writer_busy"),
        ended=whole,
        at_least_s=WRITES_S + 15.0,
    ),
    WebScenario(
        code="R-11",
        title="a task that is found by its private name killed",
        expected="whoever asks it asks another one",
        steps=(WebStep(action=actions.kill_sessions_task),),
        bars=Bars(first_permille=10.0, replaced=0),
        ended=whole,
        at_least_s=45.0,
    ),
    WebScenario(
        code="R-13",
        title="a task killed while none can be launched",
        expected="the others serve, somebody is called, and the service is whole once there is room",
        # The alarm looks at five minutes of the number of tasks.
        steps=(
            WebStep(action=actions.kill_task_for_good),
            WebStep(after_s=450.0, action=actions.allow_launches),
        ),
        bars=Bars(
            first_permille=10.0,
            rings="tasks-missing-web",
            replaced=1,
            whole_s=600.0,
            did="SUCCEEDED H42_tasks_missing",
        ),
        ended=whole_again,
        at_most_s=660.0,
    ),
    WebScenario(
        code="R-14",
        title="a queue refuses events; they are replayed once it takes them again",
        expected="each event waits among the undelivered, and is delivered once",
        steps=(
            WebStep(action=events.publish_while_refused),
            WebStep(after_s=15.0, action=events.replay),
        ),
        bars=Bars(replaced=0, did=events.EACH_ONCE),
        ended=whole,
    ),
)
SCENARIOS: Mapping[str, WebScenario] = {one.code: one for one in _ALL}
