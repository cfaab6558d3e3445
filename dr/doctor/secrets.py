"""The existing secrets: complete, alike in every region, readable by what runs. No value is shown."""

import json
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dr.doctor.checks import Check, Patient, Scope
from lib.settings.common import CommonSettings
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.payments.settings import PaymentsSettings
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.trading.settings import TradingSettings
from lib.systems.webapp.settings import WebappSettings

PASSWORD_LENGTH = range(8, 42)
NOT_IN_PASSWORDS = frozenset('/@" ')
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html"""
LONGEST_PARAMETER = 4096
"""A standard parameter of Systems Manager, where the API key is kept."""
SHORTEST_KEY = 32
"""Characters of a key that signs sessions: docs/webapp.md."""
KEY_OF_AWS = "alias/aws/secretsmanager"
DATABASE_KEYS = ("username", "password", "ca")
BUNDLE = "https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"


@dataclass(frozen=True, slots=True)
class Secret:
    """What Secrets Manager has under a name; no text means no such secret."""

    text: str | None = field(repr=False)
    key: str | None
    """Its customer key; None is the key that AWS manages."""


Sites = SingleRegionSettings | WebappSettings


def read_database(patient: Patient[CommonSettings]) -> Secret:
    """The secret of the database in one region. Raises Unanswered."""
    return _read(patient, patient.settings.database.secret, patient.region)


def read_api_key(patient: Patient[PaymentsSettings]) -> Secret:
    """The secret of the API's own client in one region. Raises Unanswered."""
    return _read(patient, patient.settings.api.key_secret, patient.region)


def read_site(patient: Patient[Sites]) -> Secret:
    """The secret of the application. Raises Unanswered."""
    return _read(patient, patient.settings.secret, patient.region)


def read_users(patient: Patient[TradingSettings]) -> Secret:
    """The secret with those who may order, in one region. Raises Unanswered."""
    return _read(patient, patient.settings.users_secret, patient.region)


def _read(patient: Patient[Any], name: str, region: str) -> Secret:
    described = patient.aws("secretsmanager", region, "describe_secret", SecretId=name)
    if described is None:
        return Secret(None, None)
    value = patient.aws("secretsmanager", region, "get_secret_value", SecretId=name)
    return Secret((value or {}).get("SecretString"), described.get("KmsKeyId"))


def read_all(patient: Patient[CommonSettings]) -> Mapping[str, list[Secret]]:
    """Each secret in every region, by name. Raises Unanswered."""
    regions = [region.name for region in patient.settings.regions]
    return {name: [_read(patient, name, region) for region in regions] for name in patient.settings.secrets}


def judge_database(settings: CommonSettings, secret: Secret) -> Iterable[str]:
    """What the stacks and the functions would not understand."""
    name = settings.database.secret
    if (content := _object(secret)) is None:
        yield _no_object(name, secret)
        return
    if missing := [key for key in DATABASE_KEYS if not isinstance(content.get(key), str)]:
        yield f"{name} lacks {', '.join(missing)}, as text"
        return
    if content["username"] != settings.database.username:
        yield f"its username is not database.username = {settings.database.username}"
    yield from _password(content["password"])
    if not _trusts(content["ca"]):
        yield "its ca is no bundle of PEM certificates"


def _object(secret: Secret) -> dict[str, Any] | None:
    try:
        content = json.loads(secret.text or "")
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _no_object(name: str, secret: Secret) -> str:
    return f"there is no secret {name} with a text" if secret.text is None else f"{name} is no JSON object"


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


def judge_api_key(settings: PaymentsSettings, secret: Secret) -> Iterable[str]:
    """Why it could not be kept as a parameter."""
    if not secret.text:
        yield f"there is no secret {settings.api.key_secret} with a text"
    elif len(secret.text) > LONGEST_PARAMETER:
        yield f"{settings.api.key_secret} is longer than {LONGEST_PARAMETER} characters"


def judge_site(settings: Sites, secret: Secret) -> Iterable[str]:
    """Why nobody could sign in."""
    if (content := _object(secret)) is None:
        yield _no_object(settings.secret, secret)
        return
    keys = content.get("session_keys")
    if not (isinstance(keys, list) and keys and all(isinstance(one, str) for one in keys)):
        yield f"{settings.secret} has no session_keys, a list of texts"
    elif any(len(one) < SHORTEST_KEY for one in keys):
        yield f"one of the session_keys of {settings.secret} has fewer than {SHORTEST_KEY} characters"
    yield from _users(settings.secret, content)


def judge_users(settings: TradingSettings, secret: Secret) -> Iterable[str]:
    """Why nobody could order."""
    if (content := _object(secret)) is None:
        yield _no_object(settings.users_secret, secret)
    else:
        yield from _users(settings.users_secret, content)


def _users(name: str, content: Mapping[str, Any]) -> Iterable[str]:
    users = content.get("users")
    if not (isinstance(users, dict) and users):
        yield f"{name} has no users"
    elif strange := sorted(user for user, text in users.items() if not str(text).startswith("scrypt:")):
        yield f"the password of {', '.join(strange)} in {name} is not scrypt:SALT:HASH"


def judge_alike(_: CommonSettings, both: Mapping[str, list[Secret]]) -> Iterable[str]:
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


def judge_keys(_: CommonSettings, both: Mapping[str, list[Secret]]) -> Iterable[str]:
    """No function may use a customer key, so none could read what lies under it."""
    for name, found in both.items():
        if customer := {secret.key for secret in found if secret.key and not secret.key.endswith(KEY_OF_AWS)}:
            yield f"{name} is encrypted with a customer key: {', '.join(sorted(customer))}"


CHECKS: tuple[Check[Any, Any], ...] = (
    Check(
        code="D20",
        asks='the secret of the database is JSON with username, password (8-41, none of / @ " space) and ca',
        settings=("database.secret", "database.username"),
        fix=f"put it into {{region}}; the authorities are at {BUNDLE}",
        read=read_database,
        judge=judge_database,
    ),
    Check(
        code="D22",
        asks="the secret of our own client at the issuer of access tokens is there",
        settings=("api.key_secret",),
        fix="put it into {region}: what the issuer gave to api.authorization.client_id",
        read=read_api_key,
        judge=judge_api_key,
        of=(PaymentsSettings,),
    ),
    Check(
        code="D23",
        asks="the secret of the application is JSON with session_keys and users",
        settings=("secret",),
        fix="put it into {region}: docs/webapp.md tells what is in it",
        read=read_site,
        judge=judge_site,
        of=(SingleRegionSettings, WebappSettings),
    ),
    Check(
        code="D24",
        asks="every secret says the same in both regions",
        settings=("database.secret", "api.key_secret", "users_secret"),
        fix="replicate it: aws secretsmanager replicate-secret-to-regions",
        read=read_all,
        judge=judge_alike,
        scope=Scope.WHOLE,
        of=(TwoRegionSettings,),
    ),
    Check(
        code="D25",
        asks="the secret with those who may order is JSON with users",
        settings=("users_secret",),
        fix="put it into {region}: docs/trading.md tells what is in it",
        read=read_users,
        judge=judge_users,
        of=(TradingSettings,),
    ),
    Check(
        code="D26",
        asks=f"every secret is encrypted with {KEY_OF_AWS}, which whoever may read the secret may use",
        settings=("database.secret", "api.key_secret", "secret", "users_secret"),
        fix=f"aws secretsmanager update-secret --kms-key-id {KEY_OF_AWS}",
        read=read_all,
        judge=judge_keys,
        scope=Scope.WHOLE,
    ),
)
