from datetime import UTC, datetime, timedelta

import pytest

from tests.emulator.emulator_process import AWAY

PART = 5 * 1024 * 1024


@pytest.mark.parametrize("versioned", [False, True])
def test_an_object_that_came_in_parts_has_the_tags_that_it_was_begun_with(emulator, versioned):
    s3, bucket = emulator.client("s3"), f"parts-{versioned}".lower()
    s3.create_bucket(Bucket=bucket)
    if versioned:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    begun = s3.create_multipart_upload(Bucket=bucket, Key="web.zip", Tagging="System=webapp&Empty=")
    where = {"Bucket": bucket, "Key": "web.zip", "UploadId": begun["UploadId"]}
    part = s3.upload_part(**where, PartNumber=1, Body=b"0" * PART)
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    told = s3.get_object_tagging(Bucket=bucket, Key="web.zip")["TagSet"]
    assert {one["Key"]: one["Value"] for one in told} == {"System": "webapp", "Empty": ""}


def test_W06_copies_wait_while_the_way_is_cut_are_measured_and_arrive_when_it_is_mended(emulator):
    here, there = emulator.client("s3"), emulator.client("s3", AWAY)
    for client, bucket in ((here, "waiting"), (there, "waiting-copies")):
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": AWAY}} if client is there else {}
        client.create_bucket(Bucket=bucket, **elsewhere)
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "all",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": "arn:aws:s3:::waiting-copies"},
    }
    here.put_bucket_replication(
        Bucket="waiting",
        ReplicationConfiguration={"Role": "arn:aws:iam::123456789012:role/r", "Rules": [rule]},
    )
    began = datetime.now(UTC) - timedelta(minutes=1)
    here.put_object(Bucket="waiting", Key="before", Body=b"0")
    assert emulator.gate("copies/way", {"cut": True}) == {"waiting": 0}
    here.put_object(Bucket="waiting", Key="file", Body=b"1")
    assert here.head_object(Bucket="waiting", Key="file")["ReplicationStatus"] == "PENDING"
    assert names(there) == ["before"]
    assert emulator.gate("copies/measure", {}) == {"waiting": 1}
    assert pending(emulator, began) == [1.0]
    assert emulator.gate("copies/way", {"cut": False}) == {"waiting": 0}
    assert names(there) == ["before", "file"]
    assert there.get_object(Bucket="waiting-copies", Key="file")["Body"].read() == b"1"
    assert here.head_object(Bucket="waiting", Key="file")["ReplicationStatus"] == "COMPLETED"


def names(client):
    found = client.list_objects_v2(Bucket="waiting-copies").get("Contents", [])
    return [one["Key"] for one in found]


def pending(emulator, began):
    dimensions = {"SourceBucket": "waiting", "DestinationBucket": "waiting-copies", "RuleId": "all"}
    found = emulator.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/S3",
        MetricName="OperationsPendingReplication",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=began,
        EndTime=began + timedelta(minutes=5),
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    return [point["Maximum"] for point in found]
