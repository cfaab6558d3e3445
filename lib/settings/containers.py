"""The sections of containers."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from lib.settings.section import Seconds, Section

MEMORY_MB = {
    256: (512, 1024, 2048),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16_385, 1024),
    4096: range(8192, 30_721, 1024),
}
"""What Fargate gives a task, by its units of processor (1024 are one).
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"""
PRIVATE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/"
    r"(?P<repository>[^@:]+)(:[^@]+)?@(?P<digest>.+)"
)
"""A reference to an image in a private repository of ECR; beside the digest it may have a tag."""
Percent = Annotated[int, Field(ge=10, le=90)]


class Container(Section):
    """A service of equal tasks, each with one container."""

    image: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$")]
    """By its digest: a tag may lead elsewhere tomorrow, and a rollback would bring something else back."""
    cpu: Literal[256, 512, 1024, 2048, 4096]
    memory_mb: int
    minimum: Annotated[int, Field(ge=2)]
    """In two zones at least. So many run on Fargate itself, which takes none away."""
    maximum: int
    spot_weight: Annotated[int, Field(ge=0, le=1000)]
    """How many of the tasks beyond the minimum run on Fargate Spot for each one that does not."""
    cpu_percent: Percent
    """What scaling keeps the average of all processors at."""
    memory_percent: Percent
    grace_s: Seconds
    """How long a new task may be unhealthy before it is replaced."""

    @property
    def version(self) -> str:
        """What tells one release from another: the beginning of the digest."""
        return self.image.rpartition(":")[2][:12]

    @model_validator(mode="after")
    def _fargate_offers_it(self) -> Self:
        if self.memory_mb not in (offered := MEMORY_MB[self.cpu]):
            raise ValueError(
                f"memory_mb = {self.memory_mb}: Fargate gives a task of cpu = {self.cpu} one of "
                f"{', '.join(map(str, offered))}"
            )
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum < self.minimum:
            raise ValueError(f"maximum = {self.maximum}: is below minimum = {self.minimum}")
        return self


def _deployment(kind: str) -> str:
    if kind == "blue-green":
        raise ValueError(
            "AWS takes a circuit breaker for rolling deployments only, and a release must take itself back "
            "(docs/adr/0018-rolling-deployments.md); use rolling"
        )
    if kind != "rolling":
        raise ValueError("there is no such deployment; use rolling")
    return kind


class Containers(Section):
    """The services of the application."""

    deployment: Annotated[str, AfterValidator(_deployment)] = "rolling"
    web: Container
    sessions: Container
