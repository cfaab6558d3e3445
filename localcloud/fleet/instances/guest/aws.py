"""`aws` in an instance: `s3 cp`, `s3api get-object --bucket ... FILE`, `SERVICE OPERATION --parameter value`.

An operation's parameters are texts, or JSON where they begin with { or [; --query is JMESPath, --output text
or json. Whoever needs more installs the real one. Credentials come from the instance's metadata service.
"""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import jmespath
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError


def main(arguments: list[str]) -> int:
    """Carry out one command; returns the exit code."""
    try:
        if arguments[:2] == ["s3", "cp"]:
            copy(*[each for each in arguments[2:] if not each.startswith("--")])
        elif arguments[:2] == ["s3api", "get-object"]:
            download(*arguments[2:])
        else:
            call(arguments[0], arguments[1], arguments[2:])
    except (BotoCoreError, ClientError, OSError, TypeError, ValueError, IndexError, KeyError) as error:
        sys.stderr.write(f"aws: {error}\n")
        return 255
    return 0


def copy(source: str, target: str) -> None:
    """Download an object into a file or onto standard output, or upload a file."""
    client = boto3.client("s3")
    if target.startswith("s3://"):
        bucket, _, key = target.removeprefix("s3://").partition("/")
        client.upload_file(source, bucket, key)
        return
    bucket, _, key = source.removeprefix("s3://").partition("/")
    if target == "-":
        client.download_fileobj(bucket, key, sys.stdout.buffer)
        return
    client.download_file(bucket, key, target + key.rpartition("/")[2] if target.endswith("/") else target)


def download(*arguments: str) -> None:
    """Write one object, or one version of it, into the file that comes last, in one request."""
    *options, target = arguments
    given = {name.removeprefix("--"): value for name, value in zip(options[::2], options[1::2], strict=True)}
    version: dict[str, Any] = {"VersionId": given["version-id"]} if "version-id" in given else {}
    answer = boto3.client("s3").get_object(Bucket=given["bucket"], Key=given["key"], **version)
    with Path(target).open("wb") as file:
        shutil.copyfileobj(answer["Body"], file)


def call(service: str, operation: str, rest: list[str]) -> None:
    """Call one operation and print its answer."""
    options: dict[str, str] = {}
    while rest:
        name = rest.pop(0).removeprefix("--")
        options[name] = "true" if not rest or rest[0].startswith("--") else rest.pop(0)
    query, output = options.pop("query", ""), options.pop("output", "json")
    made: Any = boto3.client
    client = made(service, region_name=options.pop("region", None))
    method = xform_name(operation.replace("-", "_"))
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    known = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()} if shape else {}
    given = {}
    for name, text in options.items():
        negated = name.startswith("no-") and name not in known
        key, member = known[name.removeprefix("no-") if negated else name]
        given[key] = typed(text, member.type_name) if not negated else False
    answer = getattr(client, method)(**given)
    answer.pop("ResponseMetadata", None)
    found = jmespath.search(query, answer) if query else answer
    print(found if output == "text" else json.dumps(found, indent=4, default=str))


def typed(text: str, kind: str) -> object:
    """*text* as the parameter's type wants it."""
    if text[:1] in ("{", "["):
        return json.loads(text)
    if kind == "list":
        return text.split(",")
    types: dict[str, Callable[[str], object]] = {"integer": int, "long": int, "boolean": "true".__eq__}
    return types.get(kind, str)(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
