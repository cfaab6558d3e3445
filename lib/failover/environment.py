"""What the functions of a system in two regions read at their start. Pure: no construct."""

from lib.settings.two_regions import TwoRegionSettings


def environment(settings: TwoRegionSettings) -> dict[str, str]:
    """What every function of a system in two regions is told, the same in both.

    Whatever differs is found below PARAMETER_PREFIX in the function's own region.
    """
    return {
        "SYSTEM": settings.system,
        "PARAMETER_PREFIX": settings.parameter_prefix,
        "LEASE_TABLE": settings.name("lease"),
        "JOURNAL_TABLE": settings.name("journal"),
        "ARRIVALS_TABLE": settings.name("arrivals"),
        "SESSIONS_TABLE": settings.name("sessions"),
        "LEASE_TTL_SECONDS": str(settings.protocol.lease_ttl_s),
        "TICK_SECONDS": str(settings.protocol.tick_s),
        "CLOCK_SKEW_SECONDS": str(settings.protocol.clock_skew_s),
        "KEEPER_LIFETIME_SECONDS": str(settings.protocol.keeper_lifetime_s),
        "TRANSITION_LIMIT_SECONDS": str(settings.limits.transition_s),
        "POWERTOOLS_SERVICE_NAME": settings.system,
        "LOG_LEVEL": settings.functions.log_level,
        "EARLY_ACCEPTANCE": settings.early_acceptance.limits(),
        "AUTHORIZATION": settings.api.authorization.mode if settings.api else "none",
    }
