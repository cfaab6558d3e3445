"""What can go wrong around a request beyond what can around any durable request (`durable.errors`).

IntakeError
├── SessionsUnavailable   the sessions table did not answer, or not in time
├── PeerUnavailable       the other region's service did not answer, or not in time
└── Refused               the request gets a problem document instead of an answer (problems.py)
    ├── HeldElsewhere     another region would have served it
    └── InTransit         a planned handover is under way
"""


class IntakeError(Exception):
    """Base of this package's errors."""


class PeerUnavailable(IntakeError):
    """The other region did not answer, so nothing is known about what it did."""


class SessionsUnavailable(IntakeError):
    """The sessions table did not answer, so nothing is known about the session."""
