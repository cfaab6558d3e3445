"""What is wrong with AWS's settings of this machine, before anybody is called. Pure."""

from botocore import exceptions as aws

from dr.reasons.kinds import Kind, Reason

MISCONFIGURED = (
    aws.BaseEndpointResolverError,
    aws.ConfigNotFound,
    aws.ConfigParseError,
    aws.EndpointProviderError,
    aws.InfiniteLoopConfigError,
    aws.InvalidChecksumConfigError,
    aws.InvalidConfigError,
    aws.InvalidDefaultsMode,
    aws.InvalidEndpointConfigurationError,
    aws.InvalidIMDSEndpointError,
    aws.InvalidIMDSEndpointModeError,
    aws.InvalidProxiesConfigError,
    aws.InvalidRegionError,
    aws.InvalidRetryConfigurationError,
    aws.InvalidRetryModeError,
    aws.InvalidSTSRegionalEndpointsConfigError,
    aws.MissingDependencyException,
    aws.UnknownCredentialError,
    aws.UnknownFIPSEndpointError,
    aws.UnknownRegionError,
    aws.UnknownTokenProviderError,
)


def misconfigured(error: BaseException) -> Reason:
    """AWS's library cannot begin with what it finds."""
    text = (str(error).splitlines() or [type(error).__name__])[0]
    return Reason(
        Kind.CONFIGURATION, f"AWS is not set up here: {text}; see ~/.aws/config and the variables AWS_*"
    )
