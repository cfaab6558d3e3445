"""Both services of the application: `web` behind the balancer, `sessions` behind a private name."""

from collections.abc import Sequence

from constructs import Construct

from lib.compute.container_service import ContainerService, Place
from lib.compute.containers import ContainerCluster
from lib.compute.parameters import read_parameters
from lib.compute.task_definition import Task
from lib.data.table import TableAccess
from lib.iam import Allow
from lib.network.balancer import LoadBalancer
from lib.network.service_names import ServiceNames
from lib.network.tier_firewall import APPLICATION, InnerGroup
from lib.network.vpc import TieredNetwork
from lib.security.key import EncryptionKey
from lib.security.secret import read_secrets
from lib.security.tiered_bucket import TieredBucket
from lib.site import Site
from lib.systems.single_region.metrics import CLUSTER, SESSIONS, WEB
from lib.systems.single_region.settings import SingleRegionSettings

USERS = "web/users"
"""The parameter with who may sign in, encrypted."""
FILES = "files/*"
"""Where the application keeps what is attached."""


class Services(Construct):
    """The cluster and what runs on it. Any of *alarms* takes a release of either service back.

    A bad release of `sessions` shows where it is asked for: in the errors of `web`.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site[SingleRegionSettings],
        key: EncryptionKey,
        network: TieredNetwork,
        balancer: LoadBalancer,
        files: TieredBucket,
        alarms: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._key = key
        self._cluster = ContainerCluster(self, CLUSTER, site=site, key=key)
        self._alarms = alarms
        names = ServiceNames(
            self, "names", site=site, zone=site.settings.internal_zone, vpc_id=network.vpc_id
        )
        sessions_group = InnerGroup(
            self,
            "sessions-group",
            site=site,
            vpc_id=network.vpc_id,
            what=SESSIONS,
            asked_by=("instances", network.firewall.instances),
        ).group
        inside = Place(network.private_subnet_ids, sessions_group.id, registry_arn=names.registry(SESSIONS))
        self._service(SESSIONS, inside, {}, [TableAccess.to(site, SESSIONS).read_write_delete()])
        outside = Place(network.private_subnet_ids, network.firewall.instances.id, balancer=balancer)
        asks = {
            "SESSIONS_URL": f"http://{names.name_of(SESSIONS)}:{APPLICATION}",
            "SCHEME": site.settings.scheme,
        }
        secrets = [
            read_secrets(self, database=site.settings.database.secret),
            Allow(("kms:Decrypt",), (key.arn,)),  # of the users
        ]
        self._service(WEB, outside, asks, [files.read_write(FILES), *secrets])

    def _service(self, what: str, place: Place, asks: dict[str, str], allow: list[Allow]) -> None:
        settings = getattr(self._site.settings.containers, what)
        told = {
            "AWS_REGION": self._site.region.name,
            "PARAMETER_PREFIX": self._site.settings.parameter_prefix,
            "LOG_LEVEL": self._site.settings.functions.log_level,
            "POWERTOOLS_SERVICE_NAME": what,
            "PYTHONDONTWRITEBYTECODE": "1",
            "BUNDLE_VERSION": settings.version,
            "PORT": str(APPLICATION),
        }
        task = Task(
            self,
            f"{what}-task",
            site=self._site,
            what=what,
            key=self._key,
            settings=settings,
            environment=told | asks,
            allow=[read_parameters(self._site), *allow],
        )
        ContainerService(
            self,
            what,
            site=self._site,
            cluster=self._cluster,
            settings=settings,
            task=task,
            place=place,
            alarms=self._alarms,
        )
