"""The single-region system on this machine: containers, and one Aurora cluster of two PostgreSQL servers."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from dr.doctor.aws import Aws
from lib.image import Image, build_image
from lib.systems.single_region.metrics import DATABASE
from lib.systems.single_region.settings import SingleRegionSettings
from localcloud.core.paths import REPOSITORY
from localcloud.core.stacks import Stack
from localcloud.core.state import ACCOUNT_ID, CloudState
from localcloud.emulator.database_names import address, cluster_address, reader_address
from localcloud.registry import push
from localcloud.systems.board import USER, bring_secrets
from localcloud.systems.site import Site
from localcloud.systems.system import Clients, Given, LocalSystem, Say

INSTANCES = 2


class LocalSingleRegion(LocalSystem):
    """One region. Both servers are members of the cluster, and either may write."""

    replication_delay_ms = 20.0
    """Aurora's readers are less than 100 ms behind as a rule.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html"""

    def __init__(self, settings: SingleRegionSettings) -> None:
        self.settings: SingleRegionSettings = settings
        self.database = settings.database
        here = settings.here.name
        names = [address(name, here) for name in self.databases]
        self.certified = (*names, cluster_address(self.cluster, here), reader_address(self.cluster, here))

    @property
    def cluster(self) -> str:
        """The identifier of the cluster."""
        return self.settings.name(DATABASE, self.settings.here)

    @property
    def regions(self) -> tuple[str, ...]:
        """The only one."""
        return (self.settings.here.name,)

    @property
    def databases(self) -> Mapping[str, str]:
        """By the identifiers that RDS knows the cluster's instances by."""
        here = self.settings.here
        return {self.settings.name(f"{DATABASE}-{number}", here): here.name for number in range(INSTANCES)}

    def led_to(self, writer: str, living: Iterable[str]) -> Mapping[str, str]:
        """The cluster's endpoint leads to the writer, the reader's to the other instance while that lives."""
        here = self.settings.here.name
        readers = [name for name in living if name != writer]
        return {
            **{address(name, here): name for name in self.databases},
            cluster_address(self.cluster, here): writer,
            reader_address(self.cluster, here): (readers or [writer])[0],
        }

    @cached_property
    def image(self) -> Image:
        """Of the applications as they are in the repository now."""
        return build_image(REPOSITORY)

    @property
    def synthesis(self) -> Mapping[str, str]:
        """The image of the containers: the one that is pushed."""
        host = f"{ACCOUNT_ID}.dkr.ecr.{self.settings.here.name}.amazonaws.com"
        return {"CONTAINER_IMAGE": f"{host}/{self.settings.system}@{self.image.digest}"}

    def seed(self, clients: Clients, given: Given) -> None:
        """Two secrets of the organisation, and its repository of images."""
        here = self.settings.here.name
        bring_secrets(clients, self.settings, given)
        clients("ecr", here).create_repository(repositoryName=self.settings.system)

    def publish(self, cloud: CloudState) -> None:
        """Push the image that the stacks name."""
        here = self.settings.here.name
        push(cloud.operator_endpoint, cloud.access_key_id, here, self.settings.system, self.image)

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

    def destruction(self, aws: Aws, stacks: Iterable[Stack]) -> list[str]:  # noqa: ARG002 - there is one
        """The one stack."""
        return [stack.name for stack in stacks]
