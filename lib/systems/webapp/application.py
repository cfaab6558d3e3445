"""What an instance of the web application is told, and what it may do."""

from constructs import Construct

from lib.compute import first_boot
from lib.compute.group import own_rights
from lib.compute.parameters import read_parameters
from lib.compute.release import KEY, Release
from lib.data.postgres import PostgresPair
from lib.iam import Allow
from lib.network.security_groups import POSTGRESQL
from lib.security.encrypted_bucket import EncryptedBucket
from lib.security.secret import read_secrets
from lib.site import Site
from lib.systems.webapp.settings import WebappSettings

FILES = "files/*"
"""Where the application keeps what is attached (apps/web/files.py)."""


def user_data(site: Site[WebappSettings], release: Release) -> str:
    """The script of the first boot (docs/webapp.md)."""
    return first_boot.user_data(
        site,
        release,
        unit="web",
        secure=site.settings.dns.delegated,
        environment={"POWERTOOLS_SERVICE_NAME": "web"},
    )


def parameters(settings: WebappSettings, databases: PostgresPair, files: EncryptedBucket) -> dict[str, str]:
    """Where an instance finds everything, by the path below the prefix (docs/webapp.md)."""
    return {
        "db/writer": f"{settings.writer_name}:{POSTGRESQL}",
        "db/replica": f"{databases.replica.address}:{POSTGRESQL}",
        "db/hosts": ",".join(databases.hosts),
        "db/name": settings.database.name,
        "db/secret": settings.database.secret,
        "files/bucket": files.name,
        "web/secret": settings.secret,
        "remediation/mode": settings.remediation.mode,
    }


def rights(
    scope: Construct, site: Site[WebappSettings], *, bundles: EncryptedBucket, files: EncryptedBucket
) -> list[Allow]:
    """What an instance may do. A plan fails where one of both secrets is missing."""
    return [
        *bundles.read_version(KEY),
        *files.read(FILES),
        *files.write(FILES),
        read_parameters(site),
        read_secrets(scope, database=site.settings.database.secret, web=site.settings.secret),
        *own_rights(site),
    ]
