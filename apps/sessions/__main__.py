"""`python -m apps.sessions`: serve until SIGTERM. What the environment must say: docs/single-region.md."""

from apps.serving.server import server
from apps.sessions.composition import compose
from apps.sessions.settings import SessionsSettings


def main() -> None:
    """Serve."""
    settings = SessionsSettings.from_env()
    server(compose(settings), host=settings.host, port=settings.port).run()


if __name__ == "__main__":
    main()
