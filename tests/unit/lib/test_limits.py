import pytest

from lib.limits import limit, limits


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("ec2_description", "PostgreSQL (5432), in: a & b", "this region's"),
        ("ec2_group_name", "payments-database-dev", "SG-database-dev"),
        ("rds_identifier", "payments-ledger-use1-dev", "2pay-ledger-dev"),
        ("rds_identifier", "a", "a--b"),
        ("rds_identifier", "a-b", "a-"),
        ("rds_username", "payments", "payments_owner_1"),
        ("rds_username", "p" * 16, "p" * 17),
        ("rds_username", "userdata", "user"),
        ("rds_database", "p" * 63, "p" * 64),
        ("rds_database", "ordered", "ORDER"),
        ("rds_password", "8aracter", "8aract/r"),
        ("iam_name", "r" * 64, "r" * 65),
        ("tag_value", "docs/runbooks: a+b", "it's"),
        ("tag_key", "System", "aws:System"),
        ("ssm_parameter", "/payments-dev/db/writer", "/AWS-dev/db/writer"),
        ("ssm_parameter_value", "é" * 2048, "é" * 2049),
        ("ssm_document", "payments-drill-dev", "amazonas-drill-dev"),
        ("s3_bucket", "payments-config-use1-dev-123456789012", "payments_config"),
        ("dns_name", "pay.dev.payments.test", "pay.-dev.payments.test"),
        ("dns_name", "a" * 63 + ".test", "a" * 64 + ".test"),
        ("states_name", "payments-failover-dev", "payments failover"),
        ("secret_name", "payments/api-key", "payments api"),
        ("email", "oncall@example.com", "oncall@example"),
    ],
)
def test_the_rule_takes_the_one_and_refuses_the_other(name, good, bad):
    assert limit(name).require(good) == good
    with pytest.raises(ValueError, match="AWS takes"):
        limit(name).require(bad)


def test_every_rule_says_what_it_wants_and_where_aws_says_so():
    for name, rule in limits().items():
        assert rule.source.startswith("https://docs.aws.amazon.com/"), name
        assert len(rule.says) > 10, name
