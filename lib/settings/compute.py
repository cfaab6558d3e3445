"""The sections of what runs: functions, and the instances of a group."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from lib.settings import offered
from lib.settings.section import Seconds, Section

SHORTEST_HOOK_S = 30
"""Auto Scaling takes no shorter heartbeat of a lifecycle hook, and none longer than two hours."""
LONGEST_HOOK_S = 7200

InstanceType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9]+$")]


class Functions(Section):
    """What all functions share."""

    runtime: Annotated[str, AfterValidator(offered.runtime)]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Instances(Section):
    """An Auto Scaling group, and what its instances are made of."""

    image: Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]+$", max_length=2048)]
    """Name of the public parameter of Systems Manager that holds the id of the image."""
    type: InstanceType
    other_types: tuple[InstanceType, ...] = ()
    """What is launched where a zone has no more of `type`, in this order."""
    disk_gb: Annotated[int, Field(ge=8, le=1024)]
    minimum: Annotated[int, Field(ge=2)]
    """In two zones at least: one instance would be none while it is replaced."""
    desired: int
    """What the first apply starts; from then on scaling decides."""
    maximum: int
    cpu_percent: Annotated[int, Field(ge=10, le=90)]
    """What scaling keeps the average of all processors at."""
    requests_a_minute: Annotated[int, Field(gt=0)]
    """What scaling keeps each instance at."""
    boot_s: Annotated[int, Field(ge=SHORTEST_HOOK_S, le=LONGEST_HOOK_S)]
    """How long a launch may take from the start of the instance to an application that answers."""
    grace_s: Seconds
    """How long an instance in service may be called unhealthy by its balancer before it is replaced."""
    warm_up_s: Seconds
    """How long an instance in service counts neither for scaling nor as done in a refresh."""
    bake_s: Annotated[int, Field(ge=0, le=172_800)]
    """How long a release is watched after its last instance, before it is called a success."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.minimum <= self.desired <= self.maximum:
            raise ValueError(
                f"instances.desired = {self.desired}: is not between minimum = {self.minimum} and "
                f"maximum = {self.maximum}"
            )
        return self
