from pathlib import Path

import pytest

from lib.errors import SettingsError
from lib.facts import CONFIG
from lib.regions import Role
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_settings
from lib.systems.payments.settings import PaymentsSettings

PAYMENTS = (CONFIG / "payments.toml").read_text()


def complaint(folder: Path, change: tuple[str, str] = ("", ""), **environment: str) -> str:
    """What the settings say when *change* replaces text in payments.toml."""
    old, new = change
    assert old in PAYMENTS
    (folder / "payments.toml").write_text(PAYMENTS.replace(old, new, 1) if old else PAYMENTS)
    with pytest.raises(SettingsError) as refused:
        load_settings(environment, folder=folder)
    return str(refused.value)


def test_P22_everything_named_comes_from_the_file_and_the_environment():
    settings = load_settings({"ENVIRONMENT_SUFFIX": "pr-42"})
    assert [region.name for region in settings.regions] == ["us-east-1", "us-west-2"]
    assert settings.witness == "us-east-2"
    assert settings.name("keeper") == "payments-keeper-pr-42"
    assert settings.name("keeper", settings.regions.second) == "payments-keeper-usw2-pr-42"
    assert settings.parameter_prefix == "/payments-pr-42"
    assert settings.public_name == "pay.pr-42.payments.test"


@pytest.mark.parametrize(
    ("environment", "context", "suffix"),
    [
        ({}, None, "dev"),
        ({}, "staging", "staging"),
        ({"ENVIRONMENT_SUFFIX": "pr1"}, "staging", "pr1"),
        ({"ENVIRONMENT_SUFFIX": ""}, None, "dev"),
    ],
)
def test_the_suffix_comes_from_environment_then_context(environment, context, suffix):
    assert load_settings(environment, context_suffix=context).environment_suffix == suffix


@pytest.mark.parametrize(("named", "home"), [("", "us-east-1"), ("us-east-1",) * 2, ("us-west-2",) * 2])
def test_B05_the_environment_may_swap_the_roles_and_the_order_of_the_regions_stays(named, home):
    settings = load_settings({"PRIMARY_REGION": named})
    assert settings.primary.name == home
    assert [region.name for region in settings.regions] == ["us-east-1", "us-west-2"]
    assert [region.name for region in settings.regions if region.role is Role.PRIMARY] == [home]


def test_nothing_is_accepted_early_into_a_journal_that_may_lose_it(tmp_path):
    said = complaint(tmp_path, ('journal = "trusted"', 'journal = "untrusted"'))
    assert 'early_acceptance.requests = 240000: needs approvals.journal = "trusted"' in said


def test_a_recorder_that_no_rule_reads_is_refused(tmp_path):
    section = PAYMENTS[PAYMENTS.index("[compliance]") : PAYMENTS.index("[drills]")]
    said = complaint(tmp_path, (section, "[compliance]\nrules = false\nrecorder = true\n"))
    assert "compliance.recorder = true: without compliance.rules nobody reads what it records" in said


def test_a_primary_that_is_neither_region_is_refused(tmp_path):
    said = complaint(tmp_path, PRIMARY_REGION="eu-west-1")
    assert said.startswith("PRIMARY_REGION = eu-west-1: is neither us-east-1 nor us-west-2; choose")
    assert "standby" in complaint(tmp_path, ("[standby]", "[stand]"), PRIMARY_REGION="us-west-2")


@pytest.mark.parametrize(
    "suffix", ["Dev", "dev_1", "-dev", "dev-", "a--b", "dev.1", "a23456789-1234567", "dev\n"]
)
def test_a_suffix_that_would_spoil_names_is_refused(tmp_path, suffix):
    said = complaint(tmp_path, ENVIRONMENT_SUFFIX=suffix)
    assert f"ENVIRONMENT_SUFFIX = {suffix!r}" in said
    assert "use 1 to 16 lower-case letters" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("archive_days = 30", "archive_days = 0"), "events.archive_days = 0: Input should be greater"),
        (("retention_days = 7 #", "retention_days = 0 #"), "backup.retention_days = 0: Input should be"),
        (("hour_utc = 5 ", "hour_utc = 24 "), "backup.hour_utc = 24: Input should be less than"),
        (("recorder = false", "recorder = 3"), "compliance.recorder = 3: Input should be a valid boolean"),
        (('name = "us-west-2"', 'name = "eu-south-1"'), "standby.name = 'eu-south-1': no such region, or"),
        (('name = "us-west-2"', 'name = "us-west-9"'), "standby.name = 'us-west-9': no such region"),
        (('name = "us-west-2"', 'name = "us-east-1"'), "standby.name = us-east-1: is the primary"),
        (('witness = "us-east-2"', 'witness = "us-west-2"'), "witness = us-west-2: holds data already"),
        (('witness = "us-east-2"', 'witness = "eu-west-1"'), "witness = eu-west-1: cannot vote with"),
        (("10.20.0.0/16", "10.10.128.0/17"), "standby.cidr = 10.10.128.0/17: overlaps primary.cidr"),
        (("10.20.0.0/16", "8.8.0.0/16"), "a private block between /16 and /24"),
        (("10.20.0.0/16", "10.20.0.0/25"), "a private block between /16 and /24"),
        (("10.20.0.0/16", "10.0.0.0/8"), "a private block between /16 and /24"),
        (('"16.11"', '"16.6"'), "database.engine_version = '16.6': aurora-postgresql cannot be created"),
        (("rto_s = 900", "rto_s = 0"), "objectives.rto_s = 0: Input should be greater than 0"),
        (
            ("rto_s = 900", 'rto_s = 900\nrto = "15 min"'),
            "objectives.rto = '15 min': no such setting; remove it",
        ),
        (("rto_s = 900", ""), "objectives.rto_s: is missing; add it"),
        (
            ("keeper_lifetime_s = 190", "keeper_lifetime_s = 189"),
            "protocol.keeper_lifetime_s = 189: does not outlive 2 missed starts; set it to 190 or more",
        ),
        (("lease_ttl_s = 30", "lease_ttl_s = 22"), "lease_ttl_s = 22: does not outlive one lost tick"),
        (("interval_s = 10", "interval_s = 20"), "dns.health_check_interval_s = 20"),
        (('zone = "own"', 'zone = "mine"'), "dns.zone = 'mine'"),
        (("audit_retention_days = 365", "audit_retention_days = 180"), "logs.audit_retention_days = 180"),
        (("fixed_rate = 0.05", "fixed_rate = 5"), "tracing.fixed_rate = 5"),
        (("rate_limit = 500", "rate_limit = 0"), "api.rate_limit = 0"),
        (("[alarms]", '[alarms]\nemail = "nobody"'), "alarms.email = 'nobody'"),
        (
            ("[alarms]", '[alarms]\nemail = "nobody@host"'),
            "'nobody@host': AWS takes an address",
        ),
        (
            ('system = "payments"', 'system = "2pay"'),
            "2pay-ledger-0-use1-dev cannot be created",
        ),
        (('system = "payments"', 'system = "sg"'), "sg-functions-dev cannot be created"),
        (('system = "payments"', 'system = "aws-pay"'), "/aws-pay-dev/failover/state-machine cannot be"),
        (('system = "payments"', 'system = "ssm"'), "not beginning with aws or ssm; choose a system"),
        (('system = "payments"', 'system = "amazon"'), "amazon-drill-dev cannot be created"),
        (('username = "payments"', f'username = "{"p" * 17}"'), "AWS takes 1 to 16 letters and digits"),
        (('username = "payments"', 'username = "pay_ments"'), "database.username = 'pay_ments': AWS takes"),
        (('username = "payments"', 'username = "admin"'), "database.username = 'admin': AWS takes"),
        (('username = "payments"', 'username = "Payments"'), "database.username = 'Payments'"),
        (('name = "payments"', 'name = "order"'), "database.name = 'order': AWS takes 1 to 63"),
        (("db.r5.large", "db.t3.medium"), "database.instance_class = 'db.t3.medium': a global database"),
        (("db.r5.large", "db.r5.small"), "database.instance_class = 'db.r5.small': a global database"),
        (('"payments/database"', '"payments database"'), "database.secret = 'payments database': AWS takes"),
        (('"payments/api-key"', '"arn:aws:x"'), "api.key_secret = 'arn:aws:x': AWS takes 1 to 512"),
        (("python3.13", "python3.8"), "functions.runtime = 'python3.8': Lambda does not maintain it"),
        (("10.20.0.0/16", "169.254.0.0/16"), "within one of 10.0.0.0/8"),
        (("10.20.0.0/16", "127.0.0.0/16"), "within one of 10.0.0.0/8"),
        (("10.20.0.0/16", "10.20.0.0/15"), "a private block between /16 and /24"),
        (("10.20.0.0/16", "10.20.0.0/29"), "a private block between /16 and /24"),
        (("10.20.0.0/16", "10.20.1.0/16"), "standby.cidr = '10.20.1.0/16': "),
        (("zones = 3", "zones = 5"), "network.zones = 5: us-west-2 offers 4"),
        (("retention_days = 30", "retention_days = 45"), "logs.retention_days = 45: CloudWatch Logs keeps"),
        (('"payments.test"', '"pay_.-ments.test"'), "dns.domain = 'pay_.-ments.test': AWS takes labels"),
        (
            ("delegated = false", "delegated = true"),
            "nobody can delegate payments.test",
        ),
        (
            ("[drills]", '[drills]\nschedule = "cron(0 9 * * *)"'),
            "'cron(0 9 * * *)': 5 fields",
        ),
        (("[drills]", '[drills]\nschedule = "rate(1 days)"'), "drills.schedule = 'rate(1 days)': rate(1 day"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_mistake_is_one_line_with_key_value_and_fix(tmp_path, change, said):
    message = complaint(tmp_path, change)
    assert message.startswith("payments.toml: ")
    assert said in message
    assert len(message.splitlines()) == 1


def test_a_name_of_a_certificate_is_shorter_than_one_of_dns():
    given = load_settings({}).model_dump()
    long = ".".join(["a" * 50] * 2) + ".com"
    plain = given | {"dns": given["dns"] | {"domain": long}}
    assert PaymentsSettings.model_validate(plain).public_name == f"pay.dev.{long}"
    with pytest.raises(ValueError, match="at most 64 characters as the first name of a certificate"):
        PaymentsSettings.model_validate(plain | {"dns": plain["dns"] | {"delegated": True}})


def test_a_state_bucket_has_a_name_that_s3_takes(tmp_path):
    said = complaint(tmp_path, TERRAFORM_STATE_BUCKET="My_States", TERRAFORM_STATE_BUCKET_REGION="us-east-1")
    assert "TERRAFORM_STATE_BUCKET = 'My_States': AWS takes 3 to 63 lower-case" in said


def test_two_mistakes_are_two_lines(tmp_path):
    change = ('name = "us-west-2"', 'name = "nowhere"\nzone = 1')
    assert len(complaint(tmp_path, change).splitlines()) == 2


def test_P14_backtrack_is_refused_with_what_can_be_had_instead(tmp_path):
    said = complaint(tmp_path, ("[database]", "[database]\nbacktrack_hours = 72"))
    assert "database.backtrack_hours = 72: Aurora offers backtrack neither on PostgreSQL" in said
    assert "backup_retention_days >= 3 covers 72 hours" in said


def test_P14_seventy_two_hours_can_be_rewound(settings):
    assert settings.database.backup_retention_days * 24 >= 72


def test_a_section_that_is_no_table_is_refused(tmp_path):
    said = complaint(tmp_path, ('system = "payments"', 'system = "payments"\nstate = 3'))
    assert said.startswith("payments.toml: state = 3: ")


@pytest.mark.parametrize(("version", "major"), [("~> 6.0", 6), ("5.100.0", 5), ("6.25.0", 6)])
def test_the_provider_version_can_be_overridden(version, major):
    settings = load_settings({"AWS_PROVIDER_VERSION": version})
    assert (settings.provider.aws, settings.provider.major) == (version, major)


@pytest.mark.parametrize("version", ["4.67.0", "7.0.0", "latest", ">= 5.0", "6.\u0662.0", "6.25.0\u0660"])
def test_a_provider_the_stacks_do_not_fit_is_refused(tmp_path, version):
    said = complaint(tmp_path, AWS_PROVIDER_VERSION=version)
    assert f"AWS_PROVIDER_VERSION or provider.aws = {version!r}" in said
    assert "5.100.0" in said


def test_a_state_bucket_needs_its_region(tmp_path):
    said = complaint(tmp_path, TERRAFORM_STATE_BUCKET="states")
    assert "TERRAFORM_STATE_BUCKET_REGION = ''" in said


def test_an_unknown_system_names_the_known_ones(tmp_path):
    assert (
        complaint(tmp_path, SYSTEM="pay")
        == "SYSTEM = pay: there is no such system; systems: payments, single-region, trading, webapp"
    )


def test_an_unknown_system_in_an_empty_folder(tmp_path):
    with pytest.raises(SettingsError, match="systems: none"):
        load_settings({}, folder=tmp_path)


@pytest.mark.parametrize("content", [b"system = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path, content):
    (tmp_path / "payments.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"payments\.toml: cannot be read .*; mend the file"):
        load_settings({}, folder=tmp_path)


def test_settings_do_not_change(settings: TwoRegionSettings):
    with pytest.raises(ValueError, match="frozen"):
        settings.system = "other"  # type: ignore[misc]
