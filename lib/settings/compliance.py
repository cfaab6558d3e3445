"""The section of AWS Config."""

from typing import Self

from pydantic import model_validator

from lib.settings.section import Section


class ComplianceSettings(Section):
    """AWS Config."""

    rules: bool = True
    """Whether AWS Config watches the environment. Its rules need a recorder in each region."""
    recorder: bool
    """Whether to create the recorder: an account has one in each region, and the rules need it."""

    @model_validator(mode="after")
    def _a_recorder_is_for_rules(self) -> Self:
        if self.recorder and not self.rules:
            raise ValueError(
                "compliance.recorder = true: without compliance.rules nobody reads what it records; "
                "set it to false, or compliance.rules to true"
            )
        return self
