"""The engines of a global database: what differs between them. Pure: no construct."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.settings.data import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineProfile:
    """One engine as a cluster and its instances are given it."""

    logs: Mapping[str, str]
    """What it exports to CloudWatch Logs, by the id of the construct that keeps the log group."""
    family_digits: int
    """How many parts of the version name the family of its parameter groups: 16, or 8.0."""
    cluster: Mapping[str, str]
    """Parameters of the whole cluster."""
    instance: Mapping[str, str] = field(default_factory=dict)
    """Parameters that Aurora takes for single instances only."""

    def family(self, engine: Engine, version: str) -> str:
        """The family of parameter groups: ``aurora-mysql8.0``."""
        return f"{engine}{'.'.join(version.split('.')[: self.family_digits])}"


PROFILES: Mapping[Engine, EngineProfile] = {
    Engine.POSTGRESQL: EngineProfile(
        logs={"logs": "postgresql"}, family_digits=1, cluster={"rds.force_ssl": "1"}
    ),
    Engine.MYSQL: EngineProfile(
        logs={f"{kind}-logs": kind for kind in ("audit", "error", "general", "slowquery")},
        family_digits=2,
        cluster={
            "require_secure_transport": "ON",
            "server_audit_logging": "1",
            "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
        },
        instance={
            "general_log": "1",
            "slow_query_log": "1",
            "long_query_time": "1",
            "log_output": "FILE",
        },
    ),
}
"""Both refuse whoever comes without TLS. An export of MySQL's is empty until the log itself is switched on:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.CloudWatch.html
The audit log says who connected and who changed rights or tables; the general one what was asked."""
