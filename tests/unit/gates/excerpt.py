"""What AWS's reference says about the few actions that tests name; tests/gates holds it against the whole."""

from typing import Any

ARN = "arn:${Partition}"
TAGS = ["aws:ResourceTag/${TagKey}"]


def service(resources: dict[str, dict[str, Any]], **actions: dict[str, Any]) -> dict[str, Any]:
    return {
        "resources": resources,
        "privileges": {name: {"resource_types": rows} for name, rows in actions.items()},
    }


def row(*keys: str, required: bool = False, needs: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"required": required, "condition_keys": list(keys), "dependent_actions": list(needs)}


CLUSTER = {
    "arn": f"{ARN}:rds:${{Region}}:${{Account}}:cluster:${{DbClusterInstanceName}}",
    "condition_keys": [*TAGS, "rds:cluster-tag/${TagKey}"],
}
GLOBAL_CLUSTER = {
    "arn": f"{ARN}:rds::${{Account}}:global-cluster:${{GlobalCluster}}",
    "condition_keys": TAGS,
}
TABLE = {"arn": f"{ARN}:dynamodb:${{Region}}:${{Account}}:table/${{TableName}}", "condition_keys": TAGS}
KEY = {"arn": f"{ARN}:kms:${{Region}}:${{Account}}:key/${{KeyId}}", "condition_keys": TAGS}
ROLE = {"arn": f"{ARN}:iam::${{Account}}:role/${{RoleNameWithPath}}", "condition_keys": TAGS}
ON_A_KEY = {"key": row(required=True), "": row("kms:ViaService")}
EXCERPT = {
    "dynamodb": service(
        {"table": TABLE},
        GetItem={"table": row(required=True), "": row("dynamodb:LeadingKeys", "dynamodb:Select")},
        ListTables={"": row()},
    ),
    "iam": service({"role": ROLE}, GetRole={"role": row(required=True), "": row("iam:PermissionsBoundary")}),
    "kms": service({"key": KEY}, Decrypt=ON_A_KEY, ReEncryptFrom=ON_A_KEY, ReEncryptTo=ON_A_KEY),
    "rds": service(
        {"cluster": CLUSTER, "global-cluster": GLOBAL_CLUSTER},
        AddRoleToDBCluster={"cluster": row(required=True, needs=("iam:PassRole",))},
        DescribeDBClusters={"cluster": row()},
        FailoverGlobalCluster={"cluster": row(required=True), "global-cluster": row(required=True)},
    ),
}
