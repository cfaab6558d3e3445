"""Environments that nobody asks for any more and that still have resources: `python -m gates.orphans OPEN`.

OPEN lists the suffixes that may exist, one a line. Finds, by tag, every other `pr<number>` in every region of
the system, prints its resources and exits with 1. It deletes nothing: whoever sees it runs `make destroy`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3

from lib.systems.load import load_any

Tagged = Mapping[str, Any]
"""A resource as the tagging API describes it."""
SUFFIX = "EnvironmentSuffix"


def orphans(tagged: Iterable[Tagged], *, open_: set[str]) -> Mapping[str, list[str]]:
    """ARNs by suffix, for every suffix of a pull request that is not in *open_*."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for resource in tagged:
        tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
        suffix = tags.get(SUFFIX, "")
        if suffix.startswith("pr") and suffix[2:].isdigit() and suffix not in open_:
            found[suffix].append(resource["ResourceARN"])
    return dict(found)


def _tagged(system: str, region: str) -> Iterable[Tagged]:
    pages = boto3.client("resourcegroupstaggingapi", region_name=region).get_paginator("get_resources")
    keys = boto3.client("kms", region_name=region)
    for page in pages.paginate(TagFilters=[{"Key": "System", "Values": [system]}, {"Key": SUFFIX}]):
        for found in page["ResourceTagMappingList"]:
            if not ends_by_itself(found["ResourceARN"], keys):
                yield found


def ends_by_itself(arn: str, keys: Any) -> bool:
    """Whether it is a key that was destroyed: AWS shows it for seven days more."""
    if ":kms:" not in arn or ":key/" not in arn:
        return False
    state: str = keys.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
    return state == "PendingDeletion"


def main(path: Path) -> int:
    """Print the orphans of all regions; the exit code."""
    settings = load_any()
    open_ = set(path.read_text().split())
    everything = [one for region in sorted(settings.places) for one in _tagged(settings.system, region)]
    left = orphans(everything, open_=open_)
    for suffix, arns in sorted(left.items()):
        end = f"SYSTEM={settings.system} ENVIRONMENT_SUFFIX={suffix} make destroy"
        sys.stdout.write(f"{suffix}: {len(arns)} resources; {end}\n")
        sys.stdout.writelines(f"    {arn}\n" for arn in sorted(arns))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
