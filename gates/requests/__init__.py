"""The judge of requests: what the provider would send to AWS, checked before anybody sends it.

`variants` synthesizes a system in every shape that settings allow, `terraform` reads each resource with what
is known of its references, `filling` and `types` turn it into requests. `model` holds these against the
service models of botocore, `prose` and `rules` against what AWS states in its documentation only.
"""
