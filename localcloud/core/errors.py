"""What can go wrong on the machine that runs the local cloud.

LocalCloudError
├── MissingTool         a program or package that the local cloud stands on is not there
├── TerraformFailed     a terraform call failed or ran out of time
├── NotRunning          the command needs a running local cloud
└── StartFailed         a part of the local cloud did not come up in time
"""


class LocalCloudError(Exception):
    """A cause in one line and an advice in another; commands print both, without a traceback."""

    def __init__(self, cause: str, advice: str) -> None:
        super().__init__(f"{cause}\n  {advice}")
        self.cause = cause
        self.advice = advice


class MissingTool(LocalCloudError):
    """A program or package that the local cloud stands on is not there."""


class TerraformFailed(LocalCloudError):
    """A terraform call failed or ran out of time."""


class NotRunning(LocalCloudError):
    """The command needs a running local cloud."""


class StartFailed(LocalCloudError):
    """A part of the local cloud did not come up in time."""
