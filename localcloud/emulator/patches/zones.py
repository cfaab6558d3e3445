"""Hosted zones."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ministack.services import route53

from localcloud.emulator.patches.wrapping import Wrapper, wrap

Answer = tuple[int, dict[str, str], bytes]
_DNSSEC = re.compile(r"/hostedzone/([^/]+)/dnssec\Z")


def say_that_zones_are_not_signed() -> None:
    """Answer GetDNSSEC, which the provider asks before it removes a zone by force; upstream has no DNSSEC.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetDNSSEC.html
    """

    async def handle(original: Wrapper, method: str, path: str, *rest: Any) -> Answer:
        asked = _DNSSEC.search(path)
        if method != "GET" or asked is None:
            other: Answer = await original(method, path, *rest)
            return other
        if asked[1] not in route53._zones:
            missing: Answer = route53._get_hosted_zone(asked[1])
            return missing
        answer: Answer = route53._xml_response("GetDNSSECResponse", _unsigned)
        return answer

    wrap(route53, "handle_request", handle)


def _unsigned(root: Element) -> None:
    SubElement(SubElement(root, "Status"), "ServeSignature").text = "NOT_SIGNING"
    SubElement(root, "KeySigningKeys")
