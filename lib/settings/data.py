"""The sections of stores and their backups."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from lib.limits import limit
from lib.settings import offered
from lib.settings.section import LowerCase, SecretName, Section


class Database(Section):
    """The Aurora global database."""

    engine_version: Annotated[str, AfterValidator(offered.engine_version)]
    instance_class: Annotated[str, AfterValidator(offered.instance_class)]
    name: Annotated[LowerCase, AfterValidator(limit("rds_database").require)]
    username: Annotated[LowerCase, AfterValidator(limit("rds_username").require)]
    secret: SecretName
    backup_retention_days: Annotated[int, Field(ge=1, le=35)]

    @model_validator(mode="before")
    @classmethod
    def _no_backtrack(cls, given: Any) -> Any:
        if isinstance(given, dict) and "backtrack_hours" in given:
            raise ValueError(
                f"database.backtrack_hours = {given['backtrack_hours']}: Aurora offers backtrack neither on "
                "PostgreSQL nor in a global database; remove the key and rewind to a point in time instead: "
                "backup_retention_days >= 3 covers 72 hours"
            )
        return given


START_WITHIN_MIN = 60
"""A backup that has not begun by then is given up for the day."""
COMPLETE_WITHIN_MIN = 480


class Backup(Section):
    """The daily backups and their copies in the other region."""

    retention_days: Annotated[int, Field(ge=1, le=365)]
    hour_utc: Annotated[int, Field(ge=0, le=23)]

    @property
    def schedule(self) -> str:
        """Every day at the hour (P06), as AWS Backup reads it."""
        return f"cron(0 {self.hour_utc} * * ? *)"

    @property
    def every_s(self) -> int:
        """From one backup to the next, in seconds: what `schedule` says."""
        return 24 * 60 * 60
