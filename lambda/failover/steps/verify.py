"""verify: a synthetic payment goes all the way through this region's API."""

from http import HTTPStatus

from failover.region_api import ApiUnavailable
from failover.steps.errors import NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Pay one unit of XTS, ISO 4217's code for tests. The key makes it one payment an epoch."""
    payment = {
        "amount_minor": 1,
        "currency": "XTS",
        "debtor": "synthetic",
        "creditor": "synthetic",
        "reference": f"epoch {takeover.epoch}",
    }
    try:
        answer = tools.api.pay(payment, idempotency_key=f"synthetic-{takeover.system}-{takeover.epoch}")
    except ApiUnavailable as error:
        raise NotYet(str(error)) from error
    region = answer.headers.get("x-region")
    if (answer.status, region) != (HTTPStatus.CREATED, takeover.region):
        raise NotYet(f"synthetic payment: {answer.status} from {region}")
    return {"status": answer.status, "region": region}
