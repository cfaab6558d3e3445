"""`dr token`: an access token of the system's own client, for a request by hand."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from dr.access_token import Client, NoToken, ca_file
from dr.calls import AwsUnavailable, ask, client
from dr.envelope import write
from dr.exits import Exit
from dr.options import AsJson
from dr.reasons.kinds import Kind
from lib.settings.authorization import Mode
from lib.systems.load import load_settings


def token(
    region: Annotated[
        str | None, typer.Option("--region", help="Whose parameter has the client's secret. Default: any.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print an access token of the system's own client: curl -H "Authorization: Bearer $(dr token)"."""
    settings = load_settings()
    if settings.api is None:
        raise NoToken(f"{settings.system} has no API that asks for tokens")
    authorization = settings.api.authorization
    if authorization.mode is Mode.NONE:
        raise NoToken(f"nobody is asked for a token (api.authorization.mode = none): {authorization.reason}")
    kind = NoToken.kind
    for place in [region] if region else [one.name for one in settings.regions]:
        ssm = client("ssm", place)
        name = f"{settings.parameter_prefix}/api/key"
        try:
            found = ask(place, lambda: ssm.get_parameter(Name=name, WithDecryption=True))  # noqa: B023
        except AwsUnavailable as error:
            Console(stderr=True, highlight=False).print(f"{error}", soft_wrap=True)
            kind = NoToken.kind if error.kind == Kind.NOT_FOUND else error.kind
            continue
        secret = found["Parameter"]["Value"]
        granted = Client.of(authorization, secret=secret, ca_file=ca_file()).token()
        if as_json:
            write("token", Exit.DONE, {"token": granted.value, "expires_at": granted.expires_at})
            return
        sys.stdout.write(granted.value + ("\n" if sys.stdout.isatty() else ""))
        return
    told = "has" if kind == NoToken.kind else "tells"
    raise NoToken(f"no region {told} the secret of the system's own client", kind=kind)
