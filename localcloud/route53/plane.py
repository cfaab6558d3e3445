"""The data plane: configuration in, probes out, DNS answers to whoever asks."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from localcloud.route53.answers import Reply, aws_name, located, present, reply
from localcloud.route53.checkers import Crew
from localcloud.route53.dns import HOST, DnsServer
from localcloud.route53.inputs import Alarms, Services, Source, no_services
from localcloud.route53.probe import Place
from localcloud.route53.records import (
    AlarmCheck,
    AlarmId,
    AlarmState,
    Configuration,
    ControlPlaneError,
    EndpointCheck,
    UnsupportedError,
)
from localcloud.route53.rules import statuses
from localcloud.route53.status import Status, describe
from localcloud.route53.timeline import Change, View, changes

PULL_EVERY_S = 1.0
AVAILABLE = "available"

_LOGGER = logging.getLogger(__name__)


def _ignore(change: Change) -> None:
    """For callers that need no timeline."""


class Route53Plane:
    """Route 53's checkers and DNS servers for the zones of one control plane.

    The configuration is read every second. When that fails, the last one stays in force, checks go
    on and questions are answered: like AWS's, this data plane is statically stable.

    Args:
        source: Reads the configuration.
        locate: Host and port at which a public name is served on this machine, unless it leads to a service.
        dns_port: UDP and TCP port on 127.0.0.1.
        checkers: Health checkers a check.
        time_scale: How many times faster than AWS the checkers ask. Timeouts and TTLs stay.
        on_change: Called with each change, in the event loop; what it raises stops the checkers.
        services: The load balancers of this machine.
        alarms: Reads the alarms behind health checks; without it they have insufficient data.
        clock: Seconds since the epoch.
        pull_every_s: Seconds between two readings of the configuration.
        inner_dns_port: The port at which private zones are answered, too; 0 for none.
    """

    def __init__(
        self,
        source: Source,
        locate: Callable[[str], tuple[str, int]],
        dns_port: int,
        *,
        checkers: int = 16,
        time_scale: float = 1.0,
        on_change: Callable[[Change], None] = _ignore,
        services: Services = no_services,
        alarms: Alarms | None = None,
        clock: Callable[[], float] = time.time,
        pull_every_s: float = PULL_EVERY_S,
        inner_dns_port: int = 0,
    ) -> None:
        self._source = source
        self._locate = locate
        self._checkers = checkers
        self._time_scale = time_scale
        self._on_change = on_change
        self._services = services
        self._read_alarms = alarms
        self._clock = clock
        self._pull_every_s = pull_every_s
        self._dns = [DnsServer(dns_port, self.answer)]
        if inner_dns_port:
            self._dns.append(DnsServer(inner_dns_port, self.answer_inside))
        self._main: asyncio.Task[None] | None = None
        self._crews: dict[str, Crew] = {}
        self._configuration = Configuration()
        self._alarms: Mapping[AlarmId, AlarmState] = {}
        self._control_plane = ""
        self._view = View()

    async def start(self) -> None:
        """Reads the configuration, opens the DNS port and puts the checkers to work.

        Raises:
            OSError: The port is taken.
        """
        await self._pull()
        for server in self._dns:
            await server.start()
        self._main = asyncio.create_task(self._run(), name="route53")
        self._main.add_done_callback(_report)

    async def stop(self) -> None:
        """Ends all work and closes the port."""
        if self._main:
            self._main.cancel()
            await asyncio.wait((self._main,))
        for server in self._dns:
            await server.stop()

    def answer(self, name: str, type_: str) -> Reply:
        """The answer to a question of the world by what is known now."""
        return self._answer(self._configuration.public, name, type_)

    def answer_inside(self, name: str, type_: str) -> Reply:
        """The answer to a question that is asked inside a network."""
        return self._answer(self._configuration, name, type_)

    def _answer(self, configuration: Configuration, name: str, type_: str) -> Reply:
        health = self._view.health
        if type_ == "SRV" and (found := located(configuration, health, self._services(), name)):
            return found
        return reply(configuration, health, name, type_)

    def status(self) -> Status:
        """What is known now, ready for JSON."""
        return describe(
            self._configuration,
            self._view,
            self._crews,
            control_plane=self._control_plane,
            running=self._main is not None and not self._main.done(),
        )

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                self._staff(group)
                await asyncio.sleep(self._pull_every_s)
                await self._pull()

    async def _pull(self) -> None:
        configuration = await self._read()
        checks = configuration.checks.values()
        watched = {check.alarm for check in checks if isinstance(check, AlarmCheck)}
        if watched and self._read_alarms:
            self._alarms = await self._read_alarms(watched)
        self._configuration = configuration
        self._evaluate()

    async def _read(self) -> Configuration:
        """What the control plane says now or, when it does not, what it said last."""
        try:
            configuration = await self._source()
        except (ControlPlaneError, UnsupportedError) as error:
            self._note_control_plane(str(error))
            return self._configuration
        self._note_control_plane(AVAILABLE)
        return configuration

    def _staff(self, group: asyncio.TaskGroup) -> None:
        """One crew for every check that is to be probed; a changed check keeps its opinions."""
        wanted = {
            check.id: check
            for check in self._configuration.checks.values()
            if isinstance(check, EndpointCheck) and not check.disabled
        }
        for id_ in self._crews.keys() - wanted.keys():
            self._crews.pop(id_).stop()
        for id_, check in wanted.items():
            if id_ in self._crews:
                self._crews[id_].check = check
                continue
            self._crews[id_] = Crew(
                check,
                self._place,
                size=self._checkers,
                time_scale=self._time_scale,
                on_turn=self._evaluate,
            )
            self._crews[id_].start(group)

    def _place(self, fqdn: str, port: int) -> Place:
        """Where a checker finds a name: at the load balancer it leads to, or where the cloud says."""
        service = self._services().get(aws_name(self._configuration, self._view.health, fqdn))
        if service is None:
            return Place(*self._locate(fqdn))
        return Place(HOST, service.ports[port], port in service.secure)

    def _evaluate(self) -> None:
        opinions = {id_: crew.opinions for id_, crew in self._crews.items()}
        checks, before = self._configuration.checks, self._view
        services = {name: service.healthy for name, service in self._services().items()}
        health = statuses(checks, opinions, self._alarms, before.health) | services
        self._view = View(health=health, answers=present(self._configuration, health))
        for change in changes(before, self._view, at=self._clock()):
            self._on_change(change)

    def _note_control_plane(self, state: str) -> None:
        before, self._control_plane = self._control_plane, state
        # Only the loss and the return are events: reasons alternate while it is gone.
        if not before or (before == AVAILABLE) != (state == AVAILABLE):
            self._on_change(
                Change(
                    at=self._clock(),
                    kind="control-plane",
                    subject="route53",
                    before=before,
                    after=state,
                )
            )


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _LOGGER.critical("the Route 53 data plane stopped", exc_info=error)
