"""The experiment of AWS Fault Injection Service that cuts a region off. A setting asks for it."""

from collections.abc import Iterable

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.fis_experiment_template import (
    FisExperimentTemplate,
    FisExperimentTemplateAction,
    FisExperimentTemplateActionParameter,
    FisExperimentTemplateActionTarget,
    FisExperimentTemplateExperimentOptions,
    FisExperimentTemplateStopCondition,
    FisExperimentTemplateTarget,
)
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from lib.data.table import TableAccess
from lib.iam import Allow
from lib.security.role import ServiceRole
from lib.site import Site

NETWORK_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSFaultInjectionSimulatorNetworkAccess"
TABLES = ("lease", "journal", "arrivals", "sessions")
SUBNETS, TABLE_TARGET = "private-subnets", "tables"


class RegionIsolation(Construct):
    """Cuts the private subnets of *site* off, and its tables from their replicas, for as long as the RTO.

    A strongly consistent table without its replicas refuses writes there, so the region can renew no lease
    and settle no request: what S4 of the game day does locally. It stops by itself when *stop_alarm* rings.
    https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        subnet_ids: Iterable[str],
        stop_alarm: str,
        provider: TerraformProvider,
    ) -> None:
        super().__init__(scope, id_)
        tables = tuple(TableAccess.to(site, what).arn for what in TABLES)
        role = ServiceRole(
            self, "role", site=site, what="isolation", service="fis", allow=[_pause_replication(tables)]
        )
        attached = IamRolePolicyAttachment(self, "network", role=role.name, policy_arn=NETWORK_ACCESS)
        FisExperimentTemplate(
            self,
            "template",
            description=f"{site.name('isolation')}: cut {site.region.name} off. See docs/drills.md",
            role_arn=role.arn,
            stop_condition=[
                FisExperimentTemplateStopCondition(source="aws:cloudwatch:alarm", value=stop_alarm)
            ],
            experiment_options=FisExperimentTemplateExperimentOptions(
                account_targeting="single-account", empty_target_resolution_mode="fail"
            ),
            target=[
                _target(SUBNETS, "aws:ec2:subnet", [site.arn("ec2", f"subnet/{id_}") for id_ in subnet_ids]),
                _target(TABLE_TARGET, "aws:dynamodb:global-table", list(tables)),
            ],
            action=_actions(minutes=site.settings.objectives.rto_s // 60),
            tags={"Name": site.name("isolation")},
            depends_on=[attached, role.policy],
            provider=provider,
        )


def _actions(*, minutes: int) -> list[FisExperimentTemplateAction]:
    """Both at once: a region does not die in turns."""
    duration = FisExperimentTemplateActionParameter(key="duration", value=f"PT{minutes}M")
    everything = FisExperimentTemplateActionParameter(key="scope", value="all")
    return [
        FisExperimentTemplateAction(
            name="cut-network",
            action_id="aws:network:disrupt-connectivity",
            parameter=[duration, everything],
            target=FisExperimentTemplateActionTarget(key="Subnets", value=SUBNETS),
        ),
        FisExperimentTemplateAction(
            name="pause-tables",
            action_id="aws:dynamodb:global-table-pause-replication",
            parameter=[duration],
            target=FisExperimentTemplateActionTarget(key="Tables", value=TABLE_TARGET),
        ),
    ]


def _target(name: str, type_: str, arns: list[str]) -> FisExperimentTemplateTarget:
    return FisExperimentTemplateTarget(
        name=name, resource_type=type_, selection_mode="ALL", resource_arns=arns
    )


def _pause_replication(tables: tuple[str, ...]) -> Allow:
    """Replication is paused by a policy on the table that FIS writes and takes away."""
    actions = ("DeleteResourcePolicy", "DescribeTable", "GetResourcePolicy", "PutResourcePolicy")
    return Allow(tuple(f"dynamodb:{action}" for action in actions), tables)
