"""Who pays: the caller whom API Gateway identified, and whom this function takes from nowhere else."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from intake.problems import Problem, Refused

Payer = str
"""``sub:`` and the subject of an access token, or the ARN of a role. Empty: nobody, where nobody is asked."""

_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")
"""OpenID Connect Core, section 2: at most 255 ASCII characters. The claim is `sub`, and no other."""
_SESSION = re.compile(r"arn:aws:sts::(\d{12}):assumed-role/([\w+=,.@-]{1,64})/.+")


class Mode(StrEnum):
    """How clients prove who they are: the setting `api.authorization.mode`."""

    JWT = "jwt"
    NONE = "none"


def of_client(mode: Mode, authorizer: Mapping[str, Any]) -> Payer:
    """The client behind a request, out of `requestContext.authorizer` of its event.

    Raises:
        Refused: nobody was identified: the route has lost its authorizer, or the token has no usable subject.
    """
    if mode is Mode.NONE:
        return ""
    subject = _within(authorizer, "jwt", "claims", "sub")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise Refused(Problem.UNIDENTIFIED, "The access token does not say whose it is (claim sub).")
    return f"sub:{subject}"


def of_role(authorizer: Mapping[str, Any]) -> Payer:
    """The role whose signature the gateway verified on a route of the system's own, without its session.

    Raises:
        Refused: there is none.
    """
    arn = _within(authorizer, "iam", "userArn")
    if not isinstance(arn, str) or not arn.startswith("arn:"):
        raise Refused(Problem.UNIDENTIFIED, "This route takes requests that a role of the account signed.")
    session = _SESSION.fullmatch(arn)
    return f"arn:aws:iam::{session[1]}:role/{session[2]}" if session else arn


def _within(document: Mapping[str, Any], *path: str) -> Any:
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
