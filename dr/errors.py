"""What ends a command, beside Ctrl-C.

DrError              it failed (1)
+-- NobodyThere      a question needs an answer and there is no terminal (2)
+-- Refused          a rule or a person said no, nothing was changed (4); in dr.operations
+-- AwsUnavailable   a region does not answer or its answer is not understood; in dr.calls
+-- NoAccess         AWS would answer, but not to these credentials; in dr.calls
+-- NoToken          the issuer gave no access token; in dr.access_token
+-- StillWorking     AWS has not finished (3)
"""

from collections.abc import Mapping
from typing import Any

from dr.exits import Exit


class DrError(RuntimeError):
    """Ends the command with one line, an exit code, and the same for machines."""

    code = Exit.FAILED
    kind = "failed"

    def __init__(
        self, message: str, *, kind: str | None = None, content: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind or self.kind
        self.content = dict(content or {})
        """What `--json` tells beside the error."""


class NobodyThere(DrError):
    """A question was asked where nobody can answer."""

    code = Exit.USAGE
    kind = "usage"


class StillWorking(DrError):
    """AWS has not finished; nothing failed."""

    code = Exit.UNKNOWN
    kind = "still_working"
