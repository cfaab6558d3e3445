"""What can keep a drill from giving a verdict.

GameDayError
├── NotDeployed     the local cloud runs, but what the drill needs is not deployed in it
├── NotSteady       the system did not reach the state a scenario starts from
├── FaultRefused    the local cloud did not apply the fault
├── NotExportable   a scenario asks for more than an experiment of the Chaos Toolkit can say
├── LedgerUnread    the surviving ledger or journal could not be read, so nothing can be said about payments
└── EvidenceUnread  a folder holds no evidence that this version can read
"""


class GameDayError(Exception):
    """One line of cause; a drill that raises it has no verdict."""


class NotDeployed(GameDayError):
    """The local cloud runs, but what the drill needs is not deployed in it."""


class NotSteady(GameDayError):
    """The system did not reach the state a scenario starts from."""


class FaultRefused(GameDayError):
    """The local cloud did not apply the fault."""


class LedgerUnread(GameDayError):
    """The surviving ledger or journal could not be read, so nothing can be said about payments."""


class NotExportable(GameDayError):
    """A scenario asks for more than an experiment of the Chaos Toolkit can say."""


class ObservationFailed(Exception):
    """Nothing could be learnt; the message says why."""


class EvidenceUnread(GameDayError):
    """A folder holds no evidence that this version can read."""
