"""Regions whose health checks fail from time to time although nothing is wrong."""

HEALTH_CHECKER = "Amazon-Route53-Health-Check-Service"
"""Begin of the User-Agent of Route 53's checkers; nobody else notices the flapping."""


class Flapping:
    """Which of a region's health checks fail: one in so many. One event loop's."""

    def __init__(self) -> None:
        self._one_in: dict[str, int] = {}
        self._asked: dict[str, int] = {}

    def set(self, region: str, one_in: int) -> None:
        """Let one in *one_in* checks of *region* fail from now on; 0 ends it. Raises ValueError."""
        if one_in < 0:
            raise ValueError(f"one_in must be 0 or more, got {one_in}")
        self._one_in[region], self._asked[region] = one_in, 0

    def fails(self, region: str, user_agent: str) -> bool:
        """Whether this request is a health check that must fail; counts it."""
        one_in = self._one_in.get(region, 0)
        if not one_in or not user_agent.startswith(HEALTH_CHECKER):
            return False
        self._asked[region] += 1
        return self._asked[region] % one_in == 0
