"""The file of one system's settings: reading it, and saying what is wrong with it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lib.errors import SettingsError
from lib.settings.section import Section


def read(path: Path) -> dict[str, Any]:
    """What the file says. Raises SettingsError when it cannot be read."""
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.toml"))) or "none"
        raise SettingsError(f"SYSTEM = {path.stem}: there is no {path}; systems: {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}); mend the file") from error


ORIGINS = {
    "environment_suffix": "ENVIRONMENT_SUFFIX",
    "containers.web.image": "CONTAINER_IMAGE or containers.web.image",
    "containers.sessions.image": "CONTAINER_IMAGE or containers.sessions.image",
    "profile": "LIFECYCLE_PROFILE or profile",
    "api.authorization.issuer": "TOKEN_ISSUER or api.authorization.issuer",
    "provider.aws": "AWS_PROVIDER_VERSION or provider.aws",
    "state.bucket": "TERRAFORM_STATE_BUCKET",
    "state.region": "TERRAFORM_STATE_BUCKET_REGION",
}
"""Where a human wrote the keys that do not come from the file alone."""


def with_primary(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The same with the region *name* as the primary. Raises SettingsError when it is neither of both.

    Settings that name no two regions stay as they are: what is missing is found when they are read.
    """
    primary, standby = (document.get(role) for role in ("primary", "standby"))
    match primary, standby:
        case {"name": here}, _ if here == name:
            return document
        case _, {"name": there} if there == name:
            return document | {"primary": standby, "standby": primary}
        case {"name": here}, {"name": there}:
            raise SettingsError(f"PRIMARY_REGION = {name}: is neither {here} nor {there}; choose one of them")
    return document


def with_issuer(document: dict[str, Any], issuer: str) -> dict[str, Any]:
    """The same with tokens of *issuer*; settings that do not say who may use the API stay as they are."""
    match document.get("api"):
        case {"authorization": {**authorization}, **api}:
            return document | {"api": api | {"authorization": authorization | {"issuer": issuer}}}
    return document


def with_image(document: dict[str, Any], image: str) -> dict[str, Any]:
    """The same with *image* for every service that runs in containers; other settings stay as they are."""
    services = document.get("containers", {})
    run = {name: one | {"image": image} for name, one in services.items() if isinstance(one, dict)}
    return document | {"containers": services | run} if run else document


def explain(path: Path, error: ValidationError) -> list[str]:
    """One line a mistake: the key as its author wrote it, the value and the fix."""
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        match problem["type"]:
            case "extra_forbidden":
                text = f"{key} = {problem['input']!r}: no such setting; remove it or correct its name"
            case "missing":
                text = f"{key}: is missing; add it"
            case "value_error" if isinstance(problem["input"], Mapping | Section):
                text = str(problem["ctx"]["error"])
            case "value_error":
                text = f"{ORIGINS.get(key, key)} = {problem['input']!r}: {problem['ctx']['error']}"
            case _:
                text = f"{ORIGINS.get(key, key)} = {problem['input']!r}: {problem['msg']}; correct it"
        lines.append(f"{path.name}: {text}")
    return lines
