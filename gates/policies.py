"""parliament over every IAM document: unknown actions, ARNs that an action does not take.

Synthesized documents hold references; each becomes an ARN of the shape that the referenced type has.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gates.findings import Finding
from gates.synthesis import WORK, Document
from localcloud.core.paths import STATE

PROGRAM = STATE / "gates-venv" / "bin" / "parliament"
ATTRIBUTES = frozenset({"assume_role_policy", "policy"})
"""What holds an IAM document in every resource that has it."""
OF_ANOTHER_STACK = re.compile(
    r"\$\{data\.terraform_remote_state\.[^}]*\.cross-stack-output-(?P<what>[^}]*)\}"
)
"""The type, the address and the attribute follow one another without a mark between them."""
REFERENCE = re.compile(r"\$\{(?:data\.)?(?P<type>\w+)\.[^}]*?\.?(?P<attribute>\w+)\}")
HOME = "us-east-1"
PLACE = f"{HOME}:123456789012"
EXAMPLES = {"account_id": "123456789012", "execution_arn": f"arn:aws:execute-api:{PLACE}:x"}
SHAPES = {
    "aws_backup_vault": f"arn:aws:backup:{PLACE}:backup-vault:x",
    "aws_cloudwatch_event_bus": f"arn:aws:events:{PLACE}:event-bus/x",
    "aws_cloudwatch_event_rule": f"arn:aws:events:{PLACE}:rule/x",
    "aws_cloudwatch_log_group": f"arn:aws:logs:{PLACE}:log-group:x",
    "aws_db_instance": f"arn:aws:rds:{PLACE}:db:x",
    "aws_dynamodb_table": f"arn:aws:dynamodb:{PLACE}:table/x",
    "aws_iam_role": "arn:aws:iam::123456789012:role/x",
    "aws_kms_key": f"arn:aws:kms:{PLACE}:key/x",
    "aws_lambda_function": f"arn:aws:lambda:{PLACE}:function:x",
    "aws_rds_cluster": f"arn:aws:rds:{PLACE}:cluster:x",
    "aws_rds_global_cluster": "arn:aws:rds::123456789012:global-cluster:x",
    "aws_s3_bucket": "arn:aws:s3:::x",
    "aws_secretsmanager_secret": f"arn:aws:secretsmanager:{PLACE}:secret:x",
    "aws_sfn_state_machine": f"arn:aws:states:{PLACE}:stateMachine:x",
    "aws_sns_topic": f"arn:aws:sns:{PLACE}:x",
    "aws_sqs_queue": f"arn:aws:sqs:{PLACE}:x",
}


def judge(stacks: Mapping[str, Document], work: Path = WORK) -> list[Finding]:
    """What parliament says about every document of every stack."""
    folder = work / "policies"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    strange = [*unseen(stacks)]
    for where, text in documents(stacks):
        known, unknown = concrete(text)
        strange += [
            Finding("shape", where, f"{type_}: add its ARN to gates/policies.py") for type_ in unknown
        ]
        (folder / f"{where}.json").write_text(json.dumps(_whole(json.loads(known))))
    done = subprocess.run(
        [str(PROGRAM), "--directory", str(folder), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode and not done.stdout:
        strange.append(Finding("parliament", "itself", done.stderr.strip()[-300:]))
    said = (_finding(json.loads(line)) for line in done.stdout.splitlines() if line.strip())
    return [*strange, *(one for one in said if not _about_itself(one))]


def documents(stacks: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    """Every IAM document as text, wherever it stands, by stack, address, type and attribute."""
    for stack, document in stacks.items():
        for type_, found in document.get("resource", {}).items():
            for address, body in found.items():
                for attribute, text in _texts(body):
                    if text.startswith("{") and '"Statement"' in text:
                        yield f"{stack}.{address}.{type_}.{attribute}", text


def unseen(stacks: Mapping[str, Document]) -> Iterator[Finding]:
    """Documents that are written elsewhere, so that nobody judges them; and whether there is any at all."""
    for stack, document in stacks.items():
        for type_, found in document.get("resource", {}).items():
            for address, body in found.items():
                for attribute in ATTRIBUTES & body.keys():
                    if not body[attribute].startswith("{"):
                        where = f"{stack}.{address}.{type_}.{attribute}"
                        yield Finding("unseen", where, "write the document out: a reference cannot be judged")
    if stacks and not any(documents(stacks)):
        yield Finding("unseen", "*", "there is no IAM document at all")


def _texts(body: Any, attribute: str = "") -> Iterator[tuple[str, str]]:
    """All texts below *body*, by the name of the attribute that holds them."""
    if isinstance(body, str):
        yield attribute, body
    elif isinstance(body, list):
        for index, one in enumerate(body):
            yield from _texts(one, f"{attribute}.{index}")
    elif isinstance(body, dict):
        for key, one in body.items():
            yield from _texts(one, f"{attribute}.{key}".lstrip("."))


def concrete(text: str, region: str = HOME) -> tuple[str, list[str]]:
    """*text* with an example of *region* in place of every reference, and the types that have none."""
    unknown: list[str] = []

    def there(found: re.Match[str]) -> str:
        type_ = next((type_ for type_ in SHAPES if found["what"].startswith(type_)), found["what"])
        return f"${{{type_}.there.{'arn' if found['what'].endswith('arn') else 'id'}}}"

    def example(found: re.Match[str]) -> str:
        if found["attribute"] != "arn":
            return EXAMPLES.get(found["attribute"], "x").replace(HOME, region)
        if found["type"] not in SHAPES:
            unknown.append(found["type"])
        return SHAPES.get(found["type"], "*").replace(HOME, region)

    return REFERENCE.sub(example, OF_ANOTHER_STACK.sub(there, text)), unknown


def _whole(document: dict[str, Any]) -> dict[str, Any]:
    """Trust policies name no resource; parliament knows only policies that do."""
    statements = [{"Resource": "*"} | statement for statement in document["Statement"]]
    return document | {"Statement": statements}


def _about_itself(finding: Finding) -> bool:
    """The policy of a role or a key speaks about that role or key: its ``*`` is no other resource."""
    return finding.rule == "RESOURCE_STAR" and not finding.where.endswith(".aws_iam_role_policy.policy")


def _finding(said: dict[str, Any]) -> Finding:
    where = Path(said["location"].get("filepath", "?")).stem
    return Finding(said["issue"], where, f"{said['title']}: {said['detail']}")
