"""What the data plane reads: the control plane, alarms, and what is served on this machine."""

from collections.abc import Awaitable, Callable, Collection, Mapping

from localcloud.route53.records import AlarmId, AlarmState, Configuration, Service

Source = Callable[[], Awaitable[Configuration]]
"""Reads the control plane; raises ControlPlaneError or UnsupportedError."""
Services = Callable[[], Mapping[str, Service]]
"""What is served on this machine under AWS names, by name."""
Alarms = Callable[[Collection[AlarmId]], Awaitable[Mapping[AlarmId, AlarmState]]]
"""Reads the states of CloudWatch alarms; leaves out those that do not answer."""


def no_services() -> Mapping[str, Service]:
    """For clouds without load balancers."""
    return {}
