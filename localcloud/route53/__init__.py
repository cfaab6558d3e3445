"""Route 53's data plane on this machine: health checkers and DNS answers.

The control plane (zones, records and health checks as Terraform wrote them) lives in the emulator.
This package reads it once a second, probes the endpoints as Route 53's checkers would and answers
DNS from what they found. It keeps answering when the control plane is gone: that is the static
stability a failover relies on.

records, parsing, rules, answers and timeline are pure; probe, checkers, dns, source and plane do
the I/O; resolver is the client that drills resolve names with.

Declared differences from AWS: a changed record is in force after about a second instead of up to
60 s, every endpoint is probed by plain HTTP at a local front door, and the state of a CloudWatch
alarm stands for its data stream.
"""
