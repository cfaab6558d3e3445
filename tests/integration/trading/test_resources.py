from tests.integration.conftest import by_region


def test_T02_one_global_database_of_mysql_8_with_two_instances_in_each_region(aws, outputs, regions):
    found = aws("rds", regions[0]).describe_global_clusters(
        GlobalClusterIdentifier=outputs["global_cluster_id"]
    )
    members = found["GlobalClusters"][0]["GlobalClusterMembers"]
    clusters = by_region(outputs, "cluster_arn", regions)
    assert {member["DBClusterArn"] for member in members} == set(clusters.values())
    assert sum(member["IsWriter"] for member in members) == 1
    for region, arn in clusters.items():
        name, rds = arn.rpartition(":")[2], aws("rds", region)
        (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
        assert (cluster["Engine"], cluster["EngineVersion"][:3]) == ("aurora-mysql", "8.0")
        assert (cluster["BackupRetentionPeriod"], cluster["StorageEncrypted"]) == (7, True)
        instances = [
            one["DBInstanceClass"]
            for one in rds.describe_db_instances()["DBInstances"]
            if one["DBClusterIdentifier"] == name
        ]
        assert instances == ["db.r6g.large"] * 2


def test_T03_three_to_ten_instances_serve_in_each_region(aws, outputs, regions):
    for region, name in by_region(outputs, "group_name", regions).items():
        described = aws("autoscaling", region).describe_auto_scaling_groups(AutoScalingGroupNames=[name])
        (group,) = described["AutoScalingGroups"]
        assert (group["MinSize"], group["MaxSize"]) == (3, 10)
        states = [one["LifecycleState"] for one in group["Instances"]]
        assert states.count("InService") >= 3
        assert len({one["AvailabilityZone"] for one in group["Instances"]}) == 3


def test_T04_tables_are_on_demand_in_both_regions(aws, outputs, regions):
    for region in regions:
        for table in ("lease_table", "journal_table", "arrivals_table", "sessions_table", "approvals_table"):
            found = aws("dynamodb", region).describe_table(TableName=outputs[table])["Table"]
            assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_T05_the_audit_trail_and_logs_are_versioned_and_copied_to_the_other_region(aws, outputs, regions):
    for what in ("audit_bucket", "logs_bucket"):
        buckets = by_region(outputs, what, regions)
        for region, name in buckets.items():
            s3 = aws("s3", region)
            assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
            rules = s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"]["Rules"]
            (away,) = [bucket for other, bucket in buckets.items() if other != region]
            assert [rule["Destination"]["Bucket"] for rule in rules] == [f"arn:aws:s3:::{away}"]
            assert rules[0]["Destination"]["ReplicationTime"]["Time"]["Minutes"] == 15


def test_T06_both_answers_of_the_name_have_a_health_check_of_ten_seconds(aws, outputs, regions):
    route53 = aws("route53", regions[0])
    listed = route53.list_resource_record_sets(HostedZoneId=outputs["zone_id"])["ResourceRecordSets"]
    records = {one["Failover"]: one for one in listed if one["Name"].rstrip(".") == outputs["api_name"]}
    paths = {"PRIMARY": "/health/ready", "SECONDARY": "/health/routable"}
    assert records.keys() == paths.keys()
    for role, record in records.items():
        check = route53.get_health_check(HealthCheckId=record["HealthCheckId"])["HealthCheck"]
        told = check["HealthCheckConfig"]
        assert (told["ResourcePath"], told["RequestInterval"], told["FailureThreshold"]) == (
            paths[role],
            10,
            3,
        )


def test_T07_functions_and_state_machines_are_identical_in_both_regions(aws, outputs, regions):
    for function in ("keeper_function", "steps_function"):
        seen = set()
        for region, name in by_region(outputs, function, regions).items():
            found = aws("lambda", region).get_function_configuration(FunctionName=name)
            seen.add((found["CodeSha256"], found["MemorySize"], found["Timeout"], found["Runtime"]))
        assert len(seen) == 1
    definitions = {
        aws("stepfunctions", region)
        .describe_state_machine(stateMachineArn=arn)["definition"]
        .replace(region, "")
        for region, arn in by_region(outputs, "state_machine", regions).items()
    }
    assert len(definitions) == 1
