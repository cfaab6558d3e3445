"""A metric, as alarms and dashboards take it. Pure: no construct."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.settings.common import CommonSettings


@dataclass(frozen=True, slots=True)
class Metric:
    """A statistic of one metric of CloudWatch."""

    namespace: str
    name: str
    statistic: str
    """``Sum``, ``Maximum``, or a percentile such as ``p99``."""
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def percentile(self) -> bool:
        """Whether CloudWatch calls the statistic an extended one."""
        return self.statistic.startswith("p")


def own_namespace(settings: CommonSettings) -> str:
    """The namespace of what is counted in our own logs."""
    return f"{settings.system}-{settings.environment_suffix}"
