def test_a_zone_says_that_it_is_not_signed(emulator):
    zones = emulator.client("route53")
    zone = zones.create_hosted_zone(Name="pay.test", CallerReference="one")["HostedZone"]["Id"]
    status = zones.get_dnssec(HostedZoneId=zone)
    assert (status["Status"]["ServeSignature"], status["KeySigningKeys"]) == ("NOT_SIGNING", [])
