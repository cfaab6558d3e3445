import re

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from runtime.signing import signed


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def sign(body: bytes = b"{}", region: str = "us-west-2") -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "synthetic-1"}
    return signed("POST", "https://a.example/synthetic-payments", body, headers, region=region)


def test_everything_that_matters_is_signed_for_the_api_of_that_region():
    headers = sign()
    scope, names, signature = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=\w+/\d{8}/(\S+)/aws4_request, SignedHeaders=(\S+), Signature=(\w{64})",
        headers["Authorization"],
    ).groups()
    assert scope == "us-west-2/execute-api"
    assert {"content-type", "host", "idempotency-key", "x-amz-date"} <= set(names.split(";"))
    assert headers["Idempotency-Key"] == "synthetic-1"
    assert signature not in (sign(b"{ }")["Authorization"] + sign(region="us-east-1")["Authorization"])


def test_without_credentials_nothing_is_signed(monkeypatch):
    monkeypatch.setattr(boto3.Session, "get_credentials", lambda _: None)
    with pytest.raises(NoCredentialsError):
        sign()
