"""What can go wrong around a payment beyond what can around any durable request (`durable.errors`).

PaymentsError
├── SessionsUnavailable   the sessions table did not answer, or not in time
├── PeerUnavailable       the other region's service did not answer, or not in time
└── Refused               the request gets a problem document instead of an answer (problems.py)
    └── HeldElsewhere     another region would have served it
"""


class PaymentsError(Exception):
    """Base of this package's errors."""


class SessionsUnavailable(PaymentsError):
    """The sessions table did not answer, so nothing is known about the session."""


class PeerUnavailable(PaymentsError):
    """The other region did not answer, so nothing is known about what it did."""
