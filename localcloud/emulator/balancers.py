"""What load balancers read of the emulator in one call, and what they tell it.

POST /_gate/balancers/snapshot  {}  -> {"balancers", "listeners", "rules", "groups", "certificates"}
POST /_gate/balancers/health    {"groups": {arn: [{"Id", "Port", "Health"}]}}  -> how many groups were told
POST /_gate/balancers/metrics   {"region", "data": [MetricDatum]}  -> how many were kept
"""
# ruff: noqa: SLF001 - reads what upstream keeps to itself

import copy
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import acm, alb, cloudwatch

from localcloud.emulator.patches import targets
from localcloud.emulator.patches.load_balancers import attributes_of
from localcloud.emulator.regions import RegionStates

Shape = dict[str, Any]


def answer(path: list[str], account: str, regions: RegionStates, order: Mapping[str, Any]) -> Shape:
    """The snapshot, or what came of telling health. Raises ValueError for any other order."""
    match path:
        case ["snapshot"]:
            return snapshot(account, regions)
        case ["health"]:
            return targets.found(order)
        case ["metrics"]:
            return _measured(account, regions, order["region"], order["data"])
        case _:
            raise ValueError(f"{path} is none of snapshot, health, metrics")


def snapshot(account: str, regions: RegionStates) -> Shape:
    """All that the balancer needs of *account*, as of one moment: balancers to certificates with their keys.

    Regions that are dead are left out: their balancers answer nobody.
    """
    found: Shape = {"balancers": [], "listeners": [], "rules": [], "groups": [], "certificates": {}}
    places = {region for store in (alb._lbs, alb._tgs) for (_, region, *_), _ in store.all_items()}
    for region in sorted(filter(regions.alive, places)):
        with request_scope(account, region):
            _add_region(found)
    return found


def _measured(account: str, regions: RegionStates, region: str, data: list[Shape]) -> Shape:
    """Keep what PutMetricData would keep; a region that is dead keeps nothing."""
    if not regions.alive(region):
        return {"data": 0}
    with request_scope(account, region):
        for datum in data:
            dimensions = {one["Name"]: one["Value"] for one in datum["Dimensions"]}
            rest = (datum.get("Value"), datum.get("Values"), datum.get("Counts"), None)
            moment = (datum["Timestamp"], datum["Unit"])
            cloudwatch._store_datum("AWS/ApplicationELB", datum["MetricName"], dimensions, *moment, *rest)
    return {"data": len(data)}


def _add_region(found: Shape) -> None:
    for arn, balancer in alb._lbs.items():
        found["balancers"].append(balancer | {"Attributes": attributes_of(alb._lb_attrs.get(arn, []))})
    for arn, listener in alb._listeners.items():
        attributes = attributes_of(alb._listener_attrs.get(arn, []))
        certificates = [*listener.get("Certificates", []), *listener.get("MoreCertificates", [])]
        found["listeners"].append(listener | {"Attributes": attributes, "Certificates": certificates})
    found["rules"] += copy.deepcopy(list(alb._rules.values()))
    for arn, group in alb._tgs.items():
        attributes = attributes_of(alb._tg_attrs.get(arn, []))
        found["groups"].append(group | {"Attributes": attributes, "Targets": list(alb._targets.get(arn, []))})
    used = {arn for listener in found["listeners"] for arn in listener["Certificates"]}
    found["certificates"] |= {
        arn: {
            "names": [one["DomainName"], *one["SubjectAlternativeNames"]],
            "chain": (one["_pem_body"] + "\n" + one["_pem_chain"]) if one["_private_key"] else "",
            "key": one["_private_key"],
        }
        for arn, one in acm._certificates.items()
        if arn in used
    }
