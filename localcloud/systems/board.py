"""What an organisation brings for the notice board, whichever system it runs in."""

import json
import secrets

from apps.serving.passwords import hashed
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.webapp.settings import WebappSettings
from localcloud.systems.system import Clients, Given

USER = "ada"


def bring_secrets(clients: Clients, settings: WebappSettings | SingleRegionSettings, given: Given) -> None:
    """Make the secret of the database's owner, and that of the board, which knows one user."""
    owner = {"username": settings.database.username, "password": given.password, "ca": given.database_ca}
    web = {
        "session_keys": [secrets.token_urlsafe(32)],
        "users": {USER: hashed(given.key, secrets.token_bytes(16))},
    }
    for name, value in ((settings.database.secret, owner), (settings.secret, web)):
        clients("secretsmanager", settings.here.name).create_secret(Name=name, SecretString=json.dumps(value))
