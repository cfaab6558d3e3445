"""What `make deploy`, `make deploy-region` and `make destroy` need beside the doctor's rights.

docs/policies has the documents of every system; each stays below what IAM takes of a managed policy. A system
gets the parts that it has a use for, and no other.
"""

from collections.abc import Callable, Iterable, Mapping

from dr.rights import containers, data, fleet, network, operations, storage
from dr.rights.statements import nowhere_else
from lib.iam import Statement
from lib.settings.common import CommonSettings
from lib.systems.payments.settings import PaymentsSettings
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.trading.settings import TradingSettings
from lib.systems.webapp.settings import WebappSettings

LONGEST = 6144
"""Characters of a managed policy without white space
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""
MOST = 10
"""Managed policies of one role, before AWS is asked for more."""

Part = Callable[[CommonSettings, str], Iterable[Statement]]
"""The statements about one thing, for settings in an account."""
Documents = Mapping[str, tuple[Part, ...]]

KEPT: tuple[Part, ...] = (data.tables, data.keys, data.secrets, data.state)
"""What every system keeps its data with."""
NETWORK: tuple[Part, ...] = (network.networks, network.names, network.roles)
PAIRED: tuple[Part, ...] = (network.peerings, network.policies, operations.experiments)
"""What only two regions have, beside what they run."""
RUN: tuple[Part, ...] = (
    operations.functions,
    operations.events,
    operations.logs,
    operations.alarms,
    operations.messages,
    operations.parameters,
    operations.tracing,
)
"""What every system runs and watches."""
TWO_REGIONS: tuple[Part, ...] = (
    operations.buses,
    operations.endpoints,
    operations.queues,
    operations.documents,
    operations.machines,
    operations.compliance,
)
BALANCERS: Documents = {"deploy-balancers": (fleet.balancers, fleet.firewalls)}
GROUPS: Documents = {"deploy-instances": (fleet.groups, fleet.profiles)}

DOCUMENTS: Mapping[type[CommonSettings], Documents] = {
    PaymentsSettings: {
        "deploy-data": (*KEPT, data.global_databases, data.backups, data.restore_tests, storage.plain),
        "deploy-network": (*NETWORK, *PAIRED),
        "deploy-operations": (operations.apis, *RUN, *TWO_REGIONS),
    },
    SingleRegionSettings: {
        "deploy-data": (*KEPT, data.clusters, data.backups, storage.plain, storage.kept, storage.objects),
        "deploy-network": NETWORK,
        "deploy-operations": (*RUN, operations.buses, operations.queues, operations.machines),
        **BALANCERS,
        "deploy-containers": (containers.containers, containers.watchers),
    },
    TradingSettings: {
        "deploy-data": (
            *KEPT,
            data.global_databases,
            data.instance_parameters,
            data.backups,
            data.restore_tests,
        ),
        "deploy-storage": (storage.plain, storage.kept, storage.copies, storage.locked),
        "deploy-network": (*NETWORK, *PAIRED),
        "deploy-operations": (*RUN, *TWO_REGIONS),
        **BALANCERS,
        **GROUPS,
    },
    WebappSettings: {
        "deploy-data": (*KEPT, data.instances, data.instance_parameters),
        "deploy-storage": (
            storage.plain,
            storage.kept,
            storage.copies,
            storage.objects,
            storage.websites,
        ),
        "deploy-network": NETWORK,
        "deploy-operations": RUN,
        **BALANCERS,
        **GROUPS,
    },
}
"""By system, the documents and their parts."""


def rights(settings: CommonSettings, account: str) -> Mapping[str, tuple[Statement, ...]]:
    """The statements of each document for *settings* in *account*, by the document's name.

    Whatever they allow, the first one denies it outside the regions of the settings.
    """
    found = {
        name: tuple(one for part in parts for one in part(settings, account))
        for name, parts in DOCUMENTS[type(settings)].items()
    }
    return {**found, "deploy-data": (*found["deploy-data"], nowhere_else(settings))}
