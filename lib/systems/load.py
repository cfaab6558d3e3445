"""Where files, environment and context become typed settings."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from lib.errors import SettingsError
from lib.facts import CONFIG
from lib.settings import file
from lib.settings.two_regions import TwoRegionSettings


def load_settings(
    environment: Mapping[str, str] = os.environ,
    *,
    context_suffix: str | None = None,
    folder: Path = CONFIG,
) -> TwoRegionSettings:
    """The settings of the system and environment that *environment* asks for.

    SYSTEM picks the file (default ``payments``). ENVIRONMENT_SUFFIX, or else *context_suffix*, names the
    environment (default ``dev``). AWS_PROVIDER_VERSION overrides the provider's constraint, TOKEN_ISSUER the
    issuer of access tokens, LIFECYCLE_PROFILE the profile. TERRAFORM_STATE_BUCKET and
    TERRAFORM_STATE_BUCKET_REGION put Terraform's state into a bucket. PRIMARY_REGION swaps the roles of both
    regions if it names the standby.

    Raises SettingsError with one readable line a mistake: the key, the value and the fix.
    """
    path = folder / f"{environment.get('SYSTEM') or 'payments'}.toml"
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
    if primary := environment.get("PRIMARY_REGION"):
        document = file.with_primary(document, primary)
    try:
        return TwoRegionSettings.model_validate(document)
    except ValidationError as error:
        raise SettingsError("\n".join(file.explain(path, error))) from error
