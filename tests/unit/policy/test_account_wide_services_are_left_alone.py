"""P25: what exists once an account, or starves other systems, is not ours to make."""


def test_P25_no_detector_is_created(resources):
    assert not [str(resource) for resource in resources if "guardduty" in resource.type]


def test_P25_no_function_reserves_concurrency(resources):
    functions = [resource.body for resource in resources if resource.type == "aws_lambda_function"]
    assert functions
    assert not [f for f in functions if "reserved_concurrent_executions" in f]
