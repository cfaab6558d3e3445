"""All drills of the web application by code, with the bars of each."""

from collections.abc import Mapping, Sequence

from gameday.observe.web import WebLook
from gameday.plan.web import Bars, Ended, WebScenario, WebStep
from gameday.targets.webapp import actions


def whole_again(looks: Sequence[WebLook]) -> bool:
    """Whether an instance was missing and none is now."""
    return any(not look.whole for look in looks) and looks[-1].whole


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
        code="W-6",
        title="bad release",
        expected="an alarm ends it, and the version before goes on serving",
        steps=(WebStep(action=actions.release_badly),),
        bars=Bars(refresh="RollbackSuccessful", rings="unhealthy-targets", replaced=0, other_versions=0),
        ended=refreshed("RollbackSuccessful"),
        at_most_s=900.0,
    ),
    WebScenario(
        code="W-8",
        title="every instance lost, and none can be launched for a while",
        expected="the page of the other region answers, and home again",
        steps=(
            WebStep(action=actions.kill_everything),
            WebStep(after_s=150.0, action=actions.allow_launches),
        ),
        # Three checks of 10 s and their timeouts, and a TTL of 60 s; home: a boot, three checks and a TTL.
        bars=Bars(first_permille=1000.0, later=None, served_s=105.0, home_s=420.0),
        ended=home_again,
        at_least_s=260.0,
        at_most_s=600.0,
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
