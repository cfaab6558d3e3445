"""P12, P16, P18: what a setting adds, applied by the real provider: recorder, domain, scheduled drill."""

from pathlib import Path

import pytest
from cdktf import App, TerraformProvider
from cdktf_cdktf_provider_aws.apigatewayv2_api import Apigatewayv2Api
from cdktf_cdktf_provider_aws.apigatewayv2_stage import Apigatewayv2Stage
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone

from lib.failover.switchover_drill import SwitchoverDrill
from lib.network.api_domain import ApiDomain, DomainEnd
from lib.provider import provider_in
from lib.regions import Region
from lib.security.compliance import Compliance
from lib.settings.compliance import ComplianceSettings
from lib.settings.drills import Drills
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site
from lib.stack import AwsStack
from lib.systems.load import load_settings
from localcloud.core.terraform import Terraform
from localcloud.core.toolchain import PROVIDER_VERSION
from tests.emulator.emulator_process import AWAY, HOME


@pytest.fixture(scope="module")
def settings() -> TwoRegionSettings:
    given = load_settings({"ENVIRONMENT_SUFFIX": "options", "AWS_PROVIDER_VERSION": PROVIDER_VERSION})
    return given.model_copy(
        update={
            "compliance": ComplianceSettings(recorder=True),
            "drills": Drills(schedule="cron(0 9 ? * TUE *)"),
            "dns": given.dns.model_copy(update={"delegated": True}),
        }
    )


class OptionalParts(AwsStack):
    """The parts that no default deploys, and the least that they hang on."""

    def __init__(self, app: App, settings: TwoRegionSettings) -> None:
        super().__init__(app, settings=settings, what="options", region=settings.regions.first)
        self._settings = settings
        Compliance(self, "compliance", site=self.site)
        zone = Route53Zone(self, "zone", name=settings.zone_name, force_destroy=True)
        ends = settings.regions.map(self._end)
        ApiDomain(self, "domain", settings=settings, zone_id=zone.zone_id, ends=ends)
        SwitchoverDrill(
            self,
            "drill",
            settings=settings,
            sites=settings.regions.map(lambda region: Site(settings, region, self.site.account)),
            providers=ends.map(lambda end: end.provider),
        )

    def _end(self, region: Region) -> DomainEnd:
        provider: TerraformProvider = provider_in(
            self, f"aws-{region.code}", settings=self._settings, region=region, alias=region.code
        )
        name = self._settings.name("api", region)
        api = Apigatewayv2Api(self, f"api-{region.code}", name=name, protocol_type="HTTP", provider=provider)
        stage = Apigatewayv2Stage(
            self, f"stage-{region.code}", api_id=api.id, name="$default", auto_deploy=True, provider=provider
        )
        return DomainEnd(region.code, stage.api_id, provider)


@pytest.fixture(scope="module")
def terraform(emulator, settings, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("options")
    app = App(outdir=str(folder), stack_traces=False)
    stack = OptionalParts(app, settings)
    app.synth()
    keys = ("access_key_id", "secret_access_key")
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{emulator.operator}",
        "AWS_REGION": HOME,
        **{f"AWS_{key.upper()}": emulator.config[key] for key in keys},
    }
    tool = Terraform(folder / "stacks" / stack.to_string(), environment)
    tool.init()
    tool.apply()
    return tool


def test_P20_a_second_plan_of_the_optional_parts_is_empty(terraform):
    assert terraform.planned_changes() == 0


@pytest.mark.usefixtures("terraform")
def test_P12_the_recorder_runs_and_the_rules_are_there(emulator):
    told = emulator.client("config").describe_configuration_recorder_status()
    assert [one["recording"] for one in told["ConfigurationRecordersStatus"]] == [True]
    assert len(emulator.client("config").describe_config_rules()["ConfigRules"]) == 8


@pytest.mark.usefixtures("terraform")
def test_P18_both_regions_serve_the_domain_with_a_certificate_of_their_own(emulator, settings):
    for region in (HOME, AWAY):
        (domain,) = emulator.client("apigatewayv2", region).get_domain_names()["Items"]
        assert domain["DomainName"] == settings.public_name
        (end,) = domain["DomainNameConfigurations"]
        assert f":acm:{region}:" in end["CertificateArn"]
        certificate = emulator.client("acm", region).describe_certificate(
            CertificateArn=end["CertificateArn"]
        )
        assert certificate["Certificate"]["Status"] == "ISSUED"


@pytest.mark.usefixtures("terraform")
def test_P16_the_drill_is_there_in_both_regions_and_starts_by_itself(emulator, settings):
    name = settings.name("drill")
    for region in (HOME, AWAY):
        assert "Confirm" in emulator.client("ssm", region).get_document(Name=name)["Content"]
    (rule,) = emulator.client("events", AWAY).list_rules(NamePrefix=name)["Rules"]
    assert rule["ScheduleExpression"] == settings.drills.schedule


def test_P20_the_optional_parts_leave_nothing_behind(terraform):
    terraform.destroy()
    assert terraform.resources() == 0
