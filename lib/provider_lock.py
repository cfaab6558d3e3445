"""The lock file of Terraform that is kept: the checksums of the provider's version that the settings name.

Every stack uses one provider, so one file serves all: `make provider-lock` writes it into `config/locks`.
"""

import shutil
from pathlib import Path

from lib.errors import SettingsError
from lib.facts import CONFIG
from lib.settings.common import CommonSettings

NAME = ".terraform.lock.hcl"


def kept(version: str, folder: Path = CONFIG) -> Path:
    """Where the lock file of *version* is kept."""
    return folder / "locks" / f"aws-{version}.lock.hcl"


def require(settings: CommonSettings, folder: Path = CONFIG) -> None:
    """Raise SettingsError when a protected environment would trust whatever a registry sends."""
    path = kept(settings.provider.aws, folder)
    if settings.lifecycle.protected and not path.exists():
        raise SettingsError(
            f"profile = protected: there is no {path.relative_to(folder.parent)}, so Terraform would take "
            f"any build that calls itself {settings.provider.aws}; run make provider-lock where the registry "
            "answers and commit the file, or set LIFECYCLE_PROFILE=ephemeral"
        )


def give_to(stacks: Path, settings: CommonSettings, folder: Path = CONFIG) -> None:
    """Put the kept file into the folder of each synthesized stack, where `terraform init` obeys it.

    A range of versions, or a version of which nothing is kept, is left to Terraform.
    """
    if (path := kept(settings.provider.aws, folder)).exists():
        for stack in stacks.iterdir():
            shutil.copyfile(path, stack / NAME)
