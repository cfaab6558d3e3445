"""Services that have roles of their own, which AWS makes (service-linked roles)."""

SERVICE_LINKED = {
    "AWSServiceRoleForRDS": "rds.amazonaws.com",
    "AWSServiceRoleForDynamoDBReplication": "replication.dynamodb.amazonaws.com",
    "AWSServiceRoleForBackup": "backup.amazonaws.com",
    "AWSServiceRoleForBackupRestoreTesting": "restore-testing.backup.amazonaws.com",
}
"""Roles that the services make for themselves at their first use, with the right of whoever uses them."""
FOR_A_DOMAIN = {"AWSServiceRoleForAPIGateway": "ops.apigateway.amazonaws.com"}
"""Only where API Gateway has a name of its own."""
FOR_CONTAINERS = {
    "AWSServiceRoleForECS": "ecs.amazonaws.com",
    "AWSServiceRoleForApplicationAutoScaling_ECSService": "ecs.application-autoscaling.amazonaws.com",
}
"""Only where containers run."""
