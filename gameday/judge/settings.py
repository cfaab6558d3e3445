"""What a drill needs of the system's settings: objectives, waits, and names."""

from dataclasses import dataclass

from gameday.judge.summary import ConfiguredWaits, Objectives
from lib.settings.two_regions import TwoRegionSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillSettings:
    """Objectives and configured waits as they hold in this run."""

    objectives: Objectives
    waits: ConfiguredWaits
    noun: str
    """One of what clients send."""
    time_scale: float
    """What the local cloud divides the health check interval by. No timeout is ever scaled."""

    @classmethod
    def of(cls, settings: TwoRegionSettings, time_scale: float) -> "DrillSettings":
        """The drill's part of *settings*."""
        asked, protocol, dns = settings.objectives, settings.protocol, settings.dns
        return cls(
            objectives=Objectives(rto_s=asked.rto_s, rpo_s=asked.rpo_s, bia=asked.bia),
            waits=ConfiguredWaits(
                lease_ttl_s=protocol.lease_ttl_s,
                tick_s=protocol.tick_s,
                clock_skew_s=protocol.clock_skew_s,
                dns_ttl_s=dns.ttl_s,
                health_check_interval_s=dns.health_check_interval_s / time_scale,
                health_check_threshold=dns.health_check_threshold,
            ),
            noun=settings.REQUESTS.removesuffix("s"),
            time_scale=time_scale,
        )
