"""Interface endpoints: functions reach the AWS APIs that they call without leaving the VPC."""

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from lib.iam import Allow, policy
from lib.network.security_groups import HTTPS
from lib.network.vpc import FunctionNetwork
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

ANYBODY = {"AWS": "*"}
"""In the policy of an endpoint the condition narrows this to the account; roles have their own policies."""


class InterfaceEndpoints(Construct):
    """One endpoint a service, in every zone, with private DNS and a policy that names our resources.

    The bill: 0.01 USD an hour for each endpoint and zone, and 0.01 USD a GB. Seven services over three zones
    of two regions are 42 interfaces, about 300 USD a month; the two NAT gateways cost about 65. So they
    are off by default. They do not replace NAT: a request is passed on to the other region's public API, the
    keeper asks its own one there, and a global endpoint of EventBridge is public too. Logs and traces of
    functions do not pass the VPC, and DynamoDB and S3 have gateways that cost nothing.
    https://aws.amazon.com/privatelink/pricing/
    """

    def __init__(
        self, scope: Construct, id_: str, *, site: Site[TwoRegionSettings], network: FunctionNetwork
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        group = self._group(network)
        for service, allow in called(site).items():
            VpcEndpoint(
                self,
                service,
                vpc_id=network.vpc_id,
                service_name=f"com.amazonaws.{site.region.name}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=network.private_subnet_ids,
                security_group_ids=[group.id],
                policy=policy([allow]),
                tags={"Name": site.name(f"endpoint-{service}")},
            )

    def _group(self, network: FunctionNetwork) -> SecurityGroup:
        name = self._site.name("endpoints")
        group = SecurityGroup(
            self,
            "group",
            name=name,
            description="Interface endpoints: in from the functions only",
            vpc_id=network.vpc_id,
            tags={"Name": name},
        )
        VpcSecurityGroupIngressRule(
            self,
            "from-functions",
            security_group_id=group.id,
            referenced_security_group_id=network.firewall.functions.id,
            from_port=HTTPS,
            to_port=HTTPS,
            ip_protocol="tcp",
        )
        return group


def called(site: Site[TwoRegionSettings]) -> dict[str, Allow]:
    """What passes through the endpoint of each service that a function calls. Pure."""
    settings = site.settings
    container = f"arn:aws:rds::{site.account}:global-cluster:{site.name('ledger')}"
    clusters = [one.arn("rds", f"cluster:{one.own_name('ledger')}") for one in (site, site.other)]
    machine = site.name("failover")
    calls: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
        "events": (("events:PutEvents",), (site.arn("events", f"event-bus/{site.name('events')}"),)),
        "lambda": (("lambda:InvokeFunction",), (site.arn("lambda", f"function:{site.name('service')}"),)),
        "rds": (
            ("rds:DescribeGlobalClusters", "rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"),
            (container, *clusters),
        ),
        "secretsmanager": (
            ("secretsmanager:GetSecretValue",),
            (site.arn("secretsmanager", f"secret:{settings.database.secret}-??????"),),
        ),
        "ssm": (
            ("ssm:GetParameter",),
            (site.arn("ssm", f"parameter{settings.parameter_prefix}/*"),),
        ),
        "sts": (("sts:AssumeRole",), (site.automation_role_arn,)),
        "states": (
            ("states:DescribeExecution", "states:StartExecution"),
            (
                site.arn("states", f"stateMachine:{machine}"),
                site.arn("states", f"execution:{machine}:*"),
            ),
        ),
    }
    ours = {"StringEquals": {"aws:PrincipalAccount": site.account}}
    return {
        service: Allow(actions, resources, when=ours, principal=ANYBODY)
        for service, (actions, resources) in calls.items()
    }
