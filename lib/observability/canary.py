"""A visitor that comes every few minutes and tells what it noticed (CloudWatch Synthetics)."""

import hashlib
from collections.abc import Mapping

from cdktf_cdktf_provider_aws.s3_object import S3Object
from cdktf_cdktf_provider_aws.synthetics_canary import (
    SyntheticsCanary,
    SyntheticsCanaryRunConfig,
    SyntheticsCanarySchedule,
)
from constructs import Construct

from lib.bundle import Bundle
from lib.iam import Allow
from lib.security.bucket import PrivateBucket
from lib.security.record_lifecycle import forget_records
from lib.security.role import ServiceRole
from lib.settings.observability import CanarySettings
from lib.site import Site

NAME_LIMIT, DIGEST = 21, 4
TIMEOUT_S, MEMORY_MB = 60, 1024
KEY = "canary.zip"
LISTS = Allow(
    ("s3:ListAllMyBuckets",),
    ("*",),
    why_any="the runtime looks for the region of the bucket of its artifacts",
)


def canary_name(site: Site, what: str) -> str:
    """A name that AWS takes: a digest stands for system and *what*, the suffix stays whole."""
    if len(name := site.name(what)) <= NAME_LIMIT:
        return name
    digest = hashlib.sha256(f"{site.settings.system}-{what}".encode()).hexdigest()[:DIGEST]
    return f"{digest}-{site.settings.environment_suffix}"


class Canary(Construct):
    """Runs the script of a bundle and keeps what it saw. Its metrics come without a log of ours.

    AWS makes its function, and removes it with the canary; the function's log group stays
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/synthetics_canaries_deletion.html).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        settings: CanarySettings,
        bundle: Bundle,
        handler: str,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.name = canary_name(site, id_)
        bucket = PrivateBucket(self, "artifacts", site=site, what=id_)
        forget_records(bucket, days=settings.artifact_days)
        bucket.open_to([], objects=f"{bucket.arn}/*")
        script = S3Object(
            self,
            "script",
            bucket=bucket.name,
            key=KEY,
            source=bundle.from_stack,
            source_hash=bundle.sha256,
            depends_on=[bucket.versions],
        )
        role = ServiceRole(
            self, "role", site=site, what=id_, service="lambda", allow=self._rights(site, bucket)
        )
        SyntheticsCanary(
            self,
            "canary",
            name=self.name,
            runtime_version=settings.runtime,
            handler=handler,
            s3_bucket=bucket.name,
            s3_key=script.key,
            s3_version=script.version_id,
            artifact_s3_location=f"s3://{bucket.name}/artifacts",
            execution_role_arn=role.arn,
            schedule=SyntheticsCanarySchedule(expression=f"rate({settings.every_minutes} minutes)"),
            run_config=SyntheticsCanaryRunConfig(
                timeout_in_seconds=TIMEOUT_S,
                memory_in_mb=MEMORY_MB,
                active_tracing=True,
                environment_variables=dict(environment),
            ),
            success_retention_period=settings.artifact_days,
            failure_retention_period=settings.artifact_days,
            start_canary=True,
            delete_lambda=True,
            tags={"Name": site.name(id_)},
            depends_on=[role.policy],
        )

    def _rights(self, site: Site, bucket: PrivateBucket) -> list[Allow]:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html."""
        namespace = {"StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}}
        group = site.arn("logs", f"log-group:/aws/lambda/cwsyn-{self.name}-*")
        return [
            Allow(("s3:PutObject",), (f"{bucket.arn}/artifacts/*",)),
            Allow(("s3:GetBucketLocation",), (bucket.arn,)),
            LISTS,
            Allow(("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"), (group,)),
            Allow(
                ("cloudwatch:PutMetricData",),
                ("*",),
                why_any="metrics have no ARN, only names",
                when=namespace,
            ),
            Allow(("xray:PutTraceSegments",), ("*",), why_any="X-Ray has no resource for segments"),
        ]
