"""Who may approve a loss: a policy that binds what is written to who writes it."""

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from lib.data.table import TableAccess
from lib.iam import Allow, policy
from lib.pair import Pair
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

TABLE = "approvals"
REQUEST = "request"
"""The key under which a takeover asks. No principal's id is spelled like it."""
OWN_ID = "$${aws:userid}"
"""IAM puts the caller's id in; Terraform takes the second dollar away."""


def ask(site: Site) -> list[Allow]:
    """What the takeover's function may do: ask, and read the answers. It cannot approve for itself."""
    table = TableAccess.to(site, TABLE)
    return [table.read_all(), table.put_under(REQUEST)]


class ApproverPolicy(Construct):
    """For the roles that the settings name, and for whatever else the organisation attaches it to.

    An approver writes under its own id only, whatever it claims in the item.
    """

    def __init__(self, scope: Construct, id_: str, *, sites: Pair[Site[TwoRegionSettings]]) -> None:
        super().__init__(scope, id_)
        site = sites.first
        name = site.name("approver")
        tables = [TableAccess.to(each, TABLE) for each in sites]
        statements = [
            *(table.read_all() for table in tables),
            *(table.put_under(OWN_ID) for table in tables),
            *(TableAccess.to(each, "lease").read() for each in sites),
        ]
        made = IamPolicy(
            self,
            "policy",
            name=name,
            description="Approve what a forced failover may lose",
            policy=policy(statements),
        )
        for role in site.settings.approvals.roles:
            IamRolePolicyAttachment(self, role, role=role, policy_arn=made.arn)
