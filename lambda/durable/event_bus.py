"""Events on EventBridge: through the global endpoint if there is one, else on the region's bus."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from botocore.compat import HAS_CRT
from botocore.exceptions import BotoCoreError, ClientError

from failover.ports import EventsUnavailable
from runtime.logs import logger
from runtime.parameters import Parameters, ParameterUnavailable

MOST_AT_ONCE = 10
"""Entries that PutEvents takes."""


class Event(Protocol):
    """Something that consumers are told."""

    @property
    def event_id(self) -> str:
        """The same for every copy of the same fact; it is in `detail` too."""

    @property
    def type(self) -> str:
        """EventBridge's detail-type."""

    def detail(self) -> dict[str, object]:
        """What is told, as JSON object."""


class PutsEvents(Protocol):
    """The one call of EventBridge's client that is needed."""

    def put_events(self, *, Entries: list[dict[str, str]], EndpointId: str = ...) -> Any:  # noqa: N803 - boto3's
        """Put up to ten entries."""


class EventBus:
    """The bus that `{prefix}/events/bus` names, behind the endpoint whose id is in `events/endpoint`.

    Delivery is at least once: consumers know an event by its `event_id`. `published_in` is added to what an
    event tells: the rule that replicates reads it, whatever region the event itself is about.

    Args:
        region: the own one.
        client: of the own region.
        parameters: of the own region.
        source: who says it, the system or a part of it.
        globally: through the global endpoint, where there is one; botocore needs awscrt to sign for it.
    """

    def __init__(
        self,
        region: str,
        client: PutsEvents,
        parameters: Parameters,
        source: str,
        *,
        globally: bool = HAS_CRT,
    ) -> None:
        self._region = region
        self._client = client
        self._parameters = parameters
        self._source = source
        self._globally = globally

    def publish(self, events: Sequence[Event]) -> list[str]:
        """The ids of those events, at most ten, that the bus took; the others it refused.

        Raises:
            EventsUnavailable: this region has no bus yet, or it does not answer.
        """
        try:
            bus = self._parameters.get("events/bus")
        except ParameterUnavailable as error:
            raise EventsUnavailable(f"no bus: {error}") from error
        entries = [self._entry(bus, event) for event in events]
        try:
            answer = self._put(entries)
        except (BotoCoreError, ClientError) as error:
            if not _for_what_it_holds(error):
                raise EventsUnavailable(f"bus {bus}: {error}") from error
            # One event makes EventBridge refuse the whole call: alone, each is judged for itself.
            return [] if len(events) == 1 else self._one_by_one(events)
        results = answer["Entries"]
        if len(results) != len(events):
            raise EventsUnavailable(f"bus {bus}: {len(results)} results for {len(events)} entries")
        return [event.event_id for event, result in zip(events, results, strict=True) if _taken(result)]

    def _one_by_one(self, events: Sequence[Event]) -> list[str]:
        taken: list[str] = []
        for event in events:
            try:
                taken += self.publish([event])
            except EventsUnavailable:
                if not taken:
                    raise
                break  # What was taken is told nevertheless, so that it is not published again.
        return taken

    def _put(self, entries: list[dict[str, str]]) -> Any:
        endpoint = self._endpoint()
        if endpoint is None:
            return self._client.put_events(Entries=entries)
        try:
            answer = self._client.put_events(Entries=entries, EndpointId=endpoint)
            if any(map(_taken, answer["Entries"])):
                return answer
            reason = "it took no entry"
        except (BotoCoreError, ClientError) as error:
            reason = str(error)
        logger.warning("global endpoint failed", extra={"reason": reason})
        return self._client.put_events(Entries=entries)

    def _endpoint(self) -> str | None:
        if not self._globally:
            return None
        try:
            return self._parameters.get("events/endpoint")
        except ParameterUnavailable:
            return None  # A system without a global endpoint publishes on its region's bus.

    def _entry(self, bus: str, event: Event) -> dict[str, str]:
        return {
            "EventBusName": bus,
            "Source": self._source,
            "DetailType": event.type,
            "Detail": json.dumps({**event.detail(), "published_in": self._region}),
        }


def own_bus(region: str, client: PutsEvents, parameters: Parameters, system: str) -> EventBus:
    """The own region's bus for operational events, never the global endpoint: that may lead elsewhere."""
    return EventBus(region, client, parameters, f"{system}.operations", globally=False)


def _taken(result: Mapping[str, str]) -> bool:
    return bool(result.get("EventId"))


def _for_what_it_holds(error: Exception) -> bool:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    return code in {"ValidationException", "ValidationError", "RequestEntityTooLargeException"}
