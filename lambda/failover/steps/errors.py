"""Why a step did not succeed. The state machine tells them apart by the names of these classes.

StepError
+-- NotYet   the state wanted is not there yet, or cannot be read: run the step again
+-- Held     running it again cannot help: a person, or a newer epoch, decides
"""


class StepError(RuntimeError):
    """Base of what a step raises."""


class NotYet(StepError):
    """Retry: the wanted state was not seen."""


class Held(StepError):
    """Stop: this takeover must not go on."""
