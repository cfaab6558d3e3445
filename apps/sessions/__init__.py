"""The service of sessions: what a browser's session holds, kept in DynamoDB for whichever task asks next."""
