import json

from tests.integration.conftest import by_region


def test_P01_one_global_database_with_a_writer_and_a_reader(aws, outputs, regions):
    clusters = by_region(outputs, "cluster_arn", regions)
    found = aws("rds", regions[0]).describe_global_clusters(
        GlobalClusterIdentifier=outputs["global_cluster_id"]
    )
    members = found["GlobalClusters"][0]["GlobalClusterMembers"]
    assert {member["DBClusterArn"] for member in members} == set(clusters.values())
    assert sum(member["IsWriter"] for member in members) == 1


def test_P01_instances_are_db_r5_large_in_both_regions(aws, outputs, regions):
    for region, arn in by_region(outputs, "cluster_arn", regions).items():
        cluster = arn.rpartition(":")[2]
        instances = aws("rds", region).describe_db_instances()["DBInstances"]
        classes = {i["DBInstanceClass"] for i in instances if i["DBClusterIdentifier"] == cluster}
        assert classes == {"db.r5.large"}


def test_P02_tables_are_replicated_on_demand_and_recoverable(aws, outputs, regions):
    for region in regions:
        client = aws("dynamodb", region)
        for table in ("lease_table", "journal_table", "arrivals_table", "sessions_table"):
            found = client.describe_table(TableName=outputs[table])["Table"]
            assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        backups = client.describe_continuous_backups(TableName=outputs["sessions_table"])
        status = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert status["PointInTimeRecoveryStatus"] == "ENABLED"


def test_P03_functions_are_identical_in_both_regions(aws, outputs, regions):
    for function in ("payments_function", "keeper_function", "steps_function"):
        seen = []
        for region, name in by_region(outputs, function, regions).items():
            found = aws("lambda", region).get_function_configuration(FunctionName=name)
            seen.append(
                {key: found[key] for key in ("CodeSha256", "MemorySize", "Timeout", "Runtime", "Handler")}
                | {"Environment": found["Environment"]["Variables"]}
            )
        assert seen[0] == seen[1]
    assert (
        aws("lambda", regions[0]).get_function_configuration(
            FunctionName=by_region(outputs, "payments_function", regions)[regions[0]]
        )["MemorySize"]
        == 1024
    )


def test_P04_failover_records_carry_health_checks(aws, outputs, regions):
    client = aws("route53", regions[0])
    listed = client.list_resource_record_sets(HostedZoneId=outputs["zone_id"])["ResourceRecordSets"]
    records = {r["Failover"]: r for r in listed if r["Name"].rstrip(".") == outputs["api_name"]}
    paths = {
        role: client.get_health_check(HealthCheckId=record["HealthCheckId"])["HealthCheck"][
            "HealthCheckConfig"
        ]["ResourcePath"]
        for role, record in records.items()
    }
    assert paths == {"PRIMARY": "/health/ready", "SECONDARY": "/health/routable"}


def test_P09_both_regions_have_the_same_parameters(aws, outputs, regions):
    names = []
    for region, prefix in by_region(outputs, "parameter_prefix", regions).items():
        pages = (
            aws("ssm", region).get_paginator("get_parameters_by_path").paginate(Path=prefix, Recursive=True)
        )
        found = {parameter["Name"] for page in pages for parameter in page["Parameters"]}
        names.append({name for name in found if "/peers/" not in name})  # each knows the other
    assert names[0] == names[1]
    assert len(names[0]) >= 8


def test_P11_the_state_machine_of_the_holder_has_run(aws, outputs, regions, holder):
    machine = by_region(outputs, "state_machine", regions)[holder]
    executions = aws("stepfunctions", holder).list_executions(stateMachineArn=machine)["executions"]
    assert "SUCCEEDED" in {execution["status"] for execution in executions}


def test_B08_state_machines_differ_in_nothing_but_their_region(aws, outputs, regions):
    definitions = [
        json.dumps(
            json.loads(aws("stepfunctions", region).describe_state_machine(stateMachineArn=arn)["definition"])
        ).replace(region, "REGION")
        for region, arn in by_region(outputs, "state_machine", regions).items()
    ]
    assert definitions[0] == definitions[1]
