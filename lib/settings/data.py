"""The sections of stores and their backups."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from lib.limits import limit
from lib.settings import offered
from lib.settings.section import LowerCase, SecretName, Section


class Engine(StrEnum):
    """What a global database runs."""

    POSTGRESQL = "aurora-postgresql"
    MYSQL = "aurora-mysql"


class Aurora(Section):
    """A cluster of Aurora."""

    engine_version: str
    instance_class: Annotated[str, AfterValidator(offered.instance_class)]
    name: Annotated[LowerCase, AfterValidator(limit("rds_database").require)]
    username: Annotated[LowerCase, AfterValidator(limit("rds_username").require)]
    secret: SecretName
    backup_retention_days: Annotated[int, Field(ge=1, le=35)]


class Database(Aurora):
    """The Aurora global database."""

    engine: Engine = Engine.POSTGRESQL
    instances: Annotated[int, Field(ge=1, le=15)] = 1
    """In each region: the writer, or what is promoted to be it, and readers that take over from it."""

    @model_validator(mode="after")
    def _the_version_is_of_the_engine(self) -> Self:
        offered.engine_version(self.engine, self.engine_version)
        return self

    @model_validator(mode="before")
    @classmethod
    def _no_backtrack(cls, given: Any) -> Any:
        return _without_backtrack(
            given,
            "neither on PostgreSQL nor in a global database; remove the key and rewind to a point in time "
            "instead: backup_retention_days >= 3 covers 72 hours",
        )


class AuroraCluster(Aurora):
    """Aurora PostgreSQL in one region: two instances in different zones, one of which writes."""

    engine: ClassVar[Engine] = Engine.POSTGRESQL
    monitoring_interval_s: Literal[1, 5, 10, 15, 30, 60]
    """How often Enhanced Monitoring looks at the operating system."""

    @model_validator(mode="after")
    def _the_version_can_be_had(self) -> Self:
        offered.engine_version(Engine.POSTGRESQL, self.engine_version, older=True)
        return self

    @model_validator(mode="before")
    @classmethod
    def _no_backtrack(cls, given: Any) -> Any:
        return _without_backtrack(
            given,
            "not on PostgreSQL; remove the key and restore a clone to a point in time instead: "
            "backup_retention_days >= 1 covers 24 hours",
        )


def _without_backtrack(given: Any, why: str) -> Any:
    if isinstance(given, dict) and "backtrack_hours" in given:
        raise ValueError(
            f"database.backtrack_hours = {given['backtrack_hours']}: Aurora offers backtrack {why}"
        )
    return given


WRITER, REPLICA = "database-0", "database-1"
"""What both databases of `Postgres` are called. Numbers: after a promotion the second one is the writer, and
keeps its name."""


class Postgres(Section):
    """RDS for PostgreSQL: a writer in two zones, and a read replica."""

    engine: ClassVar[str] = "postgres"
    engine_version: Annotated[str, AfterValidator(offered.postgres_version)]
    instance_class: Annotated[str, AfterValidator(offered.postgres_class)]
    storage_gb: Annotated[int, Field(ge=20, le=65_536)]
    name: Annotated[LowerCase, AfterValidator(limit("rds_database").require)]
    username: Annotated[LowerCase, AfterValidator(limit("rds_username").require)]
    secret: SecretName
    """Name of the existing entry of Secrets Manager with ``username``, ``password`` and ``ca``."""
    backup_retention_days: Annotated[int, Field(ge=1, le=35)]
    """A replica needs backups of its source, and has its own from the moment it is promoted."""


class Files(Section):
    """The bucket of the application's files, and its copy in the second region."""

    replication_time_control: bool = False
    """Whether AWS promises that a copy is there within 15 minutes. Costs more for each gigabyte."""
    old_versions_days: Annotated[int, Field(ge=1)]
    """How long what was overwritten or deleted can be had back."""


class TieredFiles(Section):
    """A bucket whose files move to cheaper storage."""

    infrequent_days: Annotated[int, Field(ge=30)]
    """After so many days a file lies in storage for what is seldom read; S3 takes none before 30."""
    old_versions_days: Annotated[int, Field(ge=1)]
    """How long what was overwritten or deleted can be had back."""


class Trail(Section):
    """The buckets of logs and of the audit trail, whose objects are copied to the other region's."""

    archive_days: Annotated[int, Field(ge=1)]
    """How old objects are when they go to the archive; they are never deleted."""
    old_versions_days: Annotated[int, Field(ge=1)]
    """How long what was overwritten or deleted can be had back."""
    locked_days: Annotated[int, Field(ge=1)]
    """In a protected environment nobody changes or deletes an object of the audit trail that is younger."""


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


class ZonalBackups(Section):
    """Backups in one region: daily ones, and weekly ones that are kept for longer."""

    short_days: Annotated[int, Field(ge=1, le=365)]
    long_days: Annotated[int, Field(ge=7, le=365)]
    hour_utc: Annotated[int, Field(ge=0, le=22)]

    @property
    def daily(self) -> str:
        """Every day at the hour."""
        return f"cron(0 {self.hour_utc} * * ? *)"

    @property
    def weekly(self) -> str:
        """On Sundays, an hour after the daily one has begun."""
        return f"cron(0 {self.hour_utc + 1} ? * SUN *)"
