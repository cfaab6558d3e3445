"""The exit codes of `dr`: a script tells by them what happened without reading a word."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended. The name, in lower case, is the `outcome` of `--json`."""

    DONE = 0
    """What was asked for is so: done, healthy, permitted."""
    FAILED = 1
    """It failed, for a reason that is said: a takeover that was started, or AWS that says no."""
    USAGE = 2
    """The command line is wrong; nothing was asked or changed."""
    UNKNOWN = 3
    """The result cannot be told: no answer came, or the work goes on."""
    REFUSED = 4
    """A rule or a person said no; nothing was changed."""
    UNHEALTHY = 5
    """It was looked at, and it is not as it should be."""
    INTERRUPTED = 130
    """Ctrl-C ended the command, and nothing that it had started."""

    @property
    def outcome(self) -> str:
        """The same as a word."""
        return self.name.lower()
