"""Global tables of DynamoDB, and what may be done to them."""

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTableGlobalTableWitness,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableReplica,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from constructs import Construct

from lib.data.backup import backed_up
from lib.iam import Allow
from lib.pair import Pair
from lib.provider import since_6
from lib.security.key import EncryptionKey
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site


@dataclass(frozen=True, slots=True)
class TableAccess:
    """Grants on one region's replica of a table, which is known by name."""

    arn: str

    @classmethod
    def to(cls, site: Site, what: str) -> "TableAccess":
        """Access to the table *what* as this region sees it."""
        return cls(site.arn("dynamodb", f"table/{site.name(what)}"))

    def read(self) -> Allow:
        """Read single items."""
        return self._allow("GetItem")

    def update(self) -> Allow:
        """Read and change items that are there."""
        return self._allow("GetItem", "UpdateItem")

    def write(self) -> Allow:
        """Read, create and change single items."""
        return self._allow("GetItem", "PutItem", "UpdateItem")

    def scan_update(self) -> Allow:
        """Read all items, many at once or one by one, and change them one by one."""
        return self._allow("Scan", "BatchGetItem", "GetItem", "UpdateItem")

    def put(self) -> Allow:
        """Write items that nobody here reads."""
        return self._allow("PutItem")

    def scan(self) -> Allow:
        """Read all items."""
        return self._allow("Scan")

    def query(self) -> Allow:
        """Read the items of one partition after another."""
        return self._allow("Query")

    def read_write_delete(self) -> Allow:
        """Read, replace and delete single items."""
        return self._allow("GetItem", "PutItem", "DeleteItem")

    def read_all(self) -> Allow:
        """Read all items, of a table that has few."""
        return self._allow("Scan", "GetItem")

    def put_under(self, key: str) -> Allow:
        """Write the item with this key, and no other: DynamoDB names the key of every PutItem."""
        only = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [key]}}
        return Allow(("dynamodb:PutItem",), (self.arn,), when=only)

    def count_early(self, system: str) -> Allow:
        """Change the items in which `durable.early_acceptance` counts, and no others."""
        only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{system}#early#*"]}}
        return Allow(("dynamodb:UpdateItem",), (self.arn,), when=only)

    def _allow(self, *actions: str) -> Allow:
        return Allow(tuple(f"dynamodb:{action}" for action in actions), (self.arn,))


class GlobalTable(Construct):
    """A table with a replica in both regions, each encrypted with a key of its region.

    *strong* makes it strongly consistent over both regions and the witness, as far as the provider can say
    so. DynamoDB gives such a table no *ttl*.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: TwoRegionSettings,
        hash_key: str,
        range_key: str | None = None,
        keys: Pair[EncryptionKey],
        strong: bool = False,
        ttl: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.name = settings.name(id_)
        streamed = _replicates_by_stream(settings, strong=strong)
        DynamodbTable(
            self,
            "table",
            name=self.name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=hash_key,
            range_key=range_key,
            attribute=[DynamodbTableAttribute(name=key, type="S") for key in (hash_key, range_key) if key],
            stream_enabled=streamed,
            stream_view_type="NEW_AND_OLD_IMAGES" if streamed else None,
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(
                enabled=True, kms_key_arn=keys.first.arn
            ),
            ttl=DynamodbTableTtl(attribute_name=ttl, enabled=True) if ttl else None,
            replica=[_replica(settings, keys.second, strong=strong)],
            global_table_witness=_witness(settings) if strong else None,
            deletion_protection_enabled=settings.lifecycle.protected,
            tags={"Name": self.name, **backed_up(settings)},
        )


class RegionalTable(Construct):
    """A table of one region. Without *key* it lies under the one that AWS manages for DynamoDB.

    Unless it is *kept*, what is in it is no loss: nobody backs it up.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        key: EncryptionKey | None,
        hash_key: str,
        ttl: str,
        kept: bool = False,
    ) -> None:
        super().__init__(scope, id_)
        self.name = site.name(id_)
        DynamodbTable(
            self,
            "table",
            name=self.name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=hash_key,
            attribute=[DynamodbTableAttribute(name=hash_key, type="S")],
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(
                enabled=True, kms_key_arn=key.arn if key else None
            ),
            ttl=DynamodbTableTtl(attribute_name=ttl, enabled=True),
            deletion_protection_enabled=site.settings.lifecycle.protected,
            tags={"Name": self.name, **(backed_up(site.settings) if kept else {})},
        )


def _replicates_by_stream(settings: TwoRegionSettings, *, strong: bool) -> bool | None:
    """Eventual consistency replicates by a stream. A strongly consistent table gets none.

    The provider enables such a stream in one region only, and later versions differ in that.
    https://github.com/hashicorp/terraform-provider-aws/issues/48213
    """
    return None if strong and _mode(settings) else True


def _mode(settings: TwoRegionSettings) -> str | None:
    return since_6(settings, "aws_dynamodb_table.replica.consistency_mode", "STRONG")


def _replica(settings: TwoRegionSettings, key: EncryptionKey, *, strong: bool) -> DynamodbTableReplica:
    protected = settings.lifecycle.protected
    return DynamodbTableReplica(
        region_name=settings.regions.second.name,
        kms_key_arn=key.arn,
        point_in_time_recovery=True,
        propagate_tags=True,
        consistency_mode=_mode(settings) if strong else None,
        deletion_protection_enabled=since_6(
            settings, "aws_dynamodb_table.replica.deletion_protection_enabled", protected
        ),
    )


def _witness(settings: TwoRegionSettings) -> DynamodbTableGlobalTableWitness | None:
    witness = DynamodbTableGlobalTableWitness(region_name=settings.witness)
    return since_6(settings, "aws_dynamodb_table.global_table_witness", witness)
