"""What an instance does at its first boot: fetch the application's bundle and run it (docs/webapp.md)."""

from collections.abc import Mapping
from pathlib import Path

from lib.compute.group import LAUNCH_HOOK, group_name
from lib.compute.release import KEY, Release
from lib.network.tier_firewall import APPLICATION
from lib.settings.common import CommonSettings
from lib.site import Site
from lib.user_data import render

SCRIPT = Path(__file__).resolve().parents[2] / "apps" / "serving" / "user_data.sh"


def user_data(
    site: Site[CommonSettings], release: Release, *, unit: str, secure: bool, environment: Mapping[str, str]
) -> str:
    """The script of the first boot.

    Args:
        site: where the instance runs.
        release: which bundle.
        unit: the package of `apps` that is started, and the name of its service.
        secure: whether clients reach the balancer over TLS.
        environment: what the application is told besides; at least one variable.
    """
    values = {
        "region": site.region.name,
        "bucket": release.bucket,
        "key": KEY,
        "object": release.object,
        "sha256": release.sha256,
        "prefix": site.settings.parameter_prefix,
        "version": release.version,
        "scheme": "https" if secure else "http",
        "port": str(APPLICATION),
        "group": group_name(site),
        "hook": site.name(LAUNCH_HOOK),
        "unit": unit,
    }
    told = [f"{name}={value}" for name, value in environment.items()]
    return render(SCRIPT.read_text(), {**values, "environment": told})
