"""Requests that a role signs: what an IAM route of API Gateway asks for (Signature Version 4)."""

from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from runtime.clients import credentials


def signed(method: str, url: str, body: bytes, headers: Mapping[str, str], *, region: str) -> dict[str, str]:
    """The headers of the request with the signature of whoever runs this, for the API of that region.

    Raises:
        BotoCoreError: there are no credentials to sign with.
    """
    request = AWSRequest(method, url, data=body, headers=dict(headers))
    SigV4Auth(credentials(), "execute-api", region).add_auth(request)
    return dict(request.headers)
