from types import SimpleNamespace

import pytest

from failover.region_api import ApiUnavailable
from failover.standing_service import StandingService


def unavailable() -> bool:
    raise ApiUnavailable("GET /health/live: refused")


@pytest.mark.parametrize(("live", "warm"), [(lambda: True, 1), (lambda: False, 0), (unavailable, 0)])
def test_what_stands_is_warm_when_it_lives(live, warm):
    service = StandingService(SimpleNamespace(live=live))
    assert len(service.warm(calls=4, hold_ms=250)) == warm
