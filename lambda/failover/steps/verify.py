"""verify: a synthetic request goes all the way through this region's API."""

from http import HTTPStatus

from failover.region_api import ApiUnavailable
from failover.steps.context import Facts, StepContext
from failover.steps.errors import NotYet
from failover.takeover import Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Send the request, and see that this region answered it."""
    try:
        answer = context.api.prove(system=takeover.system, epoch=takeover.epoch)
    except ApiUnavailable as error:
        raise NotYet(str(error)) from error
    region = answer.headers.get("x-region")
    if (answer.status, region) != (HTTPStatus.CREATED, takeover.region):
        raise NotYet(f"synthetic request: {answer.status} from {region}")
    return {"status": answer.status, "region": region}
