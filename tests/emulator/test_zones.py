import pytest


def test_a_zone_is_not_signed_and_can_be_removed(emulator):
    zones = emulator.client("route53")
    zone = zones.create_hosted_zone(Name="payments.test", CallerReference="once")["HostedZone"]["Id"]
    told = zones.get_dnssec(HostedZoneId=zone)
    assert (told["Status"]["ServeSignature"], told["KeySigningKeys"]) == ("NOT_SIGNING", [])
    zones.delete_hosted_zone(Id=zone)
    with pytest.raises(zones.exceptions.NoSuchHostedZone):
        zones.get_dnssec(HostedZoneId=zone)
