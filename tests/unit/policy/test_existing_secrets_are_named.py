"""Secrets that stacks read are those that the settings name for the doctor and the deployer's rights."""

from lib.systems.load import load_any


def test_every_secret_that_a_stack_reads_is_named_by_its_settings(any_stacks):
    read = {name for stack in any_stacks.values() for name in read_by(stack.document)}
    systems = {
        one["default_tags"][0]["tags"]["System"]
        for stack in any_stacks.values()
        for one in stack.document["provider"]["aws"]
    }
    (system,) = systems
    assert read == set(load_any({"SYSTEM": system}).secrets)


def read_by(document):
    described = document.get("data", {}).get("aws_secretsmanager_secret", {}).values()
    opened = document.get("ephemeral", {}).get("aws_secretsmanager_secret_version", {}).values()
    return [*(one["name"] for one in described), *(one["secret_id"] for one in opened)]
