"""The sections of Terraform itself: its provider and where its state is kept."""

import re
from typing import Annotated

from pydantic import AfterValidator

from lib.limits import limit
from lib.settings.section import RegionName, Section


def _constraint(text: str) -> str:
    if not re.fullmatch(r"(~> )?[56](\.[0-9]+){1,2}", text):
        raise ValueError("the stacks are written for provider 6 or 5; use for example 6.25.0 or 5.100.0")
    return text


class Provider(Section):
    """The version constraint of Terraform's AWS provider."""

    aws: Annotated[str, AfterValidator(_constraint)]

    @property
    def exact(self) -> bool:
        """Whether one version is named, and no range: a range takes what is newest at every fresh init."""
        return self.aws[0].isdecimal() and self.aws.count(".") == 2  # noqa: PLR2004 - major.minor.patch

    @property
    def major(self) -> int:
        """``~> 6.25`` -> 6."""
        return int(self.aws.rpartition(" ")[2].partition(".")[0])


class RemoteState(Section):
    """The existing bucket that keeps Terraform's state."""

    bucket: Annotated[str, AfterValidator(limit("s3_bucket").require)]
    region: RegionName
