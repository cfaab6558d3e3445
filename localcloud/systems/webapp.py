"""The web application on this machine: a balancer, instances, and two databases in one region."""

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from dr.doctor.aws import Aws
from lib.settings.data import REPLICA, WRITER
from lib.systems.webapp.settings import WebappSettings
from localcloud.core.stacks import Stack
from localcloud.core.state import CloudState
from localcloud.emulator.database_names import address
from localcloud.systems.board import USER, bring_secrets
from localcloud.systems.site import Site
from localcloud.systems.system import Clients, Given, LocalSystem, Say


class LocalWebapp(LocalSystem):
    """The second region has buckets only."""

    def __init__(self, settings: WebappSettings) -> None:
        self.settings: WebappSettings = settings
        self.database = settings.database
        self.websites = settings.there.name
        self.certified = tuple(address(name, settings.here.name) for name in self.databases)

    @property
    def regions(self) -> tuple[str, ...]:
        """The one that serves, and the one with the page."""
        return (self.settings.here.name, self.settings.there.name)

    @property
    def databases(self) -> Mapping[str, str]:
        """Both in the first region, by the identifiers that RDS knows them by."""
        here = self.settings.here
        return {self.settings.name(what, here): here.name for what in (WRITER, REPLICA)}

    def seed(self, clients: Clients, given: Given) -> None:
        """Two secrets of the organisation; the machine image is one that the emulator publishes."""
        bring_secrets(clients, self.settings, given)

    def wait_until_ready(self, cloud: CloudState, say: Say) -> float:
        """Until the public name leads to an application that can read."""
        say("waiting for the application behind its name and its load balancer")
        return Site.of(cloud, self.settings.public_name).wait_until_ready()

    def how_to_call(self, cloud: CloudState) -> str:
        """Its page in a browser, and who may sign in."""
        name = self.settings.public_name
        return f"""Open the page of {name} in a browser:
  {Site.of(cloud, name).url()}/
Sign in as {USER} with the password {cloud.user_password}"""

    def destruction(self, aws: Aws, stacks: Iterable[Stack]) -> list[str]:  # noqa: ARG002 - nothing is asked
        """Dependants first."""
        order = TopologicalSorter({stack.name: stack.needs for stack in stacks})
        return [*reversed([*order.static_order()])]
