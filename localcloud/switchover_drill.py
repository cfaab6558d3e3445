"""`python -m localcloud.switchover_drill REGION Confirm=payments-drill-dev Dwell=PT1M`, on the local cloud.

Plays the deployed Automation document in REGION, which must not hold the lease, under the document's own
role. Prints what it did as JSON; exit code 0 when it succeeded.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3

from lib.systems.load import load_settings
from localcloud.core.errors import LocalCloudError
from localcloud.core.state import CloudState
from localcloud.runbook import Run, Scripts, StepFailed

WRAPPER = "{script}\nimport sys\nprint(json.dumps({handler}(json.load(sys.stdin), None)))\n"


def run_script(environment: Mapping[str, str]) -> Scripts:
    """Runs scripts as processes of their own, with nothing but *environment*."""

    def run(script: str, handler: str, payload: dict[str, Any]) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", WRAPPER.format(script=script, handler=handler)],
            input=json.dumps(payload),
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode:
            raise StepFailed(done.stderr.strip().splitlines()[-1])
        return json.loads(done.stdout)

    return run


def main(arguments: list[str]) -> int:
    """Run the switchover drill in a region of the running local cloud; the exit code."""
    region, *pairs = arguments
    cloud = CloudState.load()
    operator = cloud.aws_environment(region)
    content = _client("ssm", operator).get_document(Name=load_settings().name("drill"))["Content"]
    document = json.loads(content)
    with _twin(operator, document["assumeRole"].rpartition("/")[2], cloud.account_id) as keys:
        own = {**operator, **keys, "AWS_ENDPOINT_URL": cloud.regions[region].endpoint}
        run = Run(clients=lambda service: _client(service, own), scripts=run_script(own))
        succeeded = run.play(document, dict(pair.split("=", 1) for pair in pairs))
    outputs = {output: run.values.get(output) for output in document["outputs"]}
    told = {"succeeded": succeeded, "steps": run.trail, "failed": run.failed, "outputs": outputs}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return int(not succeeded)


@contextmanager
def _twin(operator: Mapping[str, str], role: str, account: str) -> Iterator[dict[str, str]]:
    """Keys of a session that may do what *role* may, which only Systems Manager can assume itself."""
    iam, twin = _client("iam", operator), f"{role}-twin"
    may = iam.get_role_policy(RoleName=role, PolicyName=role)["PolicyDocument"]
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    trust = {"Version": "2012-10-17", "Statement": [{**trusted, "Action": "sts:AssumeRole"}]}
    made = iam.create_role(RoleName=twin, AssumeRolePolicyDocument=json.dumps(trust))
    try:
        iam.put_role_policy(RoleName=twin, PolicyName=role, PolicyDocument=json.dumps(may))
        sts = _client("sts", operator)
        keys = sts.assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName="drill")["Credentials"]
        yield {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }
    finally:
        iam.delete_role_policy(RoleName=twin, PolicyName=role)
        iam.delete_role(RoleName=twin)


def _client(service: str, environment: Mapping[str, str]) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=environment.get("AWS_SESSION_TOKEN"),
    )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (LocalCloudError, StepFailed) as error:
        sys.exit(f"error: {error}")
