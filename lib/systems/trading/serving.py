"""What serves orders in one region: the load balancer, the instances behind it, and the buckets they use.

Each is made right in the region's stack: *scope* is that stack.
"""

from collections.abc import Iterable

from cdktf import ITerraformDependable
from constructs import Construct

from lib.bundle import Bundle
from lib.compute.group import ScaledGroup
from lib.compute.instances import InstanceTemplate
from lib.compute.release import publish
from lib.iam import Allow
from lib.network import web_acl
from lib.network.balancer import LoadBalancer
from lib.network.certificate import Certificate
from lib.network.vpc import FunctionTierNetwork
from lib.security.encrypted_bucket import EncryptedBucket
from lib.security.key import EncryptionKey
from lib.security.secret import read_secrets
from lib.site import Site
from lib.systems.trading import application
from lib.systems.trading.settings import TradingSettings


def front(
    scope: Construct, *, site: Site[TradingSettings], network: FunctionTierNetwork, zone_id: str
) -> LoadBalancer:
    """The load balancer, over TLS where the public zone is delegated to us, behind its firewall."""
    certificate = None
    if site.settings.dns.delegated:
        certificate = Certificate(
            scope, "certificate", name=site.settings.public_name, zone_id=zone_id, shared=True
        ).arn
    balancer = LoadBalancer(
        scope,
        "orders",
        site=site,
        network=network,
        certificate_arn=certificate,
        check=application.CHECK,
    )
    web_acl.guard(scope, site=site, settings=site.settings.web_acl, balancer_arn=balancer.arn)
    return balancer


def bucket(
    scope: Construct,
    what: str,
    *,
    site: Site[TradingSettings],
    key: EncryptionKey,
    archive_days: int | None = None,
    locked_days: int | None = None,
) -> EncryptedBucket:
    """A bucket whose older versions are kept as long as the trail's."""
    return EncryptedBucket(
        scope,
        what,
        site=site,
        what=what,
        key=key,
        old_versions_days=site.settings.trail.old_versions_days,
        archive_days=archive_days,
        locked_days=locked_days,
    )


def fleet(
    scope: Construct,
    *,
    site: Site[TradingSettings],
    key: EncryptionKey,
    network: FunctionTierNetwork,
    balancer: LoadBalancer,
    bundle: Bundle,
    database: Allow,
    logs: EncryptedBucket,
    after: Iterable[ITerraformDependable],
) -> ScaledGroup:
    """The instances: each fetches *bundle*, writes into *logs* and reads the secret of the *database*."""
    settings = site.settings.instances
    bundles = bucket(scope, "bundles", site=site, key=key)
    release = publish(scope, "release", bucket=bundles, bundle=bundle)
    template = InstanceTemplate(
        scope,
        "instances",
        site=site,
        settings=settings,
        group_id=network.firewall.instances.id,
        user_data=application.user_data(site, release),
        allow=application.rights(
            site,
            secrets=(database, read_secrets(scope, users=site.settings.users_secret)),
            bundles=bundles,
            logs=logs,
        ),
    )
    return ScaledGroup(
        scope,
        "group",
        site=site,
        settings=settings,
        subnet_ids=network.private_subnet_ids,
        template=template.current,
        balancer=balancer,
        after=[*after, template.role.policy],
    )
