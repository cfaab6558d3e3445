from dataclasses import dataclass

import pytest

from dr.rights.deployer import rights
from gates.requests import variants
from lib.settings.common import CommonSettings
from lib.systems.registry import SYSTEMS

from .asked import ACCOUNT, shown

STATE = {"bucket": "states", "region": "us-east-2"}


@dataclass(frozen=True)
class Deployer:
    """Who deploys one system: what the stacks have, and what the documents allow."""

    name: str
    settings: CommonSettings
    types: frozenset[str]
    bodies: dict[str, list[dict]]

    @property
    def documents(self):
        return rights(self.settings, ACCOUNT)

    @property
    def statements(self):
        return shown(self.documents)


@pytest.fixture(scope="package", params=sorted(SYSTEMS))
def deployer(request, tmp_path_factory):
    """One system after the other, with its defaults and with all that can be asked for."""
    folder, bodies = tmp_path_factory.mktemp("rights"), {}
    for name in ("defaults", "options"):
        for document in variants.synthesize(request.param, name, folder).values():
            for type_, found in document["resource"].items():
                bodies.setdefault(type_, []).extend(found.values())
    settings = variants.settings_of(request.param, ({"state": STATE},))
    return Deployer(request.param, settings, frozenset(bodies), bodies)
