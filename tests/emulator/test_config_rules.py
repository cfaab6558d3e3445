import pytest

RULE = {
    "ConfigRuleName": "pitr",
    "Source": {"Owner": "AWS", "SourceIdentifier": "DYNAMODB_PITR_ENABLED"},
}


def test_a_rule_keeps_its_tags(emulator):
    config = emulator.client("config")
    config.put_config_rule(ConfigRule=RULE, Tags=[{"Key": "System", "Value": "payments"}])
    arn = config.describe_config_rules(ConfigRuleNames=["pitr"])["ConfigRules"][0]["ConfigRuleArn"]

    def tags() -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in config.list_tags_for_resource(ResourceArn=arn)["Tags"]}

    assert tags() == {"System": "payments"}
    config.tag_resource(ResourceArn=arn, Tags=[{"Key": "Owner", "Value": "platform"}])
    config.untag_resource(ResourceArn=arn, TagKeys=["System"])
    assert tags() == {"Owner": "platform"}
    with pytest.raises(config.exceptions.ResourceNotFoundException):
        config.list_tags_for_resource(ResourceArn=f"{arn}-other")


def test_a_recorder_and_its_channel_can_be_removed(emulator):
    config = emulator.client("config")
    role = "arn:aws:iam::123456789012:role/config"
    config.put_configuration_recorder(ConfigurationRecorder={"name": "all", "roleARN": role})
    config.put_delivery_channel(DeliveryChannel={"name": "all", "s3BucketName": "bucket"})
    config.delete_delivery_channel(DeliveryChannelName="all")
    config.delete_configuration_recorder(ConfigurationRecorderName="all")
    assert config.describe_delivery_channels()["DeliveryChannels"] == []
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
