import json

import pytest

from tests.emulator.emulator_process import AWAY, HOME

CONTENT = {"schemaVersion": "0.3", "parameters": {"Dwell": {"type": "String"}}, "mainSteps": []}


def test_a_document_is_kept_told_changed_and_removed(emulator):
    documents = emulator.client("ssm", AWAY)
    kind = {"DocumentType": "Automation", "DocumentFormat": "YAML"}
    tags = [{"Key": "System", "Value": "payments"}]
    documents.create_document(Name="drill", Content=json.dumps(CONTENT), Tags=tags, **kind)
    with pytest.raises(documents.exceptions.DocumentAlreadyExists):
        documents.create_document(Name="drill", Content=json.dumps(CONTENT), **kind)
    told = documents.describe_document(Name="drill")["Document"]
    assert (told["Status"], told["SchemaVersion"], told["DocumentVersion"]) == ("Active", "0.3", "1")
    assert [one["Name"] for one in told["Parameters"]] == ["Dwell"]
    assert told["Tags"] == tags
    assert documents.describe_document_permission(Name="drill", PermissionType="Share")["AccountIds"] == []

    changed = json.dumps({**CONTENT, "description": "other"})
    documents.update_document(Name="drill", Content=changed, DocumentVersion="$LATEST", DocumentFormat="YAML")
    documents.update_document_default_version(Name="drill", DocumentVersion="2")
    assert documents.get_document(Name="drill")["Content"] == changed
    assert documents.describe_document(Name="drill")["Document"]["DefaultVersion"] == "2"
    with pytest.raises(documents.exceptions.InvalidDocument):
        emulator.client("ssm", HOME).get_document(Name="drill")
    documents.delete_document(Name="drill")
    with pytest.raises(documents.exceptions.InvalidDocument, match="does not exist"):
        documents.describe_document(Name="drill")


def test_parameters_are_still_kept_beside_them(emulator):
    parameters = emulator.client("ssm")
    parameters.put_parameter(Name="/a/b", Value="c", Type="String")
    assert parameters.get_parameter(Name="/a/b")["Parameter"]["Value"] == "c"
