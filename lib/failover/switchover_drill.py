"""The switchover drill as an Automation document of Systems Manager, in both regions."""

import json

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.ssm_document import SsmDocument
from constructs import Construct

from lib.data.table import TableAccess
from lib.failover.drill_document import switchover_drill
from lib.iam import Allow, outside, policy, trust
from lib.pair import Pair
from lib.regions import Role
from lib.security.role import ServiceRole
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

DRILL = "drill"


class SwitchoverDrill(Construct):
    """The document in both regions: it is run in the one that shall take over, and one role serves both.

    It belongs to no recovery: nothing of a takeover needs it, and it needs both regions.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: TwoRegionSettings,
        sites: Pair[Site[TwoRegionSettings]],
        providers: Pair[TerraformProvider],
    ) -> None:
        super().__init__(scope, id_)
        self._sites = sites
        role = self._role(settings)
        for site, provider in sites.zip(providers):
            SsmDocument(
                self,
                site.region.code,
                name=site.name(DRILL),
                document_type="Automation",
                # JSON is YAML too, and scripts inside are documented for YAML only
                document_format="YAML",
                content=json.dumps(switchover_drill(site, role.arn), indent=1),
                tags={"Name": site.name(DRILL)},
                provider=provider,
            )
        if settings.drills.schedule:
            [(site, provider)] = [end for end in sites.zip(providers) if end[0].region.role is Role.STANDBY]
            self._schedule(settings.drills.schedule, role.arn, site, provider)

    def _role(self, settings: TwoRegionSettings) -> IamRole:
        """Who the document acts as: it starts takeovers and looks, and can move nothing by itself."""
        name = settings.name(DRILL)
        regions = [site.region.name for site in self._sites]
        role = IamRole(
            self,
            "role",
            name=name,
            assume_role_policy=trust("ssm", account=self._sites.first.account),
            permissions_boundary=self._sites.first.permissions_boundary,
        )
        document = policy([*_allow(self._sites), outside(*regions)])
        IamRolePolicy(self, "policy", name=name, role=role.name, policy=document)
        return role

    def _schedule(self, when: str, role_arn: str, site: Site, provider: TerraformProvider) -> None:
        """Starts the document in the standby region; there the system returns from."""
        name = site.name(DRILL)
        definition = site.arn("ssm", f"automation-definition/{name}:$DEFAULT")
        hand_on = {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
        starter = ServiceRole(
            self,
            f"starter-{site.region.code}",
            site=site,
            what="drill-schedule",
            service="events",
            allow=[
                Allow(("ssm:StartAutomationExecution",), _started(site, name)),
                Allow(("iam:PassRole",), (role_arn,), when=hand_on),
            ],
        )
        code = site.region.code
        rule = CloudwatchEventRule(
            self, f"rule-{code}", name=name, schedule_expression=when, provider=provider
        )
        CloudwatchEventTarget(
            self,
            f"target-{site.region.code}",
            rule=rule.name,
            arn=definition,
            role_arn=starter.arn,
            input=json.dumps({"Confirm": [name]}),
            provider=provider,
            depends_on=[starter.policy],
        )


def _started(site: Site, name: str) -> tuple[str, ...]:
    """All that IAM asks about when an automation is started, the older form of the document among it.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
    """
    kinds = (f"automation-definition/{name}:$DEFAULT", f"document/{name}", "automation-execution/*")
    return tuple(site.arn("ssm", kind) for kind in kinds)


def _allow(sites: Pair[Site]) -> list[Allow]:
    here = sites.first
    container = f"arn:aws:rds::{here.account}:global-cluster:{here.name('ledger')}"
    machines = tuple(site.arn("states", f"stateMachine:{site.name('failover')}") for site in sites)
    executions = tuple(site.arn("states", f"execution:{site.name('failover')}:*") for site in sites)
    return [
        Allow(("states:StartExecution",), machines),
        Allow(("states:DescribeExecution", "states:GetExecutionHistory"), executions),
        Allow(("dynamodb:GetItem",), tuple(TableAccess.to(site, "lease").arn for site in sites)),
        Allow(("rds:DescribeGlobalClusters",), (container,)),
        Allow(
            ("cloudwatch:DescribeAlarms",),
            ("*",),
            why_any="CloudWatch tells of composite alarms only to whoever may see all alarms",
        ),
    ]
