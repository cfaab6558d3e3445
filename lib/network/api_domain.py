"""The API under a name of our own. Needs a zone that the world resolves: the certificate is proven there."""

from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.apigatewayv2_api_mapping import Apigatewayv2ApiMapping
from cdktf_cdktf_provider_aws.apigatewayv2_domain_name import (
    Apigatewayv2DomainName,
    Apigatewayv2DomainNameDomainNameConfiguration,
)
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias
from constructs import Construct

from lib.network.certificate import prove, request_certificate
from lib.pair import Pair
from lib.settings.two_regions import TwoRegionSettings

TLS = "TLS_1_2"


@dataclass(frozen=True, slots=True)
class DomainEnd:
    """One region behind the domain."""

    code: str
    api_id: str
    provider: TerraformProvider


class ApiDomain(Construct):
    """The same domain in both regions, each with a certificate of its own; DNS chooses between them."""

    def __init__(
        self, scope: Construct, id_: str, *, settings: TwoRegionSettings, zone_id: str, ends: Pair[DomainEnd]
    ) -> None:
        super().__init__(scope, id_)
        self._name = settings.public_name
        certificates = ends.map(
            lambda end: request_certificate(
                self, f"certificate-{end.code}", name=self._name, provider=end.provider
            )
        )
        # one record for both: what proves a domain depends on account and name, not on the region
        proof = prove(self, "proof", zone_id=zone_id, certificate=certificates.first)
        self.aliases: Pair[Route53RecordAlias | None] = ends.zip(certificates).map(
            lambda both: self._end(*both, proof)
        )

    def _end(self, end: DomainEnd, certificate: AcmCertificate, proof: Route53Record) -> Route53RecordAlias:
        proven = AcmCertificateValidation(
            self,
            f"proven-{end.code}",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[proof.fqdn],
            provider=end.provider,
        )
        domain = Apigatewayv2DomainName(
            self,
            f"domain-{end.code}",
            domain_name=self._name,
            domain_name_configuration=Apigatewayv2DomainNameDomainNameConfiguration(
                certificate_arn=proven.certificate_arn, endpoint_type="REGIONAL", security_policy=TLS
            ),
            provider=end.provider,
        )
        Apigatewayv2ApiMapping(
            self,
            f"mapping-{end.code}",
            api_id=end.api_id,
            domain_name=domain.id,
            stage="$default",
            provider=end.provider,
        )
        target = domain.domain_name_configuration
        return Route53RecordAlias(
            name=target.target_domain_name,
            zone_id=target.hosted_zone_id,
            evaluate_target_health=False,  # says only whether API Gateway lives; our health check asks more
        )
