"""What a promotion leaves to be done by hand, once the lost pair was built anew."""

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused
from gameday.targets.webapp.world import WebWorld
from remediation.effectors import TTL_S


def lead_home(world: WebWorld) -> None:
    """Let the writer's name lead to the first database. Raises FaultRefused."""
    try:
        found = world.client("rds").describe_db_instances(
            DBInstanceIdentifier=world.outputs["writer_database"]
        )["DBInstances"]
        record = {
            "Name": world.outputs["writer_name"],
            "Type": "CNAME",
            "TTL": TTL_S,
            "ResourceRecords": [{"Value": found[0]["Endpoint"]["Address"]}],
        }
        world.client("route53").change_resource_record_sets(
            HostedZoneId=world.outputs["internal_zone_id"],
            ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
        )
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the writer's name cannot be led home: {error}") from error
