"""The section that all functions share."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from lib.settings import offered
from lib.settings.section import Section


class Functions(Section):
    """What all functions share."""

    runtime: Annotated[str, AfterValidator(offered.runtime)]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]
