"""Roles of AWS services with exactly the statements they are given."""

from collections.abc import Iterable

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from lib.iam import Statement, policy, trust
from lib.site import Site


class ServiceRole(Construct):
    """A role that one service assumes. IAM is global, so the name carries the region."""

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, what: str, service: str, allow: Iterable[Statement]
    ) -> None:
        super().__init__(scope, id_)
        name = site.own_name(what)
        role = IamRole(
            self,
            "role",
            name=name,
            assume_role_policy=trust(service),
            permissions_boundary=site.permissions_boundary,
        )
        self.arn = role.arn
        self.name = role.name
        self.policy = IamRolePolicy(self, "policy", name=name, role=role.name, policy=policy(allow))
        """Who uses the role depends on this, or it would act before it may."""
