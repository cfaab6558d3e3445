"""What can go wrong around a payment beyond what can around any request (`intake.errors`).

PaymentsError
└── SessionsUnavailable   the sessions table did not answer, or not in time
"""


class PaymentsError(Exception):
    """Base of this package's errors."""


class SessionsUnavailable(PaymentsError):
    """The sessions table did not answer, so nothing is known about the session."""
