"""Documents of Systems Manager: kept and told, never run. Upstream has none."""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, error_response_json, json_response
from ministack.services import ssm

from localcloud.emulator.patches.wrapping import Wrapper, wrap

Answer = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]

_documents = AccountRegionScopedDict()


def keep_documents() -> None:
    """Create, tell, change and delete documents; `localcloud.runbook` runs what they say."""

    async def handle(original: Wrapper, method: str, path: str, headers: Record, *rest: Any) -> Answer:
        action = ACTIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if action:
            return _run(action, json.loads(rest[0]))
        answer: Answer = await original(method, path, headers, *rest)
        return answer

    wrap(ssm, "handle_request", handle)


def _run(action: Callable[[Record], Record], request: Record) -> Answer:
    try:
        answer: Answer = json_response(action(request))
    except KeyError:
        # Terraform knows by these words that the document is gone
        says = f"Document with name {request['Name']} does not exist."
        answer = error_response_json("InvalidDocument", says, 400)
    except FileExistsError as error:
        answer = error_response_json("DocumentAlreadyExists", f"{error}", 400)
    return answer


def _create(request: Record) -> Record:
    name = request["Name"]
    if name in _documents:
        raise FileExistsError(name)
    body = json.loads(request["Content"])
    _documents[name] = {
        "Name": name,
        "DocumentType": request["DocumentType"],
        "DocumentFormat": request.get("DocumentFormat", "JSON"),
        "CreatedDate": time.time(),
        "SchemaVersion": body["schemaVersion"],
        "Description": body.get("description", ""),
        "Parameters": [
            {"Name": key, "Type": one["type"], "Description": one.get("description", "")}
            for key, one in body.get("parameters", {}).items()
        ],
        "Status": "Active",
        "PlatformTypes": ["Windows", "Linux", "MacOS"],
        "Tags": request.get("Tags", []),
        "Versions": [request["Content"]],
    }
    return _described(request)


def _described(request: Record) -> Record:
    document = _documents[request["Name"]]
    version = str(len(document["Versions"]))
    told = {key: value for key, value in document.items() if key not in ("Versions", "Tags")}
    digest = hashlib.sha256(document["Versions"][-1].encode()).hexdigest()
    versions = {"DocumentVersion": version, "LatestVersion": version, "DefaultVersion": version}
    return {"DocumentDescription": {**told, **versions, "Hash": digest, "HashType": "Sha256"}}


def _describe(request: Record) -> Record:
    told = _described(request)["DocumentDescription"]
    return {"Document": {**told, "Tags": _documents[request["Name"]]["Tags"]}}


def _get(request: Record) -> Record:
    document = _documents[request["Name"]]
    told = {key: document[key] for key in ("Name", "DocumentType", "DocumentFormat", "Status")}
    return {**told, "Content": document["Versions"][-1], "DocumentVersion": str(len(document["Versions"]))}


def _update(request: Record) -> Record:
    _documents[request["Name"]]["Versions"].append(request["Content"])
    return _described(request)


def _set_default(request: Record) -> Record:
    return {"Description": {"Name": request["Name"], "DefaultVersion": request["DocumentVersion"]}}


def _delete(request: Record) -> Record:
    del _documents[request["Name"]]
    return {}


def _permission(request: Record) -> Record:
    _documents[request["Name"]]  # shared with nobody, but it must be there
    return {"AccountIds": [], "AccountSharingInfoList": []}


ACTIONS: dict[str, Callable[[Record], Record]] = {
    "CreateDocument": _create,
    "DescribeDocument": _describe,
    "GetDocument": _get,
    "UpdateDocument": _update,
    "UpdateDocumentDefaultVersion": _set_default,
    "DeleteDocument": _delete,
    "DescribeDocumentPermission": _permission,
}
