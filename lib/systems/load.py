"""Where files, environment and context become typed settings."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from lib.errors import SettingsError
from lib.facts import CONFIG
from lib.settings import file
from lib.settings.common import CommonSettings
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.registry import system


def load_any(
    environment: Mapping[str, str] = os.environ,
    *,
    context_suffix: str | None = None,
    folder: Path = CONFIG,
) -> CommonSettings:
    """The settings of the system and environment that *environment* asks for.

    SYSTEM picks the system and its file (default ``payments``). ENVIRONMENT_SUFFIX, or else *context_suffix*,
    names the environment (default ``dev``). AWS_PROVIDER_VERSION overrides the provider's constraint,
    TOKEN_ISSUER the issuer of access tokens, CONTAINER_IMAGE the image of all containers, LIFECYCLE_PROFILE
    the profile. TERRAFORM_STATE_BUCKET and
    TERRAFORM_STATE_BUCKET_REGION put Terraform's state into a bucket. PRIMARY_REGION swaps the roles of both
    regions if it names the standby.

    Raises SettingsError with one readable line a mistake: the key, the value and the fix.
    """
    name = environment.get("SYSTEM") or "payments"
    kind, path = system(name).settings, folder / f"{name}.toml"
    document = file.read(path)
    document["environment_suffix"] = environment.get("ENVIRONMENT_SUFFIX") or context_suffix or "dev"
    if version := environment.get("AWS_PROVIDER_VERSION"):
        document["provider"] = {"aws": version}
    if issuer := environment.get("TOKEN_ISSUER"):
        document = file.with_issuer(document, issuer)
    if profile := environment.get("LIFECYCLE_PROFILE"):
        document["profile"] = profile
    if bucket := environment.get("TERRAFORM_STATE_BUCKET"):
        region = environment.get("TERRAFORM_STATE_BUCKET_REGION", "")
        document["state"] = {"bucket": bucket, "region": region}
    if image := environment.get("CONTAINER_IMAGE"):
        document = file.with_image(document, image)
    if primary := environment.get("PRIMARY_REGION"):
        document = file.with_primary(document, primary)
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise SettingsError("\n".join(file.explain(path, error))) from error


def load_settings(
    environment: Mapping[str, str] = os.environ,
    *,
    context_suffix: str | None = None,
    folder: Path = CONFIG,
) -> TwoRegionSettings:
    """The same for a system in two regions. Raises SettingsError where it is in one: nobody can take over."""
    settings = load_any(environment, context_suffix=context_suffix, folder=folder)
    if not isinstance(settings, TwoRegionSettings):
        raise SettingsError(f"SYSTEM = {settings.system}: is in one region; choose a system in two")
    return settings
