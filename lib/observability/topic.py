"""Where alarms go."""

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from lib.iam import Allow, Deny, policy
from lib.security.key import EncryptionKey
from lib.site import Site


class AlarmTopic(Construct):
    """An encrypted topic that alarms of this account and region write to, over TLS only."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        what: str,
        key: EncryptionKey,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id_)
        name = site.name(what)
        topic = SnsTopic(self, "topic", name=name, kms_master_key_id=key.arn, provider=provider)
        self.arn = topic.arn
        statements = (self._alarms(site), self._no_plain_text())
        SnsTopicPolicy(self, "policy", arn=self.arn, policy=policy(statements), provider=provider)
        if email := site.settings.alarms.email:
            SnsTopicSubscription(
                self, "email", topic_arn=self.arn, protocol="email", endpoint=email, provider=provider
            )

    def _alarms(self, site: Site) -> Allow:
        return Allow(
            ("sns:Publish",),
            (self.arn,),
            principal={"Service": "cloudwatch.amazonaws.com"},
            when={
                "StringEquals": {"aws:SourceAccount": site.account},
                "ArnLike": {"aws:SourceArn": site.arn("cloudwatch", "alarm:*")},
            },
        )

    def _no_plain_text(self) -> Deny:
        return Deny(
            actions=("sns:Publish",),
            resources=(self.arn,),
            principal="*",
            when={"Bool": {"aws:SecureTransport": "false"}},
        )
