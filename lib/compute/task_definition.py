"""What a task is: one container, its health check, its logs and its two roles."""

import json
from collections.abc import Iterable, Mapping

from cdktf_cdktf_provider_aws.ecs_task_definition import (
    EcsTaskDefinition,
    EcsTaskDefinitionRuntimePlatform,
)
from constructs import Construct

from lib.iam import Allow
from lib.network.tier_firewall import APPLICATION
from lib.observability.logs import LogGroup
from lib.security.key import EncryptionKey
from lib.security.role import ServiceRole
from lib.settings.containers import PRIVATE, Container
from lib.site import Site

ASKS_ITSELF = (
    f"import urllib.request as r; r.urlopen('http://127.0.0.1:{APPLICATION}/health/live', timeout=2)"
)
"""Images bring Python and no curl; an answer other than 2xx or 3xx is an exception."""
HEALTH_CHECK = {
    "command": ["CMD", "python3", "-c", ASKS_ITSELF],
    "interval": 10,
    "timeout": 3,
    "retries": 3,
    "startPeriod": 15,
}
STOP_S = 30
"""From SIGTERM to SIGKILL: requests that are under way may end."""
SIGN_IN = Allow(("ecr:GetAuthorizationToken",), ("*",), why_any="a token of ECR is for the whole registry")
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def pull(image: str) -> list[Allow]:
    """Pull *image*, where that takes a right at all."""
    if not (found := PRIVATE.fullmatch(image)):
        return []
    repository = "arn:aws:ecr:{region}:{account}:repository/{repository}".format(**found.groupdict())
    return [SIGN_IN, Allow(PULL, (repository,))]


class Task(Construct):
    """The definition of the tasks of the service *what*, which run `apps.WHAT` of the image.

    *allow* is what the application may do.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        what: str,
        key: EncryptionKey,
        settings: Container,
        environment: Mapping[str, str],
        allow: Iterable[Allow],
    ) -> None:
        super().__init__(scope, id_)
        name = site.name(what)
        logs = LogGroup(self, "logs", site=site, key=key, name=f"/ecs/{name}")
        execution = ServiceRole(
            self,
            "execution",
            site=site,
            what=f"{what}-execution",
            service="ecs-tasks",
            allow=[logs.write(), *pull(settings.image)],
        )
        own = ServiceRole(self, "role", site=site, what=f"{what}-task", service="ecs-tasks", allow=allow)
        self.rights = [execution.policy, own.policy]
        """Whoever starts tasks depends on them, or the first ones would fail."""
        self.arn = EcsTaskDefinition(
            self,
            "definition",
            family=name,
            cpu=str(settings.cpu),
            memory=str(settings.memory_mb),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform=EcsTaskDefinitionRuntimePlatform(
                cpu_architecture="X86_64", operating_system_family="LINUX"
            ),
            execution_role_arn=execution.arn,
            task_role_arn=own.arn,
            container_definitions=json.dumps(
                [_container(what, settings.image, environment, logs.name, site.region.name)]
            ),
            tags={"Name": name},
        ).arn


def _container(
    name: str, image: str, environment: Mapping[str, str], log_group: str, region: str
) -> dict[str, object]:
    return {
        "name": name,
        "image": image,
        "command": ["python3", "-m", f"apps.{name}"],
        "essential": True,
        "portMappings": [{"containerPort": APPLICATION, "hostPort": APPLICATION, "protocol": "tcp"}],
        "environment": [{"name": key, "value": environment[key]} for key in sorted(environment)],
        "healthCheck": HEALTH_CHECK,
        "stopTimeout": STOP_S,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True},
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": name,
            },
        },
    }
