"""Actions of the deployer by what they are about: to make it, look at it, change it and take it away."""

TABLES = """
BatchWriteItem CreateGlobalTableWitness CreateTable CreateTableReplica DeleteGlobalTableWitness DeleteItem
DeleteTable DeleteTableReplica DescribeContinuousBackups DescribeTable DescribeTimeToLive GetItem
ListTagsOfResource PutItem Query Scan TagResource UntagResource UpdateContinuousBackups UpdateItem
UpdateTable UpdateTimeToLive
"""
"""Who adds a replica is asked for the items, too
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2gt_IAM.html)."""
AURORA = """
AddTagsToResource CreateDBCluster CreateDBClusterParameterGroup CreateDBClusterSnapshot CreateDBInstance
CreateDBSubnetGroup DeleteDBCluster DeleteDBClusterParameterGroup DeleteDBInstance DeleteDBSubnetGroup
DescribeDBClusterParameterGroups DescribeDBClusterParameters DescribeDBClusters DescribeDBInstances
DescribeDBSubnetGroups ListTagsForResource ModifyDBCluster ModifyDBClusterParameterGroup ModifyDBInstance
ModifyDBSubnetGroup RemoveTagsFromResource ResetDBClusterParameterGroup
"""
GLOBAL = "CreateGlobalCluster DeleteGlobalCluster ModifyGlobalCluster RemoveFromGlobalCluster"
INSTANCES = """
AddTagsToResource CreateDBInstance CreateDBInstanceReadReplica CreateDBSnapshot CreateDBSubnetGroup
DeleteDBInstance DeleteDBSubnetGroup DescribeDBInstances DescribeDBSnapshots DescribeDBSubnetGroups
ListTagsForResource ModifyDBInstance ModifyDBSubnetGroup PromoteReadReplica RebootDBInstance
RemoveTagsFromResource
"""
INSTANCE_PARAMETERS = """
AddTagsToResource CreateDBParameterGroup DeleteDBParameterGroup DescribeDBParameterGroups
DescribeDBParameters ListTagsForResource ModifyDBParameterGroup RemoveTagsFromResource ResetDBParameterGroup
"""
VAULTS = """
CreateBackupVault DeleteBackupVault DeleteBackupVaultAccessPolicy DeleteRecoveryPoint DescribeBackupVault
GetBackupVaultAccessPolicy ListRecoveryPointsByBackupVault ListTags PutBackupVaultAccessPolicy TagResource
UntagResource
"""
PLANS = """
CreateBackupPlan CreateBackupSelection DeleteBackupPlan DeleteBackupSelection GetBackupPlan
GetBackupSelection ListTags TagResource UntagResource UpdateBackupPlan
"""
RESTORE_TESTS = """
CreateRestoreTestingPlan CreateRestoreTestingSelection DeleteRestoreTestingPlan
DeleteRestoreTestingSelection GetRestoreTestingPlan GetRestoreTestingSelection UpdateRestoreTestingPlan
UpdateRestoreTestingSelection
"""
KEYS = """
CreateAlias CreateGrant Decrypt DeleteAlias DescribeKey DisableKeyRotation EnableKeyRotation Encrypt
GenerateDataKey GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy ReEncryptFrom ReEncryptTo
RetireGrant ScheduleKeyDeletion UntagResource UpdateAlias UpdateKeyDescription
"""
BUCKET = """
CreateBucket DeleteBucket DeleteBucketPolicy DeleteObject DeleteObjectVersion GetAccelerateConfiguration
GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy
GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket
ListBucketVersions PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning
"""
NETWORK = """
AllocateAddress AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupEgress
AuthorizeSecurityGroupIngress CreateFlowLogs CreateInternetGateway CreateNatGateway CreateRoute
CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint
DeleteNetworkInterface DeleteTags DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones
DescribeFlowLogs DescribeInternetGateways DescribeNatGateways DescribeNetworkAcls
DescribeNetworkInterfaces DescribePrefixLists DescribeRouteTables DescribeSecurityGroupRules
DescribeSecurityGroups DescribeSubnets DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs
DetachNetworkInterface DisassociateAddress DisassociateRouteTable ModifySecurityGroupRules
ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint ReplaceRoute ReplaceRouteTableAssociation
"""
PEERING = """
AcceptVpcPeeringConnection CreateVpcPeeringConnection DescribeVpcPeeringConnections
ModifyVpcPeeringConnectionOptions
"""
UNDONE = """
DeleteFlowLogs DeleteInternetGateway DeleteNatGateway DeleteRoute DeleteRouteTable DeleteSecurityGroup
DeleteSubnet DeleteVpc DeleteVpcEndpoints DetachInternetGateway ReleaseAddress RevokeSecurityGroupEgress
RevokeSecurityGroupIngress
"""
"""Of the network: only what carries the tag of this system is taken away."""
ROLES = """
AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy
ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies PutRolePolicy TagRole UntagRole
UpdateAssumeRolePolicy UpdateRole
"""
POLICIES = """
CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion
ListPolicyVersions TagPolicy UntagPolicy
"""
FUNCTIONS = """
AddPermission CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction
GetFunctionCodeSigningConfig GetFunctionConfiguration GetPolicy ListTags ListVersionsByFunction
PutFunctionConcurrency RemovePermission TagResource UntagResource UpdateFunctionCode
UpdateFunctionConfiguration
"""
RULES = """
DeleteRule DescribeRule DisableRule EnableRule ListTagsForResource ListTargetsByRule PutRule PutTargets
RemoveTargets TagResource UntagResource
"""
BUSES = """
CreateArchive CreateEventBus DeleteArchive DeleteEventBus DescribeArchive DescribeEventBus
ListTagsForResource TagResource UntagResource UpdateArchive UpdateEventBus
"""
ENDPOINTS = "CreateEndpoint DeleteEndpoint DescribeEndpoint UpdateEndpoint"
LOG_GROUPS = """
AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteMetricFilter DeleteRetentionPolicy
DescribeMetricFilters DisassociateKmsKey ListTagsForResource PutMetricFilter PutRetentionPolicy
TagResource UntagResource
"""
LOG_DELIVERY = """
CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery
ListLogDeliveries PutResourcePolicy UpdateLogDelivery
"""
ALARMS = """
DeleteAlarms DescribeAlarms ListTagsForResource PutCompositeAlarm PutMetricAlarm TagResource UntagResource
"""
TOPICS = """
CreateTopic DeleteTopic GetTopicAttributes ListTagsForResource SetTopicAttributes Subscribe TagResource
UntagResource
"""
QUEUES = """
CreateQueue DeleteQueue GetQueueAttributes ListQueueTags SetQueueAttributes TagQueue UntagQueue
"""
PARAMETERS = """
AddTagsToResource DeleteParameter GetParameter GetParameters ListTagsForResource PutParameter
RemoveTagsFromResource
"""
DOCUMENTS = """
AddTagsToResource CreateDocument DeleteDocument DescribeDocument DescribeDocumentPermission GetDocument
ListTagsForResource RemoveTagsFromResource UpdateDocument UpdateDocumentDefaultVersion
"""
MACHINES = """
CreateStateMachine DeleteStateMachine DescribeStateMachine ListStateMachineVersions ListTagsForResource
TagResource UntagResource UpdateStateMachine
"""
CONFIG = """
DeleteConfigRule DeleteConfigurationRecorder DeleteDeliveryChannel DescribeConfigRules
DescribeConfigurationRecorderStatus DescribeConfigurationRecorders DescribeDeliveryChannels
ListTagsForResource PutConfigRule PutConfigurationRecorder PutDeliveryChannel StartConfigurationRecorder
StopConfigurationRecorder TagResource UntagResource
"""
ZONES = """
ChangeResourceRecordSets ChangeTagsForResource CreateHealthCheck CreateHostedZone DeleteHealthCheck
DeleteHostedZone GetChange GetHealthCheck GetHostedZone ListHealthChecks ListHostedZones
ListHostedZonesByName ListResourceRecordSets ListTagsForResource UpdateHealthCheck UpdateHostedZoneComment
"""
CERTIFICATES = """
AddTagsToCertificate DeleteCertificate DescribeCertificate ListTagsForCertificate
RemoveTagsFromCertificate
"""
TRACING = """
CreateGroup CreateSamplingRule DeleteGroup DeleteSamplingRule GetGroup GetSamplingRules
ListTagsForResource TagResource UntagResource UpdateGroup UpdateSamplingRule
"""
EXPERIMENTS = """
CreateExperimentTemplate DeleteExperimentTemplate GetExperimentTemplate ListTagsForResource TagResource
UntagResource UpdateExperimentTemplate
"""
