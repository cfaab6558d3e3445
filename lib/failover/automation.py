"""The role of automation that must act on both regions: drills, switchovers, switching back."""

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from lib.data.table import TableAccess
from lib.iam import Allow, outside, policy, trust_roles
from lib.pair import Pair
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

FAILING_OVER = "steps"
"""Whose roles may take this one: the functions that fail over. State machines cannot give an external id."""


class AutomationRole(Construct):
    """One role for both regions, trusted by the failover roles of both, and by nobody else.

    The takeover of a lost region does not use it: each region's own role suffices there.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: TwoRegionSettings, sites: Pair[Site]) -> None:
        super().__init__(scope, id_)
        regions = [site.region.name for site in sites]
        name = settings.name("automation")
        role = IamRole(
            self,
            "role",
            name=name,
            assume_role_policy=trust_roles(
                [site.role_arn(FAILING_OVER) for site in sites], external_id=name, regions=regions
            ),
            max_session_duration=3600,
            permissions_boundary=sites.first.permissions_boundary,
        )
        document = policy([*_allow(sites, regions), outside(*regions)])
        IamRolePolicy(self, "policy", name=name, role=role.name, policy=document)
        self.arn = role.arn


def _allow(sites: Pair[Site], regions: list[str]) -> list[Allow]:
    """Switch roles, run the takeover and read the lease; only in our regions."""
    here = sites.first
    container = f"arn:aws:rds::{here.account}:global-cluster:{here.name('ledger')}"
    clusters = [site.arn("rds", f"cluster:{site.own_name('ledger')}") for site in sites]
    machine = here.name("failover")
    leases = [TableAccess.to(site, "lease").arn for site in sites]
    grants = {
        ("rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"): [container, *clusters],
        ("rds:DescribeGlobalClusters",): [container],
        ("rds:DescribeDBClusters",): clusters,
        ("states:StartExecution",): [site.arn("states", f"stateMachine:{machine}") for site in sites],
        ("states:DescribeExecution",): [site.arn("states", f"execution:{machine}:*") for site in sites],
        ("dynamodb:GetItem",): leases,
    }
    when = {"StringEquals": {"aws:RequestedRegion": regions}}
    return [Allow(actions, tuple(resources), when=when) for actions, resources in grants.items()]
