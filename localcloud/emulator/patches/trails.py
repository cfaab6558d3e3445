"""Trails of CloudTrail."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from typing import Any

from ministack.services import cloudtrail

from localcloud.emulator.patches.wrapping import Wrapper, wrap_entry

Content = dict[str, Any]


def keep_tags() -> None:
    """Keep the tags that a trail is created with; upstream forgets them.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
    """

    def create(original: Wrapper, asked: Content) -> Any:
        answer = original(asked)
        trail = cloudtrail._trails.get(asked.get("Name", ""))
        if trail is not None and asked.get("TagsList"):
            cloudtrail._add_tags({"ResourceId": trail["TrailARN"], "TagsList": asked["TagsList"]})
        return answer

    wrap_entry(cloudtrail._DISPATCH, "CreateTrail", create)
