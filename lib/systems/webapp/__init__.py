"""The web application: instances behind a load balancer in one region."""
