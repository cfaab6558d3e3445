"""Commands typed against a `FakeCloud`."""

from typer.testing import CliRunner

from dr import commands as command
from dr.operations import Refused
from failover.lease_item import to_item

from .world import OUTPUTS


def put(cloud, lease):
    cloud.table._client.put_item(TableName=OUTPUTS["lease_table"], Item=to_item(lease))
    return lease


def dr(cloud, *arguments, answer=None):
    return CliRunner().invoke(command.app, [*arguments, "--outputs", cloud.outputs], input=answer)


def refusal(result):
    assert isinstance(result.exception, Refused), result.output
    return str(result.exception)
