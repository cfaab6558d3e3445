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
