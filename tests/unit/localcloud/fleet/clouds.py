"""A cloud whose addresses tests can tell apart."""

from pathlib import Path

from localcloud.core.state import CloudState, RegionState


def cloud(*regions: str) -> CloudState:
    return CloudState(
        pid=1,
        control="",
        token="",
        operator_endpoint="",
        account_id="",
        access_key_id="",
        secret_access_key="",
        regions={
            name: RegionState(endpoint="", front_door="", way_out=10 + number)
            for number, name in enumerate(regions, start=1)
        },
        dns_port=1,
        calls_log=Path("calls"),
    )
