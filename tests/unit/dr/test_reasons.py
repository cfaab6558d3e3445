"""Each way in which AWS, or the way to it, says no reads differently: each is mended by somebody else."""

import errno
import socket
import ssl
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected

import pytest
from boto3.exceptions import UnknownAPIVersionError
from botocore import exceptions as aws
from botocore.parsers import ResponseParserError
from urllib3.exceptions import NameResolutionError

from dr.calls import AwsUnavailable, NoAccess, ask, refusal, understood
from dr.exits import Exit
from dr.reasons.kinds import Kind
from dr.reasons.why import reason
from failover.lease_table import LeaseUnknown


def answered(code, message="", status=400):
    told = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return aws.ClientError(told, "GetItem")


def no_connection(error):
    return aws.EndpointConnectionError(endpoint_url="https://dynamodb", error=error)


EXPIRED = (
    "Signature expired: 20261128T100000Z is now earlier than 20261128T101500Z (20261128T102000Z - 5 min.)"
)
EARLY = "Signature not yet current: 20261128T103000Z is still later than 20261128T102000Z"
DENIED = "User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:GetItem"
SAID = [
    (answered("AccessDeniedException", DENIED), Kind.ACCESS_DENIED, "dynamodb:GetItem"),
    (answered("AccessDenied", DENIED), Kind.ACCESS_DENIED, "lack this permission"),
    (answered("UnauthorizedOperation"), Kind.ACCESS_DENIED, "access denied"),
    (answered("ThrottlingException", "Rate exceeded"), Kind.THROTTLED, "throttles"),
    (answered("Throttling"), Kind.THROTTLED, "wait a little"),
    (answered("RequestLimitExceeded", status=503), Kind.THROTTLED, "throttles"),
    (answered("ExpiredTokenException", "is expired"), Kind.SESSION_EXPIRED, "session has expired"),
    (answered("UnrecognizedClientException"), Kind.NOT_ACCEPTED, "not accepted"),
    (answered("SignatureDoesNotMatch", "check your secret"), Kind.NOT_ACCEPTED, "not accepted"),
    (
        answered("InvalidSignatureException", EXPIRED),
        Kind.CLOCK_SKEW,
        "clock of this machine is wrong by about 15",
    ),
    (answered("SignatureDoesNotMatch", EARLY), Kind.CLOCK_SKEW, "by about 10 min"),
    (answered("RequestTimeTooSkewed"), Kind.CLOCK_SKEW, "clock of this machine is wrong, and"),
    (answered("RequestExpired"), Kind.CLOCK_SKEW, "set it by a time server"),
    (answered("ResourceNotFoundException", "no table"), Kind.NOT_FOUND, "no such thing"),
    (answered("GlobalClusterNotFoundFault"), Kind.NOT_FOUND, "no such thing"),
    (answered("InternalServerError", status=500), Kind.SERVER_ERROR, "Health Dashboard"),
    (answered("Strange", status=502), Kind.SERVER_ERROR, "failed to answer"),
    (answered("ValidationException", "bad key"), Kind.OTHER, "ValidationException: bad key"),
    (aws.NoCredentialsError(), Kind.NO_CREDENTIALS, "localcloud env"),
    (
        no_connection(NameResolutionError("host", None, socket.gaierror(-2, "x"))),
        Kind.NO_DNS,
        "cannot be resolved",
    ),
    (no_connection(socket.gaierror(-3, "temporary failure")), Kind.NO_DNS, "see the DNS here"),
    (no_connection(ConnectionRefusedError(111, "refused")), Kind.UNREACHABLE, "nobody listens"),
    (
        aws.SSLError(endpoint_url="https://x", error="certificate has expired"),
        Kind.TLS,
        "certificate has expired",
    ),
    (ssl.SSLCertVerificationError("self-signed"), Kind.TLS, "TLS failed"),
    (aws.ProxyConnectionError(proxy_url="http://proxy", error="x"), Kind.PROXY, "HTTPS_PROXY"),
    (aws.ConnectTimeoutError(endpoint_url="https://x", error="x"), Kind.TIMEOUT, "no answer in time"),
    (aws.ReadTimeoutError(endpoint_url="https://x", error="x"), Kind.TIMEOUT, "no answer in time"),
    (aws.ConnectionClosedError(endpoint_url="https://x", error="x"), Kind.CLOSED, "before an answer"),
    (ConnectionAbortedError(103, "aborted"), Kind.CLOSED, "before an answer"),
    (RemoteDisconnected("Remote end closed"), Kind.CLOSED, "before an answer"),
    (aws.ResponseStreamingError(error=IncompleteRead(b"{")), Kind.CLOSED, "before an answer"),
    (aws.IncompleteReadError(actual_bytes=1, expected_bytes=2), Kind.CLOSED, "1 read"),
    (BadStatusLine("SSH-2.0"), Kind.NOT_UNDERSTOOD, "not AWS: SSH-2.0"),
    (no_connection(OSError(errno.EHOSTUNREACH, "No route to host")), Kind.UNREACHABLE, "no way leads there"),
    (no_connection(OSError(errno.ENETUNREACH, "unreachable")), Kind.UNREACHABLE, "see the network here"),
    (no_connection("x"), Kind.UNREACHABLE, "Could not connect"),
    (aws.ConfigParseError(path="~/.aws/config"), Kind.CONFIGURATION, "~/.aws/config"),
    (aws.InvalidRegionError(region_name="x y"), Kind.CONFIGURATION, "variables AWS_"),
    (aws.UnknownEndpointError(service_name="s", region_name="r"), Kind.CONFIGURATION, "not set up here"),
    (aws.MetadataRetrievalError(error_msg="no role"), Kind.NO_CREDENTIALS, "no role"),
    (aws.LoginRefreshRequired(), Kind.NO_CREDENTIALS, "log in"),
    (UnknownAPIVersionError("s", "v", "w"), Kind.OTHER, "UnknownAPIVersionError"),
    (ResponseParserError("no\nXML"), Kind.NOT_UNDERSTOOD, "not AWS: no"),
    (TimeoutError(), Kind.TIMEOUT, "TimeoutError"),
    (ValueError(), Kind.OTHER, "ValueError"),
]


@pytest.mark.parametrize(
    ("error", "kind", "says"), SAID, ids=[f"{kind}-{n}" for n, (_, kind, _) in enumerate(SAID)]
)
def test_every_reason_reads_differently(error, kind, says):
    found = reason(error)
    assert (found.kind, says in found.says) == (kind, True), found


def test_a_clock_that_is_wrong_is_not_a_session_that_has_expired():
    assert "log in" not in reason(answered("InvalidSignatureException", EXPIRED)).says


def test_the_reason_is_found_under_what_wraps_it():
    wrapped = LeaseUnknown("cannot read the lease")
    wrapped.__cause__ = answered("AccessDenied")
    assert reason(wrapped).kind is Kind.ACCESS_DENIED


@pytest.mark.parametrize(
    ("error", "raised", "code"),
    [
        (answered("AccessDenied"), AwsUnavailable, Exit.FAILED),
        (answered("ExpiredToken"), NoAccess, Exit.FAILED),
        (answered("RequestTimeTooSkewed"), NoAccess, Exit.FAILED),
        (aws.ReadTimeoutError(endpoint_url="x", error="x"), AwsUnavailable, Exit.UNKNOWN),
        (answered("InternalFailure", status=500), AwsUnavailable, Exit.UNKNOWN),
        (no_connection(socket.gaierror(-2, "x")), AwsUnavailable, Exit.FAILED),
    ],
)
def test_what_may_have_been_done_all_the_same_is_unknown_and_the_rest_has_failed(error, raised, code):
    def call():
        raise error

    with pytest.raises(raised) as told:
        ask("us-east-1", call)
    assert told.value.code is code


def test_only_what_no_other_region_helps_against_ends_a_command():
    assert refusal(answered("AccessDenied")) is None
    assert refusal(None) is None
    assert isinstance(refusal(answered("ExpiredToken")), NoAccess)


@pytest.mark.parametrize("read", [lambda: {}["gap"], lambda: int("x"), [].pop, lambda: (None).keys])
def test_an_answer_of_another_version_is_told_and_not_a_traceback(read):
    with (
        pytest.raises(AwsUnavailable, match=r"us-west-2: its function is not understood \(\w+Error") as told,
        understood("us-west-2", "its function"),
    ):
        read()
    assert (told.value.kind, told.value.code) == (Kind.NOT_UNDERSTOOD, Exit.UNKNOWN)
