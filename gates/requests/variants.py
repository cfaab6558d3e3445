"""Every shape of a system that is worth judging."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gates.synthesis import Document
from lib import bundle
from lib.facts import CONFIG
from lib.settings import file
from lib.settings.common import CommonSettings
from lib.settings.label import LABEL_LIMIT
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.registry import SYSTEMS
from main import synthesize as synthesized

Overlay = Mapping[str, Any]
OPTIONS: Mapping[str, Overlay] = {
    "payments": {
        "dns": {"delegated": True, "domain": "payments.example.com"},
        "network": {"zones": 4, "nat_per_zone": True, "interface_endpoints": True},
        "alarms": {"email": "payments-oncall@example.com"},
        "access": {"permissions_boundary": "organisation/boundary"},
        "compliance": {"recorder": True},
        "drills": {"schedule": "cron(0 9 ? * TUE *)", "isolation": True},
        "approvals": {
            "journal": "untrusted",
            "money": {"EUR": 1000000, "USD": 1000000},
            "roles": ["a" * 64, "incident-commander"],
        },
        "early_acceptance": {"requests": 0},
    },
    "single-region": {
        "dns": {"delegated": True, "domain": "single-region.example.com"},
        "network": {"zones": 6, "nat_per_zone": False},
        "web_acl": {"enabled": False},
        "alarms": {"email": "single-region-oncall@example.com"},
        "containers": {
            "web": {
                "image": f"{'1' * 12}.dkr.ecr.us-east-1.amazonaws.com/web@sha256:{'a' * 64}",
                "spot_weight": 0,
            },
        },
        "access": {"permissions_boundary": "organisation/boundary"},
    },
    "trading": {
        "dns": {"delegated": True, "domain": "trade.example.com"},
        "network": {"interface_endpoints": True, "nat_per_zone": False},
        "web_acl": {"enabled": False},
        "alarms": {"email": "trading-oncall@example.com"},
        "access": {"permissions_boundary": "organisation/boundary"},
        "compliance": {"recorder": True},
        "drills": {"schedule": "cron(0 9 ? * TUE *)", "isolation": True},
        "approvals": {"journal": "untrusted", "roles": ["incident-commander"]},
        "instances": {"other_types": []},
    },
    "webapp": {
        "dns": {"delegated": True, "domain": "board.example.com"},
        "network": {"zones": 6, "nat_per_zone": False},
        "alarms": {"email": "board-oncall@example.com"},
        "access": {"permissions_boundary": "organisation/boundary"},
        "files": {"replication_time_control": True},
        "remediation": {"may_promote": True},
    },
}
"""By system: all that can be asked for, where it is not the default."""
LONGEST: Overlay = {"system": "s" * LABEL_LIMIT, "environment_suffix": "e" * LABEL_LIMIT}
PROTECTED: Overlay = {"profile": "protected"}
STATE: Overlay = {"state": {"bucket": "example-terraform-states", "region": "us-east-1"}}


def variants(system: str) -> Mapping[str, tuple[Overlay, ...]]:
    """By name, what changes the settings of *system*."""
    options = OPTIONS[system]
    swapped: Overlay = {"PRIMARY_REGION": "standby"}
    two_regions = issubclass(SYSTEMS[system].settings, TwoRegionSettings)
    return {
        "defaults": (),
        "options": (options,),
        "existing-zone": ({"dns": {"zone": "existing"}},),
        "protected": (PROTECTED,),
        "longest-names": (LONGEST,),
        **({"roles-swapped": (swapped,)} if two_regions else {}),
        "state-in-s3": (STATE,),
        "provider-5": ({"provider": {"aws": "5.100.0"}},),
        "everything": (options, LONGEST, PROTECTED, STATE),
    }


def systems() -> list[str]:
    """Every system there is."""
    return sorted(SYSTEMS)


def synthesize(system: str, name: str, folder: Path) -> dict[str, Document]:
    """Every stack's document of *system* in the variant *name*, by the stack's name."""
    output = folder / system / name
    code = output / "code"
    code.mkdir(parents=True, exist_ok=True)
    (code / "handler.py").write_text("")
    functions = bundle.build(code, output, distributions=())
    synthesized(settings_of(system, variants(system)[name]), functions, output)
    return {
        path.parent.name: json.loads(path.read_text()) for path in sorted(output.glob("stacks/*/cdk.tf.json"))
    }


def settings_of(system: str, overlays: tuple[Overlay, ...]) -> CommonSettings:
    """The settings of *system*, changed by every overlay. Raises pydantic's ValidationError."""
    document = file.read(CONFIG / f"{system}.toml") | {"environment_suffix": "dev"}
    for overlay in overlays:
        if overlay.get("PRIMARY_REGION") == "standby":
            document = file.with_primary(document, document["standby"]["name"])
        else:
            document = merged(document, overlay)
    return SYSTEMS[system].settings.model_validate(document)


def merged(document: Mapping[str, Any], overlay: Overlay) -> dict[str, Any]:
    """*document* with what *overlay* says; tables are merged, everything else is replaced."""
    both = {
        key: merged(document[key], overlay[key]) for key in overlay if isinstance(document.get(key), dict)
    }
    return {**document, **overlay, **both}
