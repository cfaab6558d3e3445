from lib.systems.load import load_settings
from tests.unit.synthesized import synthesize


def test_the_state_goes_into_a_locked_bucket_when_one_is_named(functions, tmp_path):
    environment = {"TERRAFORM_STATE_BUCKET": "our-states", "TERRAFORM_STATE_BUCKET_REGION": "eu-west-1"}
    stacks = synthesize(load_settings(environment), functions, tmp_path)
    assert stacks["use1"].document["terraform"]["backend"] == {
        "s3": {
            "bucket": "our-states",
            "key": "payments/payments-use1-dev.tfstate",
            "region": "eu-west-1",
            "encrypt": True,
            "use_lockfile": True,
        }
    }
    remote = stacks["world"].document["data"]["terraform_remote_state"]
    assert {state["backend"] for state in remote.values()} == {"s3"}


def test_one_nat_gateway_a_zone_when_the_settings_say_so(functions, tmp_path, settings):
    dear = settings.network.model_copy(update={"nat_per_zone": True})
    stacks = synthesize(settings.model_copy(update={"network": dear}), functions, tmp_path)
    nats = stacks["use1"].document["resource"]["aws_nat_gateway"]
    used = {route["nat_gateway_id"] for route in stacks["use1"].all("aws_route") if "nat_gateway_id" in route}
    assert used == {f"${{aws_nat_gateway.{address}.id}}" for address in nats}
    assert len(used) == 3
