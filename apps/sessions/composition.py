"""The service over AWS: the table of the region it runs in."""

from starlette.types import ASGIApp

from apps.sessions.settings import SessionsSettings
from apps.sessions.store import SessionTable
from apps.sessions.surface import surface
from runtime.clients import client
from runtime.parameters import Parameters


def compose(settings: SessionsSettings) -> ASGIApp:
    """The service of this task.

    Raises:
        ParameterUnavailable: the name of the table cannot be read. ECS starts another task.
    """
    parameters = Parameters(client("ssm"), settings.parameter_prefix)
    return surface(SessionTable(client("dynamodb"), parameters.get("sessions/table")), settings.version)
