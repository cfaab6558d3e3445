"""The environment of a function as it is deployed in one region."""

ENVIRONMENT = {
    "SYSTEM": "payments",
    "AWS_REGION": "us-west-2",
    "PARAMETER_PREFIX": "/payments-dev",
    "LEASE_TABLE": "lease",
    "JOURNAL_TABLE": "journal",
    "ARRIVALS_TABLE": "arrivals",
    "SESSIONS_TABLE": "sessions",
    "LEASE_TTL_SECONDS": "30",
    "TICK_SECONDS": "10",
    "CLOCK_SKEW_SECONDS": "2",
    "KEEPER_LIFETIME_SECONDS": "190",
    "TRANSITION_LIMIT_SECONDS": "1800",
    "EARLY_ACCEPTANCE": "100:EUR=1000000",
    "AUTHORIZATION": "jwt",
}
