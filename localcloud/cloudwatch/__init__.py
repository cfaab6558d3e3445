"""CloudWatch's documented rules for alarms, as values: no service, no clock."""
