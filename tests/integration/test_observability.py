import json


def test_P07_both_regions_keep_the_same_dashboard(aws, regions, outputs):
    bodies = []
    for region in regions:
        client = aws("cloudwatch", region)
        names = [entry["DashboardName"] for entry in client.list_dashboards()["DashboardEntries"]]
        bodies += [
            json.loads(client.get_dashboard(DashboardName=name)["DashboardBody"])
            for name in names
            if name.startswith(f"{outputs['system']}-overview-")
        ]
    assert len(bodies) >= 2
    assert all(body == bodies[0] for body in bodies)


def test_P10_the_lag_alarm_of_each_region_watches_a_cluster_that_is_there(aws, regions):
    for region in regions:
        clusters = {c["DBClusterIdentifier"] for c in aws("rds", region).describe_db_clusters()["DBClusters"]}
        alarms = aws("cloudwatch", region).describe_alarms(MaxRecords=100)["MetricAlarms"]
        lags = [alarm for alarm in alarms if alarm["MetricName"] == "AuroraGlobalDBReplicationLag"]
        assert [alarm["Threshold"] for alarm in lags] == [60000]
        assert {d["Value"] for alarm in lags for d in alarm["Dimensions"]} <= clusters


def test_P09_the_api_key_is_the_secret_of_its_region(aws, regions, outputs):
    for region in regions:
        prefix = outputs[f"parameter_prefix_{region.replace('-', '_')}"]
        parameter = aws("ssm", region).get_parameter(Name=f"{prefix}/api/key", WithDecryption=True)[
            "Parameter"
        ]
        secret = aws("secretsmanager", region).get_secret_value(SecretId=f"{outputs['system']}/api-key")
        assert (parameter["Type"], parameter["Value"]) == ("SecureString", secret["SecretString"])


def test_P17_the_networks_are_peered_and_routed_both_ways(aws, regions):
    for region in regions:
        client = aws("ec2", region)
        (peering,) = client.describe_vpc_peering_connections(
            Filters=[{"Name": "status-code", "Values": ["active"]}]
        )["VpcPeeringConnections"]
        for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
            assert peering[side]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"] is True
        routes = [
            route
            for table in client.describe_route_tables()["RouteTables"]
            for route in table["Routes"]
            if route.get("VpcPeeringConnectionId") == peering["VpcPeeringConnectionId"]
        ]
        assert len(routes) == 3
