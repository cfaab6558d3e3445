"""Who the gateway lets in: tokens of the issuer, and signatures of roles that may."""

import asyncio
import base64
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localcloud.core import tls
from localcloud.core.ports import free_port
from localcloud.issuer import Issuer, encoded
from tests.emulator.deployed import api, function, role, statement
from tests.emulator.emulator_process import ACCOUNT, AWAY, HOME, Emulator, running

SCOPES = frozenset({"pay", "read"})


class Served:
    """The issuer in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.issuer = issuer_in(folder)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def up(self) -> None:
        asyncio.run_coroutine_threadsafe(self.issuer.start(), self.loop).result(5)

    def down(self) -> None:
        asyncio.run_coroutine_threadsafe(self.issuer.stop(), self.loop).result(5)

    def end(self) -> None:
        self.down()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


def issuer_in(folder: Path) -> Issuer:
    certificate = tls.issue(folder / "tls")
    return Issuer(port=free_port(), certificate=certificate, audience="payments", scopes=SCOPES, clients={})


@contextmanager
def guarded(folder: Path) -> Iterator[tuple[Emulator, Served, dict[str, str]]]:
    """Both regions' APIs behind one issuer, and their ids."""
    served = Served(folder)
    served.up()
    try:
        with running(folder, issuer_ca=served.issuer.certificate.ca_pem) as emulator:
            worker = role(emulator)
            ids = {name: guarded_api(emulator, worker, name, served.issuer.url) for name in (HOME, AWAY)}
            yield emulator, served, ids
    finally:
        served.end()


def guarded_api(emulator: Emulator, worker: str, region: str, issuer: str) -> str:
    made = api(emulator, function(emulator, worker, region), region)
    apis, named = emulator.client("apigatewayv2", region), {"ApiId": made["ApiId"]}
    authorizer = apis.create_authorizer(
        **named,
        AuthorizerType="JWT",
        Name="payers",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": issuer, "Audience": ["payments"]},
    )["AuthorizerId"]
    target = {"Target": apis.get_routes(**named)["Items"][0]["Target"], **named}
    for path, scopes in (("/pay", ["pay"]), ("/any", [])):
        apis.create_route(
            RouteKey=f"GET {path}",
            AuthorizationType="JWT",
            AuthorizerId=authorizer,
            AuthorizationScopes=scopes,
            **target,
        )
    apis.create_route(RouteKey="GET /signed", AuthorizationType="AWS_IAM", **target)
    apis.create_route(RouteKey="GET /other", AuthorizationType="AWS_IAM", **target)
    return str(made["ApiId"])


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Served, dict[str, str]]]:
    with guarded(tmp_path_factory.mktemp("guarded")) as found:
        yield found


def asked(emulator: Emulator, token: str | None, path: str = "/pay", region: str = HOME) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return emulator.front_door(path, region, headers)[0]


def changed(token: str, **parts: object) -> str:
    """The token with other claims, or header parameters `alg` and `kid`, under its own signature."""
    head, claims, signature = token.split(".")
    found: list[bytes] = []
    for text, names in ((head, {"alg", "kid"}), (claims, parts.keys() - {"alg", "kid"})):
        document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        document |= {name: parts[name] for name in names & parts.keys()}
        found.append(encoded(json.dumps(document).encode()))
    return b".".join([*found, signature.encode()]).decode()


def test_a_good_token_passes_and_the_function_learns_whose_it_is(cloud):
    emulator, served, _ = cloud
    token = served.issuer.mint("ada", frozenset({"pay"}))
    assert asked(emulator, token) == 200
    bare = emulator.front_door("/pay", HOME, {"Authorization": token})
    assert bare[0] == 200, "the prefix Bearer may be left out"


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "e30.e30.", "e30.e30.e30", ".."])
def test_what_is_no_token_is_401(cloud, token):
    assert asked(cloud[0], token) == 401


@pytest.mark.parametrize(
    "parts",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS512"}, {"kid": "other"}, {"kid": None}, {"sub": "eve"}],
    ids=str,
)
def test_what_the_issuer_did_not_sign_is_401(cloud, parts):
    emulator, served, _ = cloud
    token = changed(served.issuer.mint("ada", SCOPES), **parts)
    assert asked(emulator, token) == 401
    assert asked(emulator, token.rpartition(".")[0] + ".") == 401


def test_a_scope_that_lacks_is_403_and_any_token_will_do_where_none_is_asked(cloud):
    emulator, served, _ = cloud
    reader = served.issuer.mint("ada", frozenset({"read"}))
    assert (asked(emulator, reader), asked(emulator, reader, "/any")) == (403, 200)


def test_an_expired_token_and_one_of_the_future_are_401(cloud):
    emulator, served, _ = cloud
    for at in (time.time() - 3600, time.time() + 3600):
        assert asked(emulator, served.issuer.mint("ada", SCOPES, now=at)) == 401


def test_a_token_of_another_issuer_or_for_another_audience_is_401(cloud, tmp_path):
    emulator, served, _ = cloud
    other = issuer_in(tmp_path)
    assert asked(emulator, other.mint("ada", SCOPES)) == 401
    other.audience, other._key, other._kid = "others", served.issuer._key, served.issuer._kid
    other.port = served.issuer.port
    assert asked(emulator, other.mint("ada", SCOPES)) == 401
    other.audience = "payments"
    assert asked(emulator, other.mint("ada", SCOPES)) == 200, "or this test shows nothing"


def test_each_region_remembers_the_keys_of_an_issuer_that_is_lost_if_it_ever_met_a_token(tmp_path):
    with guarded(tmp_path) as (emulator, served, _):
        token = served.issuer.mint("ada", SCOPES)
        assert asked(emulator, token, region=HOME) == 200
        served.down()
        assert asked(emulator, token, region=HOME) == 200
        assert asked(emulator, token, region=AWAY) == 401, "it would have to ask"
        served.up()
        assert asked(emulator, changed(token, sub="eve"), region=AWAY) == 401
        served.down()
        assert asked(emulator, token, region=AWAY) == 200, "a refused token made it ask, too"


def test_a_jwt_authorizer_has_what_terraform_wrote_and_nothing_of_a_lambda_authorizer(cloud):
    emulator, served, ids = cloud
    [found] = emulator.client("apigatewayv2").get_authorizers(ApiId=ids[HOME])["Items"]
    assert found.pop("AuthorizerId")
    assert found == {
        "AuthorizerType": "JWT",
        "Name": "payers",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": served.issuer.url, "Audience": ["payments"]},
    }


def signed(
    emulator: Emulator, path: str, keys: Credentials, *, region: str = HOME, scope: str = "", sent: str = ""
) -> int:
    port = emulator.config["front_doors"][region]
    request = AWSRequest("GET", f"http://127.0.0.1:{port}{path}")
    SigV4Auth(keys, "execute-api", scope or region).add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", sent or path, headers=dict(request.headers))
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture(scope="module")
def session(cloud) -> Credentials:
    """A session of a role that may call one route of the API at home."""
    emulator, _, ids = cloud
    iam, name = emulator.client("iam"), "caller"
    trusted = statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action="sts:AssumeRole")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    resource = f"arn:aws:execute-api:{HOME}:{ACCOUNT}:{ids[HOME]}/$default/GET/signed"
    allowed = statement(Action="execute-api:Invoke", Resource=resource)
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=allowed)
    taken = emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return Credentials(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])


def test_a_role_may_call_what_its_policy_names_and_nothing_else(cloud, session):
    emulator = cloud[0]
    assert signed(emulator, "/signed", session) == 200
    assert signed(emulator, "/other", session) == 403
    assert signed(emulator, "/signed", session, region=AWAY) == 403


def test_the_operator_signs_too(cloud):
    emulator = cloud[0]
    keys = Credentials(emulator.config["access_key_id"], emulator.config["secret_access_key"])
    assert signed(emulator, "/other", keys) == 200


def test_a_signature_of_something_else_is_403(cloud, session):
    emulator = cloud[0]
    for keys in (
        Credentials(session.access_key, "another secret", session.token),
        Credentials(emulator.config["access_key_id"], "another secret"),
        Credentials("AKIAUNKNOWN", "x"),
    ):
        assert signed(emulator, "/signed", keys) == 403
    assert signed(emulator, "/signed", session, scope=AWAY) == 403
    assert signed(emulator, "/other", session, sent="/signed") == 403
    assert asked(emulator, None, "/signed") == 403
    assert asked(emulator, cloud[1].issuer.mint("ada", SCOPES), "/signed") == 403
