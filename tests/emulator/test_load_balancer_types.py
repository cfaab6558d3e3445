"""The real provider deploys load balancers: the second plan is empty, and destroy leaves nothing."""

import json

import pytest

from localcloud.core.terraform import Terraform
from localcloud.core.toolchain import PROVIDER_VERSION
from tests.emulator.emulator_process import HOME, running

SOURCE = {"source": "hashicorp/aws", "version": PROVIDER_VERSION}
ZONES = "bc"


def reference(address, attribute="arn"):
    return f"${{{address}.{attribute}}}"


def group(name, **more):
    return {
        "name": name,
        "port": 8080,
        "protocol": "HTTP",
        "vpc_id": reference("aws_vpc.web", "id"),
        **more,
    }


def forward(*weighted):
    groups = [
        {"arn": reference(f"aws_lb_target_group.{name}"), "weight": weight} for name, weight in weighted
    ]
    return {
        "type": "forward",
        "forward": {"target_group": groups, "stickiness": {"enabled": True, "duration": 60}},
    }


def listener(port, protocol, action, **more):
    return {
        "load_balancer_arn": reference("aws_lb.web"),
        "port": port,
        "protocol": protocol,
        "default_action": action,
        **more,
    }


def rule(priority, action, *conditions):
    return {
        "listener_arn": reference("aws_lb_listener.https"),
        "priority": priority,
        "action": action,
        "condition": list(conditions),
    }


NO = {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "403"}}
NETWORK = {
    "aws_vpc": {"web": {"cidr_block": "10.8.0.0/16"}},
    "aws_subnet": {
        zone: {
            "vpc_id": reference("aws_vpc.web", "id"),
            "cidr_block": f"10.8.{number}.0/24",
            "availability_zone": f"{HOME}{zone}",
        }
        for number, zone in enumerate(ZONES)
    },
    "aws_security_group": {"web": {"name": "web", "vpc_id": reference("aws_vpc.web", "id")}},
}
BALANCER = {
    "aws_lb": {
        "web": {
            "name": "web",
            "subnets": [reference(f"aws_subnet.{zone}", "id") for zone in ZONES],
            "security_groups": [reference("aws_security_group.web", "id")],
            "drop_invalid_header_fields": True,
            "client_keep_alive": 60,
            "idle_timeout": 30,
            "access_logs": {
                "bucket": reference("aws_s3_bucket.logs", "id"),
                "prefix": "web",
                "enabled": True,
            },
        }
    },
    "aws_s3_bucket": {"logs": {"bucket": "web-access-logs", "force_destroy": True}},
    "aws_lb_target_group": {
        "blue": group(
            "blue",
            deregistration_delay=30,
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check={"path": "/health", "interval": 10, "timeout": 5, "matcher": "200-299,301"},
            stickiness={"type": "lb_cookie", "cookie_duration": 60},
            target_group_health={
                "dns_failover": {"minimum_healthy_targets_count": 1},
                "unhealthy_state_routing": {"minimum_healthy_targets_count": 2},
            },
        ),
        "green": group("green", slow_start=30, target_type="ip"),
    },
    "aws_lb_target_group_attachment": {
        "green": {
            "target_group_arn": reference("aws_lb_target_group.green"),
            "target_id": "10.8.0.10",
            "port": 8081,
        }
    },
}
CERTIFICATES = {
    "aws_acm_certificate": {
        name: {"domain_name": f"{name}.example.test", "validation_method": "DNS"} for name in ("www", "api")
    },
    "aws_lb_listener_certificate": {
        "api": {
            "listener_arn": reference("aws_lb_listener.https"),
            "certificate_arn": reference("aws_acm_certificate.api"),
        }
    },
}
LISTENERS = {
    "aws_lb_listener": {
        "http": listener(
            80,
            "HTTP",
            {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}},
        ),
        "https": listener(
            443,
            "HTTPS",
            forward(("blue", 90), ("green", 10)),
            certificate_arn=reference("aws_acm_certificate.www"),
            ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            routing_http_response_strict_transport_security_header_value="max-age=31536000",
        ),
    },
    "aws_lb_listener_rule": {
        "closed": rule(
            10,
            NO,
            {"path_pattern": {"values": ["/admin/*", "/a&b"]}},
            {"host_header": {"values": ["*.example.test"]}},
            {"http_request_method": {"values": ["GET", "POST"]}},
        ),
        "odd": rule(
            20,
            forward(("green", 1), ("blue", 0)),
            {"http_header": {"http_header_name": "X-Kind", "values": ["odd"]}},
            {"query_string": [{"key": "kind", "value": "odd"}, {"value": "odd"}]},
            {"source_ip": {"values": ["10.0.0.0/8"]}},
        ),
        "one": rule(
            30,
            {"type": "forward", "target_group_arn": reference("aws_lb_target_group.blue")},
            {"path_pattern": {"values": ["/one"]}},
        ),
    },
    "aws_wafv2_web_acl": {
        "web": {
            "name": "web",
            "scope": "REGIONAL",
            "default_action": {"allow": {}},
            "visibility_config": {
                "cloudwatch_metrics_enabled": True,
                "metric_name": "web",
                "sampled_requests_enabled": False,
            },
        }
    },
    "aws_wafv2_web_acl_association": {
        "web": {
            "resource_arn": reference("aws_lb.web"),
            "web_acl_arn": reference("aws_wafv2_web_acl.web"),
        }
    },
}


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terraform")
    document = {
        "terraform": {"required_providers": {"aws": SOURCE}},
        "provider": {"aws": {"region": HOME, "max_retries": 2, "s3_use_path_style": True}},
        "resource": NETWORK | BALANCER | CERTIFICATES | LISTENERS,
    }
    (folder / "main.tf.json").write_text(json.dumps(document))
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{emulator.operator}",
            "AWS_ACCESS_KEY_ID": emulator.config["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": emulator.config["secret_access_key"],
        }
        tool = Terraform(folder, environment)
        tool.init()
        tool.apply()
        yield tool, emulator


def test_load_balancers_are_deployed_planned_anew_and_destroyed(applied):
    tool, emulator = applied
    changes = [
        (found["address"], found["change"]["actions"])
        for found in tool.plan().get("resource_changes", [])
        if found["change"]["actions"] != ["no-op"]
    ]
    assert changes == []
    read = emulator.gate("balancers/snapshot", {})
    assert len(read["listeners"]) == 2
    assert len(read["rules"]) == 5
    tool.destroy()
    assert tool.resources() == 0
    left = emulator.gate("balancers/snapshot", {})
    assert not any(left.values())
