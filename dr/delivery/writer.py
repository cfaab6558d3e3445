"""Where the writer of the global database is, asked of either region."""

from dr.doctor.aws import Aws, Unanswered
from lib.settings.two_regions import TwoRegionSettings


def region_of_writer(aws: Aws, settings: TwoRegionSettings) -> str | None:
    """The writer's region; None when there is no global database, or nothing in it.

    Raises Unanswered when no region says, NoAccess.
    """
    name = settings.name("ledger")
    reasons = []
    for region in settings.regions:
        try:
            found = aws("rds", region.name, "describe_global_clusters", GlobalClusterIdentifier=name)
        except Unanswered as error:
            reasons.append(str(error))
            continue
        groups = found["GlobalClusters"] if found else []
        members = [member for group in groups for member in group["GlobalClusterMembers"]]
        writers = [one["DBClusterArn"].split(":")[3] for one in members if one["IsWriter"]]
        return writers[0] if writers else None
    raise Unanswered("; ".join(reasons))
