"""The application over AWS: parameters, secrets, databases and the bucket of the region it runs in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.formparsers import MultiPartParser
from starlette.types import ASGIApp, Lifespan

from apps.serving.secret_users import SecretUsers, from_secret
from apps.web.application import MOST_BODY, Parts, application
from apps.web.databases import Databases, Endpoint, Source
from apps.web.files import Files
from apps.web.names import follow
from apps.web.order import LogOrder, TimeOrder
from apps.web.pool import Pool
from apps.web.session_service import SessionService
from apps.web.settings import Settings
from apps.web.upkeep import PROBE_S, REPORT_S, Every, Report, Watch
from apps.web.users import Users
from runtime.clients import client
from runtime.database import Database, DatabaseUnavailable
from runtime.parameters import Parameters, ParameterUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

ANSWER_S = 2.0
"""The longest wait for a database, to connect and for each answer."""


def compose(settings: Settings) -> ASGIApp:
    """The application of this instance or task. It asks nothing of AWS yet but the name of its bucket.

    Where there is a service of sessions, the databases are one Aurora cluster, an encrypted parameter says
    who may sign in, and uploads stay in memory: a container has no file system that it could write.

    Raises:
        ParameterUnavailable: there is no bucket to be known. The service is started again by whoever runs it.
    """
    parameters = Parameters(client("ssm"), settings.parameter_prefix)
    secrets = client("secretsmanager")

    def hosts() -> frozenset[str]:
        try:
            return frozenset(parameters.get("db/hosts").split(","))
        except ParameterUnavailable as error:
            raise DatabaseUnavailable(str(error)) from error

    def endpoint(source: Source) -> Endpoint:
        database = Database(
            parameters, secrets, ANSWER_S, endpoint=f"db/{source}", resolve=lambda name: follow(name, hosts())
        )
        return Endpoint(source, Pool(database.connect))

    order = TimeOrder() if settings.sessions_url else LogOrder()
    databases = Databases(endpoint(Source.WRITER), endpoint(Source.REPLICA), order)
    parts = Parts(
        databases=databases,
        files=Files(client("s3", read_timeout=10.0), parameters.get("files/bucket")),
        users=SecretUsers(users_from(settings, parameters, secrets), Users.read),
        version=settings.version,
        secure=settings.scheme == "https",
        sessions=SessionService(settings.sessions_url) if settings.sessions_url else None,
    )
    if settings.sessions_url:
        MultiPartParser.spool_max_size = MOST_BODY
    return application(parts, _beside(settings, databases))


def users_from(
    settings: Settings, parameters: Parameters, secrets: "SecretsManagerClient"
) -> Callable[[], str]:
    """Where the text of the secret with users and session keys comes from."""
    if settings.sessions_url:
        return lambda: parameters.get("web/users")
    return from_secret(secrets, lambda: parameters.get("web/secret"))


def _beside(settings: Settings, databases: Databases) -> Lifespan[Starlette]:
    """What goes on beside requests. Aurora's cluster is watched by Aurora, and needs no report of ours."""
    work = [
        Every(PROBE_S, Watch(databases.writer, creates=True), "writer"),
        Every(PROBE_S, Watch(databases.replica), "replica"),
    ]
    if not settings.sessions_url:
        report = Report(client("cloudwatch"), settings.parameter_prefix.strip("/"), databases)
        work.append(Every(REPORT_S, report, "report"))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        for one in work:
            one.start()
        yield
        for one in work:
            one.stop()

    return lifespan
