"""Certificates of ACM, proven by a record in the zone that the world resolves."""

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from lib.settings.common import CommonSettings

PROOF_TTL_S = 300


def request_certificate(
    scope: Construct, id_: str, *, name: str, provider: TerraformProvider | None = None
) -> AcmCertificate:
    """A certificate for *name* that nobody has proven yet."""
    certificate = AcmCertificate(
        scope, id_, domain_name=name, validation_method="DNS", tags={"Name": name}, provider=provider
    )
    certificate.add_override("lifecycle.create_before_destroy", value=True)
    return certificate


def prove(
    scope: Construct, id_: str, *, zone_id: str, certificate: AcmCertificate, shared: bool = False
) -> Route53Record:
    """The record that ACM looks for. It depends on account and name, so regions have it *shared*."""
    wanted = certificate.domain_validation_options.get(0)
    return Route53Record(
        scope,
        id_,
        zone_id=zone_id,
        name=wanted.resource_record_name,
        type=wanted.resource_record_type,
        records=[wanted.resource_record_value],
        ttl=PROOF_TTL_S,
        allow_overwrite=True if shared else None,
    )


class Certificate(Construct):
    """A certificate for one name; *arn* is known once ACM has seen the proof.

    *shared*: another region's stack proves the same name by the same record.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, zone_id: str, shared: bool = False) -> None:
        super().__init__(scope, id_)
        certificate = request_certificate(self, "certificate", name=name)
        proof = prove(self, "proof", zone_id=zone_id, certificate=certificate, shared=shared)
        self.arn = AcmCertificateValidation(
            self, "proven", certificate_arn=certificate.arn, validation_record_fqdns=[proof.fqdn]
        ).certificate_arn


def site_certificate(scope: Construct, settings: CommonSettings, zone_id: str) -> str | None:
    """The ARN of a certificate for the public name, where the world resolves it."""
    if not settings.dns.delegated:
        return None
    return Certificate(scope, "certificate", name=settings.public_name, zone_id=zone_id).arn
