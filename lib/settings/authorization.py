"""The section of a system's settings that says who may use the API, and how callers prove who they are."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from lib.settings.section import Section

Scope = Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,256}$")]
"""A scope-token of RFC 6749, section 3.3."""


class Mode(StrEnum):
    """How a caller proves who they are."""

    JWT = "jwt"
    """An access token of `issuer`; API Gateway verifies it."""
    NONE = "none"
    """Not at all: whoever reaches the API pays, and every payment belongs to nobody."""


class Authorization(Section):
    """Who may use the API of either region. Health, readiness and the OpenAPI document are open to all."""

    mode: Mode
    issuer: Annotated[str, Field(pattern=r"^https://[^\s?#]+$")] | None = None
    """Exactly the `iss` of its tokens; `{issuer}/.well-known/openid-configuration` leads to its keys."""
    audience: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """A token must be for one of these: its `aud` or, where it has none, its `client_id`."""
    pay_scope: Scope | None = None
    """Allows to pay, and to write sessions."""
    read_scope: Scope | None = None
    """Allows to read own payments and own sessions."""
    client_id: Annotated[str, Field(min_length=1)] | None = None
    """The system's own client there: integration tests and drills pay as it. Its secret: `api.key_secret`."""
    reason: Annotated[str, Field(min_length=20)] | None = None
    """Why nobody has to prove anything, and what stands in front instead: for mode ``none`` only."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.mode is Mode.JWT:
            needed = ("issuer", "audience", "pay_scope", "read_scope")
            if missing := [name for name in needed if not getattr(self, name)]:
                raise ValueError(f"mode = jwt: needs {', '.join(missing)}")
            if self.reason:
                raise ValueError("reason: only mode = none has to give one; remove it")
        elif not self.reason:
            raise ValueError(
                "mode = none: anybody who reaches the API pays; say in `reason`, in a sentence, what stands "
                "in front of it, or choose mode = jwt"
            )
        return self
