"""Rights on what runs, what tells of it and what reacts to it."""

from collections.abc import Iterable

from dr.rights import actions
from dr.rights.statements import do, ours
from lib.iam import Statement
from lib.settings.common import CommonSettings


def apis(_: CommonSettings, __: str) -> Iterable[Statement]:
    """HTTP APIs, which have ids of AWS."""
    places = ("apis", "apis/*", "domainnames", "domainnames/*", "tags/*")
    yield do("apigateway", "DELETE GET PATCH POST PUT", [f"arn:aws:apigateway:*::/{one}" for one in places])


def functions(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Functions of Lambda."""
    yield do("lambda", actions.FUNCTIONS, [f"arn:aws:lambda:*:{account}:function:{ours(settings)}"])


def events(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Rules, on the bus of the account and on buses of our own."""
    yield do("events", actions.RULES, [f"arn:aws:events:*:{account}:rule/{ours(settings)}"])


def buses(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Buses with their archives."""
    kinds = ("archive", "event-bus")
    yield do(
        "events", actions.BUSES, [f"arn:aws:events:*:{account}:{kind}/{ours(settings)}" for kind in kinds]
    )
    yield do("events", "PutPermission RemovePermission")


def endpoints(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Global endpoints, which lead to the bus of either region."""
    yield do("events", actions.ENDPOINTS, [f"arn:aws:events:*:{account}:endpoint/{ours(settings)}"])


def logs(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Log groups, whose names begin with those of services; and who may deliver logs."""
    yield do("logs", actions.LOG_GROUPS, [f"arn:aws:logs:*:{account}:log-group:*{ours(settings)}"])
    yield do("logs", actions.LOG_DELIVERY)


def alarms(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Alarms and dashboards."""
    yield do("cloudwatch", actions.ALARMS, [f"arn:aws:cloudwatch:*:{account}:alarm:{ours(settings)}"])
    yield do("cloudwatch", "DescribeAlarms")
    board = f"arn:aws:cloudwatch::{account}:dashboard/{ours(settings)}"
    yield do("cloudwatch", "DeleteDashboards GetDashboard PutDashboard", [board])


def messages(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Topics, and who reads them."""
    yield do("sns", actions.TOPICS, [f"arn:aws:sns:*:{account}:{ours(settings)}"])
    yield do("sns", "GetSubscriptionAttributes Unsubscribe")


def queues(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Queues."""
    yield do("sqs", actions.QUEUES, [f"arn:aws:sqs:*:{account}:{ours(settings)}"])


def parameters(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Parameters of Systems Manager."""
    yield do("ssm", actions.PARAMETERS, [f"arn:aws:ssm:*:{account}:parameter/{ours(settings)}"])
    yield do("ssm", "DescribeParameters")


def documents(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Runbooks of Systems Manager."""
    yield do("ssm", actions.DOCUMENTS, [f"arn:aws:ssm:*:{account}:document/{ours(settings)}"])


def machines(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """State machines."""
    yield do("states", actions.MACHINES, [f"arn:aws:states:*:{account}:stateMachine:{ours(settings)}"])
    yield do("states", "ValidateStateMachineDefinition")


def compliance(_: CommonSettings, __: str) -> Iterable[Statement]:
    """Rules of AWS Config, which have ids of AWS, and its one recorder."""
    yield do("config", actions.CONFIG)


def experiments(_: CommonSettings, __: str) -> Iterable[Statement]:
    """Templates of Fault Injection Service, which have ids of AWS."""
    yield do("fis", actions.EXPERIMENTS)


def tracing(_: CommonSettings, __: str) -> Iterable[Statement]:
    """Groups and sampling rules of X-Ray."""
    yield do("xray", actions.TRACING)
