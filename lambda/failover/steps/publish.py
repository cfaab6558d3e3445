"""publish: this region's own parameters name the active region."""

from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Set it and read it back. The other region's copy is its own keeper's business."""
    tools.parameters.put("active/region", takeover.region)
    return {"active_region": takeover.region}
