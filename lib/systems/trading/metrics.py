"""What one region of the trading platform measures, as values. Pure: no construct."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.compute.fleet import FleetMetrics
from lib.data.copies import CopyMetrics
from lib.failover.metrics import RecoveryMetrics

FUNCTIONS = ("keeper", "steps", "reconciler")


@dataclass(frozen=True, slots=True)
class TradingMetrics(RecoveryMetrics):
    """The recovery's, the instances' and those of the copies of each bucket."""

    fleet: FleetMetrics
    copies: Mapping[str, CopyMetrics]
