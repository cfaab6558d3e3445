import pytest

from tests.emulator.deployed import api, function, role
from tests.emulator.emulator_process import AWAY, HOME


@pytest.fixture(scope="module")
def apis(emulator):
    worker = role(emulator)
    return {region: api(emulator, function(emulator, worker, region), region) for region in (HOME, AWAY)}


@pytest.mark.parametrize("region", [HOME, AWAY])
def test_the_endpoint_of_an_api_is_its_regions_front_door(emulator, apis, region):
    endpoint = f"http://127.0.0.1:{emulator.config['front_doors'][region]}"
    read = emulator.client("apigatewayv2", region).get_api(ApiId=apis[region]["ApiId"])
    assert (apis[region]["ApiEndpoint"], read["ApiEndpoint"]) == (endpoint, endpoint)


@pytest.mark.usefixtures("apis")
@pytest.mark.parametrize("region", [HOME, AWAY])
def test_a_front_door_leads_to_the_api_of_its_region(emulator, region):
    status, body = emulator.front_door("/nap", region)
    assert (status, body["region"], body["path"]) == (200, region, "/nap")


@pytest.mark.usefixtures("apis")
def test_a_path_the_emulator_answers_itself_reaches_the_api(emulator):
    assert emulator.front_door("/health")[1]["path"] == "/health"


def test_an_api_can_be_named_by_its_host(emulator, apis):
    host = {"Host": f"{apis[HOME]['ApiId']}.execute-api.{HOME}.amazonaws.com"}
    assert emulator.front_door("/nap", HOME, host)[0] == 200
    assert emulator.front_door("/nap", AWAY, host)[0] == 404


@pytest.mark.usefixtures("apis")
def test_an_unknown_route_is_not_found(emulator):
    assert emulator.front_door("/nothing") == (404, {"message": "Not Found"})
