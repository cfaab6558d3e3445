import pytest

from localcloud.emulator.guard import api_named_by, refusal

API_HOST = "aaaa1111.execute-api.us-east-1.amazonaws.com"


@pytest.mark.parametrize("host", ["127.0.0.1:4000", "localhost", "LOCALHOST:80", "[::1]:9"])
@pytest.mark.parametrize("front_door", [True, False])
def test_this_machine_may_talk(host, front_door):
    assert refusal({"host": host}, front_door=front_door) is None


@pytest.mark.parametrize("host", ["", "page.test", "127.0.0.1.page.test", "localhost.page.test:80"])
@pytest.mark.parametrize("front_door", [True, False])
def test_other_names_may_not(host, front_door):
    assert refusal({"host": host}, front_door=front_door)


def test_the_name_of_an_api_is_a_name_of_front_doors_only():
    assert refusal({"host": API_HOST}, front_door=True) is None
    assert refusal({"host": API_HOST}, front_door=False)


def test_web_pages_may_not_even_on_this_machine():
    assert refusal({"host": "localhost", "origin": "http://localhost"}, front_door=True)


@pytest.mark.parametrize(
    ("host", "api"), [(API_HOST, "aaaa1111"), (f"{API_HOST.upper()}:443", "aaaa1111"), ("127.0.0.1", None)]
)
def test_a_host_names_its_api(host, api):
    assert api_named_by(host) == api
