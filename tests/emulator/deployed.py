"""What the tests deploy: a role, a function that does as it is told, an API in front of it."""

import io
import json
import zipfile
from typing import Any

from tests.emulator.emulator_process import ACCOUNT, HOME, Emulator

HANDLER = '''
import boto3, os, time

class StaleEpoch(Exception):
    """An error of our own."""

def handler(event, context):
    match event.get("do") or event.get("rawPath", "").strip("/"):
        case "time":
            return {"time": time.time(), "time_ns": time.time_ns()}
        case "connect":
            import socket
            with socket.create_connection(("127.0.0.1", event["port"]), timeout=2) as way:
                return {"port": way.getpeername()[1]}
        case "find":
            import socket
            return {"port": socket.getaddrinfo(event["name"], 80, type=socket.SOCK_STREAM)[0][4][1]}
        case "code":
            file, compiled = os.path.realpath(__file__), os.path.exists(__cached__)
            return {"pid": os.getpid(), "file": file, "compiled": compiled}
        case "environment":
            return dict(os.environ)
        case "fail":
            raise StaleEpoch("first line\\nSecondError: not the class")
        case "sleep":
            time.sleep(event.get("seconds", 30))
        case "nap":
            time.sleep(0.05)
        case "forbidden":
            boto3.client("dynamodb").list_tables()
        case "allowed":
            boto3.client("sts").get_caller_identity()
    return {"pid": os.getpid(), "path": event.get("rawPath"), "region": os.environ["AWS_REGION"]}
'''


def statement(**more: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **more}]})


def role(emulator: Emulator, name: str = "worker") -> str:
    trusted = statement(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
    arn = emulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    emulator.client("iam").put_role_policy(
        RoleName=name,
        PolicyName="own",
        PolicyDocument=statement(Action="dynamodb:PutItem", Resource="*"),
    )
    return str(arn)


def function(
    emulator: Emulator, role_arn: str, region: str = HOME, name: str = "worker", code: str = HANDLER
) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(zipfile.ZipInfo("worker.py"), code)  # the same bytes whenever it is packed
    functions = emulator.client("lambda", region)
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role_arn,
        Handler="worker.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=40,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    return str(made["FunctionArn"])


def api(emulator: Emulator, function_arn: str, region: str = HOME) -> dict[str, Any]:
    apis = emulator.client("apigatewayv2", region)
    made: dict[str, Any] = apis.create_api(Name="api", ProtocolType="HTTP")
    integration = apis.create_integration(
        ApiId=made["ApiId"],
        IntegrationType="AWS_PROXY",
        IntegrationUri=function_arn,
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    for route in ("GET /nap", "GET /health"):
        apis.create_route(ApiId=made["ApiId"], RouteKey=route, Target=f"integrations/{integration}")
    apis.create_stage(ApiId=made["ApiId"], StageName="$default", AutoDeploy=True)
    return made


def invoke(
    emulator: Emulator, event: dict[str, Any], region: str = HOME, name: str = "worker"
) -> tuple[str | None, Any]:
    """Kind of error, None without one, and the decoded answer."""
    answer = emulator.client("lambda", region).invoke(FunctionName=name, Payload=json.dumps(event))
    return answer.get("FunctionError"), json.load(answer["Payload"])


def queue(emulator: Emulator, region: str, name: str) -> tuple[str, str]:
    """URL and ARN of a queue that takes what EventBridge brings: without a policy it takes nothing."""
    arn = f"arn:aws:sqs:{region}:{ACCOUNT}:{name}"
    policy = taking("Allow", arn)
    made = emulator.client("sqs", region).create_queue(QueueName=name, Attributes={"Policy": policy})
    return made["QueueUrl"], arn


def taking(effect: str, arn: str) -> str:
    """A queue's policy about what EventBridge brings."""
    events = {"Service": "events.amazonaws.com"}
    return statement(Effect=effect, Principal=events, Action="sqs:SendMessage", Resource=arn)
