"""What needs both regions."""

from constructs import Construct

from lib.config import Settings
from lib.constructs.dns import Answer, FailoverRecord
from lib.constructs.endpoint import EventEndpoint
from lib.pair import Pair
from lib.provider import provider_in
from lib.stacks.base import AwsStack
from lib.stacks.foundation import FoundationStack
from lib.stacks.regional import RegionalStack


class WorldStack(AwsStack):
    """The one place that sees both regions, and the last to be deployed."""

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        foundation: FoundationStack,
        regions: Pair[RegionalStack],
    ) -> None:
        super().__init__(scope, settings=settings, what="world", region=settings.regions.primary)
        api = FailoverRecord(
            self,
            "api",
            settings=settings,
            zone_id=foundation.zone_id,
            answers=Answer.of(settings.regions, regions.map(lambda region: region.api_host)),
        )
        standby = provider_in(
            self, "aws-standby", settings=settings, region=settings.regions.standby, alias="standby"
        )
        health = api.checks.primary.arn
        endpoint = EventEndpoint(self, "events", site=self.site, health_check=health, standby=standby)
        self.output({"api_name": settings.api_name, "event_endpoint": endpoint.endpoint_id})
