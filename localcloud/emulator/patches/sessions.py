"""Sessions of roles: begun, and recognised by their access keys."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import secrets
import time
from typing import Any

from ministack.services import sts

SESSION_S = 6 * 3600


def begin(role: str, name: str, account: str) -> dict[str, Any]:
    """Keys of a new session of *role* that is called *name*, and until when they are good."""
    key = "ASIA" + secrets.token_hex(8).upper()
    keys = {"SecretAccessKey": secrets.token_urlsafe(30), "SessionToken": secrets.token_urlsafe(60)}
    session = {"Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}", "UserId": f"{role}:{name}"}
    until = time.time() + SESSION_S
    sts.register_session(key, {**session, **keys, "Expiration": until})
    return {"role": role, "AccessKeyId": key, **keys, "until": until}


def role_of(access_key: str) -> str | None:
    """Name of the role whose session *access_key* belongs to; None for any other key."""
    session = sts._sessions.get(access_key)
    if session is None:
        return None
    # arn:aws:sts::<account>:assumed-role/<role>/<session>
    return str(session["Arn"]).split("/")[1]
