"""`python -m apps.web`: serve until SIGTERM. The environment says what it needs, see docs/webapp.md."""

from apps.serving.server import server
from apps.web.composition import compose
from apps.web.settings import Settings


def main() -> None:
    """Serve."""
    settings = Settings.from_env()
    server(compose(settings), host=settings.host, port=settings.port).run()


if __name__ == "__main__":
    main()
