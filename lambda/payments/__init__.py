"""The payment API: what runs behind API Gateway in both regions."""
