"""What the local cloud of each system is made of."""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from apps.serving import passwords
from apps.web.users import Users
from lib.systems.load import load_any
from lib.systems.registry import SYSTEMS
from localcloud import parts
from localcloud.core.errors import LocalCloudError
from localcloud.core.stacks import Stack
from localcloud.mysql.programs import Programs
from localcloud.systems import registry, single_region
from localcloud.systems import trading as trading_module
from localcloud.systems.system import Given
from trading.order import Order

GIVEN = Given("owner's password", "-----BEGIN CERTIFICATE-----", "a key")


class Account:
    """Keeps what is made in it, by region."""

    def __init__(self) -> None:
        self.secrets, self.repositories = {}, []

    def __call__(self, service, region):
        def create_secret(**given):
            self.secrets[region, given["Name"]] = given["SecretString"]

        def create_repository(repositoryName):  # noqa: N803 - boto3's
            self.repositories.append(repositoryName)

        return SimpleNamespace(create_secret=create_secret, create_repository=create_repository)


@pytest.fixture
def system(monkeypatch):
    def system(name):
        monkeypatch.setenv("SYSTEM", name)
        return registry.local_system()

    return system


def test_every_system_has_a_local_cloud(system):
    assert registry.LOCAL.keys() == SYSTEMS.keys()
    for name in registry.LOCAL:
        assert system(name).settings.system == name


def test_a_system_without_one_is_told_which_have(monkeypatch):
    monkeypatch.setattr(registry, "LOCAL", {"payments": None})
    monkeypatch.setenv("SYSTEM", "webapp")
    with pytest.raises(
        LocalCloudError, match="SYSTEM = webapp: has no local cloud\n  choose one of: payments"
    ):
        registry.local_system()


def test_the_payment_system_has_its_secrets_in_both_regions_and_a_server_in_each(system):
    payments, account = system("payments"), Account()
    payments.seed(account, GIVEN)
    names = {"payments/database", "payments/api-key"}
    assert account.secrets.keys() == {(region, name) for region in payments.regions for name in names}
    assert {*payments.databases.items()} == {(region, region) for region in payments.regions}
    assert next(iter(payments.databases)) == payments.settings.primary.name


def test_the_trading_platform_has_its_secret_in_both_regions_and_a_mysql_server_in_each(
    system, monkeypatch, tmp_path
):
    trading, account = system("trading"), Account()
    trading.seed(account, GIVEN)
    names = {"trading/database", "trading/users"}
    assert account.secrets.keys() == {(region, name) for region in trading.regions for name in names}
    users = json.loads(account.secrets["us-east-1", "trading/users"])["users"]
    assert passwords.admits(users, "drill", GIVEN.key)
    owner = json.loads(account.secrets["us-east-2", "trading/database"])
    assert owner == {"username": "trading", "password": GIVEN.password, "ca": GIVEN.database_ca}
    assert [*trading.databases] == ["us-east-1", "us-east-2"]
    monkeypatch.setattr(parts.programs, "find", lambda: Programs(("mysqld",), None, "9.7.4"))
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a socket's path must be short
        pair = parts.pair_of(parts.plan(trading, Path(folder)), Path(folder), trading)
    assert (pair.name, pair.target("us-east-1") > 0) == ("MySQL 9.7.4", True)


def test_the_name_of_the_trading_platform_leads_to_whoever_takes_orders(system, monkeypatch):
    trading, said = system("trading"), []
    asked = []
    site = SimpleNamespace(wait_until_ready=lambda: 3.0, url=lambda: "http://127.0.0.1:81")
    monkeypatch.setattr(trading_module.Site, "of", lambda cloud, name: asked.append((cloud, name)) or site)
    cloud = SimpleNamespace(user_password="key")
    assert trading.wait_until_ready(cloud, said.append) == 3.0
    assert asked == [(cloud, "trade.dev.trading.test")]
    told = trading.how_to_call(cloud)
    assert "http://127.0.0.1:81/orders" in told
    signs_in, _, orders = told.partition("/orders ")
    assert 'TOKEN="$(curl -sS http://127.0.0.1:81/sessions ' in signs_in
    assert '{"name": "drill", "password": "key"}' in signs_in
    assert '-H "Authorization: Bearer $TOKEN"' in orders
    body = told.rpartition("-d '")[2].removesuffix("'")
    assert Order.parse(body).symbol == "ACME"


def test_the_web_application_has_both_databases_in_the_first_region(system):
    webapp = system("webapp")
    assert [*webapp.databases] == ["webapp-database-0-use1-dev", "webapp-database-1-use1-dev"]
    assert {*webapp.databases.values()} == {"us-east-1"}
    assert [name.partition(".")[0] for name in webapp.certified] == [*webapp.databases]


def test_whoever_has_the_key_may_sign_in(system):
    webapp, account = system("webapp"), Account()
    webapp.seed(account, GIVEN)
    here, settings = "us-east-1", load_any({"SYSTEM": "webapp"})
    secret = json.loads(account.secrets[here, settings.secret])
    users = Users(tuple(secret["session_keys"]), secret["users"])
    assert users.admits("ada", GIVEN.key)
    assert not users.admits("ada", "another key")
    owner = json.loads(account.secrets[here, settings.database.secret])
    assert owner == {"username": "board", "password": GIVEN.password, "ca": GIVEN.database_ca}


def test_S02_the_single_region_system_runs_the_image_that_is_pushed(system, monkeypatch):
    single, account, pushed = system("single-region"), Account(), []
    monkeypatch.setattr(single_region, "push", lambda *given: pushed.append(given))
    single.seed(account, GIVEN)
    single.publish(SimpleNamespace(operator_endpoint="http://127.0.0.1:1", access_key_id="key"))
    assert account.repositories == ["single-region"]
    assert {name for _, name in account.secrets} == {"single-region/database", "single-region/web"}
    [(endpoint, key, region, repository, image)] = pushed
    assert (endpoint, key, region, repository) == ("http://127.0.0.1:1", "key", "us-east-1", "single-region")
    asked = load_any({"SYSTEM": "single-region", **single.synthesis}).containers
    assert asked.web.image == asked.sessions.image
    assert asked.web.image.endswith(f"/single-region@{image.digest}")


def test_S01_the_clusters_names_lead_to_whoever_writes_and_whoever_reads(system):
    single = system("single-region")
    first, second = single.databases
    names = set(single.certified)
    cluster, reader = (f"{single.cluster}.cluster-{ro}c0localcloud." for ro in ("", "ro-"))

    def led_to(writer, living):
        led = single.led_to(writer, living)
        assert led.keys() == names
        return [
            next(server for name, server in led.items() if name.startswith(one)) for one in (cluster, reader)
        ]

    assert led_to(first, [first, second]) == [first, second]
    assert led_to(second, [first, second]) == [second, first]
    assert led_to(second, [second]) == [second, second]
    assert led_to(first, [second]) == [first, second]


def test_one_stack_is_destroyed_alone(system):
    assert system("single-region").destruction(None, [Stack("here", Path(), frozenset())]) == ["here"]


def test_what_needs_another_stack_is_destroyed_before_it(system):
    stacks = [
        Stack("there", Path(), frozenset()),
        Stack("here", Path(), frozenset({"there"})),
    ]
    assert system("webapp").destruction(None, stacks) == ["here", "there"]
