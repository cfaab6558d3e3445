"""What sections of the settings are made of."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lib.limits import limit
from lib.settings import offered

Seconds = Annotated[int, Field(gt=0)]


LowerCase = Annotated[str, Field(pattern=r"^[^A-Z]*$")]
"""PostgreSQL folds what is not quoted to lower case, so nothing else is found again."""
SecretName = Annotated[str, AfterValidator(limit("secret_name").require)]
RegionName = Annotated[str, AfterValidator(offered.region)]
Cidr = Annotated[IPv4Network, AfterValidator(offered.vpc_block)]


class Section(BaseModel):
    """A part of the settings: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
