"""More certificates of a listener, chosen by the name that the client asks for; upstream has none."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from typing import Any

from ministack.services import alb

Parameters = dict[str, Any]
MORE = "MoreCertificates"


def serve_listener_certificates() -> None:
    """Answer Add-, Remove- and DescribeListenerCertificates; the default one is listed, too.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html
    """

    def add(params: Parameters) -> Any:
        listener = _listener(params)
        if listener is None:
            return _missing(params)
        kept = listener.setdefault(MORE, [])
        kept += [arn for arn in alb._parse_certificate_arns(params) if arn not in kept]
        return alb._xml(200, "AddListenerCertificates", f"<Certificates>{_members(kept)}</Certificates>")

    def remove(params: Parameters) -> Any:
        listener = _listener(params)
        if listener is None:
            return _missing(params)
        gone = alb._parse_certificate_arns(params)
        listener[MORE] = [arn for arn in listener.get(MORE, []) if arn not in gone]
        return alb._empty("RemoveListenerCertificates")

    def describe(params: Parameters) -> Any:
        listener = _listener(params)
        if listener is None:
            return _missing(params)
        default, more = listener.get("Certificates", []), listener.get(MORE, [])
        listed = _members(default, default=True) + _members(more, default=False)
        return alb._xml(200, "DescribeListenerCertificates", f"<Certificates>{listed}</Certificates>")

    alb._ACTION_MAP["AddListenerCertificates"] = add
    alb._ACTION_MAP["RemoveListenerCertificates"] = remove
    alb._ACTION_MAP["DescribeListenerCertificates"] = describe


def _listener(params: Parameters) -> Any:
    return alb._listeners.get(alb._p(params, "ListenerArn"))


def _missing(params: Parameters) -> Any:
    return alb._error("ListenerNotFound", f"Listener '{alb._p(params, 'ListenerArn')}' not found.")


def _members(arns: list[str], *, default: bool | None = None) -> str:
    said = "" if default is None else f"<IsDefault>{str(default).lower()}</IsDefault>"
    return "".join(f"<member><CertificateArn>{arn}</CertificateArn>{said}</member>" for arn in arns)
