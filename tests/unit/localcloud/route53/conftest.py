from collections.abc import Callable

import pytest

from localcloud.core import ports
from localcloud.route53 import parsing
from localcloud.route53.records import Configuration

EAST = "aaa.execute-api.us-east-1.amazonaws.com"
WEST = "bbb.execute-api.us-west-2.amazonaws.com"
SOA = "ns-1.awsdns-1.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"


@pytest.fixture
def free_port() -> int:
    return ports.free_port()


@pytest.fixture
def configuration() -> Configuration:
    """The payments zone: east is the primary and checked for readiness, west for life."""
    return payments()


@pytest.fixture
def payments_configuration() -> Callable[..., Configuration]:
    return payments


def payments(*, interval: int = 10, threshold: int = 3) -> Configuration:
    def check(id_: str, host: str, path: str) -> dict[str, object]:
        return {
            "Id": id_,
            "HealthCheckConfig": {
                "Type": "HTTPS",
                "FullyQualifiedDomainName": host,
                "Port": 443,
                "ResourcePath": path,
                "RequestInterval": interval,
                "FailureThreshold": threshold,
            },
        }

    def half(role: str, target: str, check_id: str) -> dict[str, object]:
        return {
            "Name": "api.payments.example.",
            "Type": "CNAME",
            "TTL": 60,
            "SetIdentifier": role,
            "Failover": role,
            "HealthCheckId": check_id,
            "ResourceRecords": [{"Value": target}],
        }

    def simple(name: str, type_: str, ttl: int, *values: str) -> dict[str, object]:
        return {
            "Name": name,
            "Type": type_,
            "TTL": ttl,
            "ResourceRecords": [{"Value": value} for value in values],
        }

    zone = parsing.zone(
        "payments.example.",
        [
            simple("payments.example.", "SOA", 900, SOA),
            simple("payments.example.", "NS", 172800, "ns-1.awsdns-1.org.", "ns-2.awsdns-2.com."),
            half("PRIMARY", EAST, "ready-east"),
            half("SECONDARY", WEST, "live-west"),
            simple("www.payments.example.", "CNAME", 300, "api.payments.example"),
            simple("loop.payments.example.", "CNAME", 5, "loop.payments.example"),
            simple("status.team.payments.example.", "TXT", 30, '"all well"'),
            {
                "Name": "alias.payments.example.",
                "Type": "CNAME",
                "AliasTarget": {
                    "HostedZoneId": "Z1",
                    "DNSName": "api.payments.example.",
                    "EvaluateTargetHealth": True,
                },
            },
        ],
    )
    return parsing.configuration(
        [zone],
        [
            check("ready-east", EAST, "/health/ready"),
            check("live-west", WEST, "/health/live"),
        ],
    )
