"""Reads requests out of untrusted bytes. No message repeats what was sent."""

import re
from collections.abc import Mapping

from intake import documents
from intake.documents import Form
from intake.problems import FieldError, Problem, Refused
from payments.payment import PaymentRequest
from payments.schemas import PAYMENT, SESSION, SESSION_ID, SYNTHETIC

DEFAULT_SESSION_TTL_S = 1_800
NAMES = ("debtor", "creditor")
_PAYMENT = Form("payment", PAYMENT, names=NAMES)
_SYNTHETIC = Form("payment", SYNTHETIC, names=NAMES)
_SESSION = Form("session", SESSION)


def payment_id(text: str) -> str:
    """The payment id of a path.

    Raises:
        Refused: it is no UUID.
    """
    return documents.entry_id(text, what="payment")


def session_id(text: str) -> str:
    """The session id of a path.

    Raises:
        Refused: it is malformed.
    """
    if not re.fullmatch(SESSION_ID, text):
        wrong = FieldError("session_id", "must be 16 to 128 characters of A-Z a-z 0-9 _ -")
        raise Refused(Problem.INVALID, "The session id is not valid.", [wrong])
    return text


def payment_request(headers: Mapping[str, str], body: bytes) -> PaymentRequest:
    """The payment that a request asks for; names of headers in lower case.

    Raises:
        Refused: the body is not JSON, too large, or not a payment; every wrong field is named.
    """
    return PaymentRequest(**_PAYMENT.read(headers, body))


def synthetic_payment(headers: Mapping[str, str], body: bytes) -> PaymentRequest:
    """The payment of the system's own that a request asks for; names of headers in lower case.

    Raises:
        Refused: as for a client's payment, and where it is in money.
    """
    return PaymentRequest(**_SYNTHETIC.read(headers, body))


def session(headers: Mapping[str, str], body: bytes) -> tuple[dict[str, str], int]:
    """What a request wants kept, and for how many seconds; names of headers in lower case.

    Raises:
        Refused: the body is not JSON, too large, or not a session; every wrong field is named.
    """
    document = _SESSION.read(headers, body)
    return document["data"], document.get("ttl_s", DEFAULT_SESSION_TTL_S)
