"""What the organisation says about roles."""

from typing import Annotated

from pydantic import Field

from lib.settings.section import Section

PolicyName = Annotated[str, Field(pattern=r"^([!-~]*/)?[A-Za-z0-9_+=,.@-]{1,128}$", max_length=639)]
"""Of IAM, with its path of at most 512 characters; the first of them, `/`, is not said here."""


class Access(Section):
    """What the organisation says about roles."""

    permissions_boundary: PolicyName | None = None
    """Name of the existing policy that no role may exceed."""
