"""This region's own API, asked over HTTP the way a client asks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError

from runtime.parameters import Parameters, ParameterUnavailable
from runtime.signing import signed

LIVE_TIMEOUT_S = 2.0


class ApiUnavailable(RuntimeError):
    """The API did not answer at all."""


@dataclass(frozen=True, slots=True)
class RegionAnswer:
    """Status and headers (names in lower case) of an answer."""

    status: int
    headers: Mapping[str, str]


class RegionApi:
    """The API that `{prefix}/api/endpoint` names."""

    def __init__(self, parameters: Parameters, *, region: str) -> None:
        self._parameters = parameters
        self._region = region

    def live(self) -> bool:
        """Whether /health/live answers 200 within two seconds.

        Raises:
            ApiUnavailable: it did not answer.
        """
        return self.send("GET", "/health/live", LIVE_TIMEOUT_S).status == HTTPStatus.OK

    def ready(self) -> bool:
        """Whether /health/ready answers 200: it takes requests.

        Raises:
            ApiUnavailable: it did not answer.
        """
        return self.send("GET", "/health/ready", LIVE_TIMEOUT_S).status == HTTPStatus.OK

    def send(
        self,
        method: str,
        path: str,
        timeout_s: float,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        sign: bool = True,
    ) -> RegionAnswer:
        """The answer to one request, signed with the own role if it has headers and *sign* says so.

        Raises:
            ApiUnavailable: it did not answer within so many seconds.
        """
        try:
            endpoint = self._parameters.get("api/endpoint")
            if headers and sign:
                headers = signed(method, endpoint + path, body, headers, region=self._region)
            url = urlsplit(endpoint)
            # Not urllib.request: a proxy from the environment or a redirect would answer for the API.
            scheme = HTTPSConnection if url.scheme == "https" else HTTPConnection
            connection = scheme(url.netloc, timeout=timeout_s)
            try:
                connection.request(method, url.path + path, body or None, headers or {})
                response = connection.getresponse()
                response.read()
            finally:
                connection.close()
        except (BotoCoreError, OSError, HTTPException, ParameterUnavailable) as error:
            raise ApiUnavailable(f"{method} {path}: {error!r}") from error
        return RegionAnswer(response.status, {key.lower(): value for key, value in response.getheaders()})
