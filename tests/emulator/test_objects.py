import pytest

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
