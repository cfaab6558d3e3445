"""Who talked to whom in a region's network."""

from cdktf_cdktf_provider_aws.flow_log import FlowLog
from constructs import Construct

from lib.iam import Allow
from lib.observability.logs import LogGroup
from lib.security.key import EncryptionKey
from lib.security.role import ServiceRole
from lib.site import Site

FIND_GROUP = Allow(("logs:DescribeLogGroups",), ("*",), why_any="groups are listed, none is named")
WHAT = "flow-logs"


class FlowLogs(Construct):
    """All traffic of a VPC, allowed and refused, into an encrypted log group that auditors can read."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, vpc_id: str, key: EncryptionKey) -> None:
        super().__init__(scope, id_)
        name = site.name(WHAT)
        logs = LogGroup(self, "logs", site=site, key=key, name=f"/aws/vpc/{name}", audit=True)
        find_stream = Allow(("logs:DescribeLogStreams",), (f"{logs.arn}:*",))
        role = ServiceRole(
            self,
            "role",
            site=site,
            what=WHAT,
            service="vpc-flow-logs",
            allow=[logs.write(), find_stream, FIND_GROUP],
        )
        FlowLog(
            self,
            "log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            max_aggregation_interval=60,
            log_destination_type="cloud-watch-logs",
            log_destination=logs.arn,
            iam_role_arn=role.arn,
            tags={"Name": name},
            depends_on=[role.policy],
        )
