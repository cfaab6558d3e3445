"""Versions of launch templates that are taken back."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from typing import Any

from ministack.services import ec2

Answer = tuple[int, dict[str, str], bytes]


def delete_versions() -> None:
    """Delete versions of a launch template, all but the default one; upstream has no such operation.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplateVersions.html
    """

    def delete(request: dict[str, Any]) -> Answer:
        template = ec2._launch_templates.get(ec2._p(request, "LaunchTemplateId"))
        if template is None:
            missing: Answer = ec2._error(
                "InvalidLaunchTemplateId.NotFoundException",
                "The specified launch template does not exist",
                400,
            )
            return missing
        asked = {int(number) for number in ec2._parse_member_list(request, "LaunchTemplateVersion")}
        there = {version["VersionNumber"] for version in template["Versions"]}
        gone = (asked & there) - {template["DefaultVersionNumber"]}
        template["Versions"] = [one for one in template["Versions"] if one["VersionNumber"] not in gone]
        template["LatestVersionNumber"] = max(one["VersionNumber"] for one in template["Versions"])
        done = _listed("successfullyDeleted", template, gone, "")
        kept = _listed("unsuccessfullyDeleted", template, asked - gone, _WHY)
        told: Answer = ec2._xml(200, "DeleteLaunchTemplateVersionsResponse", done + kept)
        return told

    ec2._ACTION_MAP["DeleteLaunchTemplateVersions"] = delete


_WHY = (
    "<responseError><code>unexpectedError</code>"
    "<message>it is the default version, or there is none of this number</message></responseError>"
)


def _listed(what: str, template: dict[str, Any], numbers: set[int], why: str) -> str:
    items = "".join(
        f"<item><launchTemplateId>{template['LaunchTemplateId']}</launchTemplateId>"
        f"<versionNumber>{number}</versionNumber>{why}</item>"
        for number in sorted(numbers)
    )
    return f"<{what}LaunchTemplateVersionSet>{items}</{what}LaunchTemplateVersionSet>"
