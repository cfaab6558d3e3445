"""The existing secrets: complete, alike in both regions, readable by the functions. No value is shown."""

import json
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from dr.doctor.checks import Check, Patient, Scope
from lib.settings.two_regions import TwoRegionSettings

PASSWORD_LENGTH = range(8, 42)
NOT_IN_PASSWORDS = frozenset('/@" ')
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html"""
LONGEST_PARAMETER = 4096
"""A standard parameter of Systems Manager, where the API key is kept."""
KEY_OF_AWS = "alias/aws/secretsmanager"
DATABASE_KEYS = ("username", "password", "ca")
BUNDLE = "https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"

Which = Callable[[TwoRegionSettings], str | None]


@dataclass(frozen=True, slots=True)
class Secret:
    """What Secrets Manager has under a name; no text means no such secret."""

    text: str | None = field(repr=False)
    key: str | None
    """Its customer key; None is the key that AWS manages."""


def database(settings: TwoRegionSettings) -> str:
    """The name of the database's secret."""
    return settings.database.secret


def api_key(settings: TwoRegionSettings) -> str | None:
    """The name of the secret that is the API key; None where there is no such API."""
    return settings.api.key_secret if settings.api else None


def read(which: Which, patient: Patient) -> Secret:
    """One secret in one region. Raises Unanswered."""
    name, region = which(patient.settings), patient.region
    if name is None:
        return Secret(None, None)
    described = patient.aws("secretsmanager", region, "describe_secret", SecretId=name)
    if described is None:
        return Secret(None, None)
    value = patient.aws("secretsmanager", region, "get_secret_value", SecretId=name)
    return Secret((value or {}).get("SecretString"), described.get("KmsKeyId"))


def read_both(patient: Patient) -> Mapping[str, list[Secret]]:
    """Each secret in both regions, by name. Raises Unanswered."""
    here = [region.name for region in patient.settings.regions]
    return {
        name: [
            read(which, Patient(patient.aws, patient.settings, region, patient.account)) for region in here
        ]
        for which in (database, api_key)
        if (name := which(patient.settings))
    }


def judge_database(settings: TwoRegionSettings, secret: Secret) -> Iterable[str]:
    """What the stacks and the functions would not understand."""
    if secret.text is None:
        yield f"there is no secret {settings.database.secret} with a text"
        return
    try:
        content = json.loads(secret.text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        yield f"{settings.database.secret} is no JSON object"
        return
    if missing := [key for key in DATABASE_KEYS if not isinstance(content.get(key), str)]:
        yield f"{settings.database.secret} lacks {', '.join(missing)}, as text"
        return
    if content["username"] != settings.database.username:
        yield f"its username is not database.username = {settings.database.username}"
    yield from _password(content["password"])
    if not _trusts(content["ca"]):
        yield "its ca is no bundle of PEM certificates"


def _password(password: str) -> Iterable[str]:
    """Why RDS would refuse it as a master password."""
    if len(password) not in PASSWORD_LENGTH:
        yield f"its password has not {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters"
    if any(one in NOT_IN_PASSWORDS or not "!" <= one <= "~" for one in password):
        yield 'its password has a space or one of / @ ", or a character that is not printable ASCII'


def _trusts(bundle: str) -> bool:
    try:
        ssl.create_default_context(cadata=bundle)
    except (ssl.SSLError, ValueError):
        return False
    return "BEGIN CERTIFICATE" in bundle


def judge_api_key(settings: TwoRegionSettings, secret: Secret) -> Iterable[str]:
    """Why it could not be kept as a parameter."""
    if settings.api is None:
        return
    if not secret.text:
        yield f"there is no secret {settings.api.key_secret} with a text"
    elif len(secret.text) > LONGEST_PARAMETER:
        yield f"{settings.api.key_secret} is longer than {LONGEST_PARAMETER} characters"


def judge_alike(_: TwoRegionSettings, both: Mapping[str, list[Secret]]) -> Iterable[str]:
    """A region that takes over with another password would not reach its own database."""
    for name, found in both.items():
        if len({_opens(secret.text) for secret in found if secret.text is not None}) > 1:
            yield f"{name} says one thing in one region and another in the other"


def _opens(text: str) -> str:
    """What of a secret opens something: authorities may differ from region to region."""
    try:
        content = json.loads(text)
    except ValueError:
        return text
    if not isinstance(content, dict):
        return text
    return json.dumps({key: value for key, value in content.items() if key != "ca"}, sort_keys=True)


def judge_keys(_: TwoRegionSettings, both: Mapping[str, list[Secret]]) -> Iterable[str]:
    """No function may use a customer key, so none could read what lies under it."""
    for name, found in both.items():
        if customer := {secret.key for secret in found if secret.key and not secret.key.endswith(KEY_OF_AWS)}:
            yield f"{name} is encrypted with a customer key: {', '.join(sorted(customer))}"


CHECKS: tuple[Check[Secret] | Check[Mapping[str, list[Secret]]], ...] = (
    Check(
        code="D20",
        asks='the secret of the database is JSON with username, password (8-41, none of / @ " space) and ca',
        settings=("database.secret", "database.username"),
        fix=f"put it into {{region}}; the authorities are at {BUNDLE}",
        read=partial(read, database),
        judge=judge_database,
    ),
    Check(
        code="D22",
        asks="the secret of our own client at the issuer of access tokens is there",
        settings=("api.key_secret",),
        fix="put it into {region}: what the issuer gave to api.authorization.client_id",
        read=partial(read, api_key),
        judge=judge_api_key,
    ),
    Check(
        code="D24",
        asks="both secrets say the same in both regions",
        settings=("database.secret", "api.key_secret"),
        fix="replicate it: aws secretsmanager replicate-secret-to-regions",
        read=read_both,
        judge=judge_alike,
        scope=Scope.WHOLE,
    ),
    Check(
        code="D26",
        asks=f"both secrets are encrypted with {KEY_OF_AWS}, which whoever may read the secret may use",
        settings=("database.secret", "api.key_secret"),
        fix=f"aws secretsmanager update-secret --kms-key-id {KEY_OF_AWS}",
        read=read_both,
        judge=judge_keys,
        scope=Scope.WHOLE,
    ),
)
