"""What one region's API takes, and who watches the keys of its clients."""

from typing import Annotated

from pydantic import Field

from lib.settings.authorization import Authorization
from lib.settings.section import SecretName, Section

API_TIMEOUT_S = 10
"""How long the function behind the API may take; so long a request holds one of the account's executions."""


class Api(Section):
    """What one region's API takes, and where its key comes from."""

    rate_limit: Annotated[int, Field(gt=0)]
    """Requests a second."""
    burst_limit: Annotated[int, Field(gt=0)]
    """Requests at once."""
    key_secret: SecretName
    """Name of the existing entry of Secrets Manager: the secret of the system's own client at the issuer."""
    authorization: Authorization
