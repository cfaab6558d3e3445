"""Hosted zones."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ministack.services import route53

from localcloud.emulator.patches.wrapping import Wrapper, wrap

_DNSSEC = re.compile(r"/2013-04-01/hostedzone/[^/]+/dnssec")


def answer_dnssec_status() -> None:
    """Say that zones are not signed.

    Upstream does not know GetDNSSEC, and the provider asks before it deletes a zone that may hold records.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetDNSSEC.html
    """

    def handle(original: Wrapper, method: str, path: str, *request: Any) -> Any:
        if method == "GET" and _DNSSEC.fullmatch(path):
            return _not_signed()
        return original(method, path, *request)

    wrap(route53, "handle_request", handle)


async def _not_signed() -> Any:
    def build(root: Element) -> None:
        SubElement(SubElement(root, "Status"), "ServeSignature").text = "NOT_SIGNING"
        SubElement(root, "KeySigningKeys")

    return route53._xml_response("GetDNSSECResponse", build)
