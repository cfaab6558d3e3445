"""All drills of the web application by code, with the bars of each."""

from collections.abc import Mapping, Sequence

from gameday.load.visitors import VisitPlan
from gameday.observe.web import WebLook
from gameday.plan.web import Bars, Ended, WebScenario, WebStep
from gameday.targets.visited import whole, whole_again
from gameday.targets.webapp import actions
from gameday.targets.webapp.scaling import more_visitors

MENDED_S = 1200.0
WRITES_S = actions.STANDBY_S + 30.0
"""When at most entries can be written again: the second copy recovers, and every instance finds it."""


def grown(looks: Sequence[WebLook]) -> bool:
    """Whether there are more instances than there were, and all of them serve."""
    return looks[-1].desired > looks[0].desired and looks[-1].whole


def refreshed(status: str) -> Ended:
    """Whether the last refresh has ended so, and the group is whole."""
    return lambda looks: looks[-1].refresh == status and looks[-1].whole


def home_again(looks: Sequence[WebLook]) -> bool:
    """Whether the name led to the page, and leads to the load balancer again."""
    return any(_at_page(look) for look in looks) and not _at_page(looks[-1]) and looks[-1].whole


def _at_page(look: WebLook) -> bool:
    return look.leads_to.startswith("s3-website")


_ALL = (
    WebScenario(
        code="W-1",
        title="instance killed",
        expected="another one takes its place",
        steps=(WebStep(action=actions.kill_instance),),
        bars=Bars(first_permille=10.0, whole_s=180.0, replaced=1),
        ended=whole_again,
    ),
    WebScenario(
        code="W-2",
        title="application of an instance killed for good",
        expected="the balancer leaves it after two checks, and another one takes its place",
        # Two checks of 5 s, of 3 s each, and until then a third of the visits at most.
        steps=(WebStep(action=actions.kill_application),),
        bars=Bars(first_permille=334.0, whole_s=240.0, replaced=1),
        ended=whole_again,
    ),
    WebScenario(
        code="W-3",
        title="zone lost, with the database's writer in it",
        expected="everybody reads on, the second copy takes writes, and other zones take the instances",
        steps=(WebStep(action=actions.lose_zone),),
        bars=Bars(first_permille=10.0, writes_s=WRITES_S, whole_s=240.0, actions=0),
        ended=whole_again,
        at_least_s=WRITES_S + 15.0,
    ),
    WebScenario(
        code="W-4",
        title="machine of the database's writer lost",
        expected="everybody reads on, and the second copy takes writes; nothing is lost",
        steps=(WebStep(action=actions.lose_writers_machine),),
        bars=Bars(writes_s=WRITES_S, replaced=0, actions=0),
        ended=whole,
        at_least_s=WRITES_S + 15.0,
    ),
    WebScenario(
        code="W-5",
        title="database's writer lost with its second copy, and an operator promotes the replica",
        expected="everybody reads on, the replica takes writes, and only what it never had is lost",
        steps=(
            WebStep(action=actions.lose_writer),
            WebStep(after_s=20.0, action=actions.promote_replica),
        ),
        bars=Bars(writes_s=90.0, lost=None, replaced=0),
        ended=whole,
        at_least_s=105.0,
    ),
    WebScenario(
        code="W-6",
        title="bad release",
        expected="an alarm ends it, and the version before goes on serving",
        steps=(WebStep(action=actions.release_badly),),
        bars=Bars(refresh="RollbackSuccessful", rings="unhealthy-targets", replaced=0, other_versions=0),
        ended=refreshed("RollbackSuccessful"),
        at_most_s=900.0,
    ),
    WebScenario(
        code="W-7",
        title="three times the load",
        expected="the group grows, and no health check takes an instance of it",
        # 20 requests a second of each instance, where scaling wants 16.7: three minutes, and a boot.
        steps=(WebStep(action=more_visitors),),
        bars=Bars(replaced=0, grown=1),
        ended=grown,
        at_most_s=600.0,
        surge=3.0,
    ),
    WebScenario(
        code="W-8",
        title="every instance lost, and none can be launched for a while",
        expected="the page of the other region answers, and home again",
        steps=(
            WebStep(action=actions.kill_everything),
            WebStep(after_s=150.0, action=actions.allow_launches),
        ),
        # Three checks of 10 s and their timeouts, and a TTL of 60 s. Home within the recovery time objective.
        bars=Bars(first_permille=1000.0, later=None, served_s=105.0),
        ended=home_again,
        at_least_s=260.0,
        at_most_s=600.0,
    ),
    WebScenario(
        code="W-9",
        title="the same alarm three times, and all alarms at once",
        expected="remediation does one thing, and touches nothing else",
        # Silent before the minute is over in which the first action keeps all others away.
        steps=(
            WebStep(action=actions.ring_again_and_again),
            WebStep(after_s=40.0, action=actions.silence),
        ),
        bars=Bars(actions=1, replaced=0),
        ended=whole,
        at_least_s=130.0,
    ),
    WebScenario(
        code="W-10",
        title="an instance killed while none can be launched",
        expected="the others serve, somebody is called, and the group is whole once there is room",
        # The alarm looks at five minutes of the group's size.
        steps=(
            WebStep(action=actions.kill_instance_for_good),
            WebStep(after_s=420.0, action=actions.allow_launches),
        ),
        bars=Bars(first_permille=10.0, rings="too-few-instances", replaced=1, whole_s=600.0, actions=0),
        ended=whole_again,
        at_most_s=660.0,
    ),
    WebScenario(
        code="W-11",
        title="the way of copies to the other region cut for twenty minutes",
        expected="somebody is called, and the file is read in the other region soon after the way is mended",
        # The alarm rings for files that wait longer than 900 s.
        steps=(
            WebStep(action=actions.cut_copies),
            WebStep(after_s=MENDED_S, action=actions.mend_copies),
        ),
        bars=Bars(rings="copies-late", copied_s=MENDED_S + 30.0, replaced=0),
        ended=lambda looks: bool(looks[-1].copied),
        at_most_s=MENDED_S + 60.0,
        load=VisitPlan(rate=5.0),
    ),
    WebScenario(
        code="W-12",
        title="planned maintenance: every instance replaced under load",
        expected="nobody notices",
        steps=(WebStep(action=actions.release_again),),
        bars=Bars(refresh="Successful", replaced=3),
        ended=refreshed("Successful"),
        at_most_s=1500.0,
    ),
)
SCENARIOS: Mapping[str, WebScenario] = {one.code: one for one in _ALL}
