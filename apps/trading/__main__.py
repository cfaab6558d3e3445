"""`python -m apps.trading`: serve until SIGTERM. The environment says what it needs, see docs/trading.md."""

from apps.serving.server import server
from apps.trading.composition import compose
from apps.trading.settings import TradingInstance


def main() -> None:
    """Serve."""
    instance = TradingInstance.from_env()
    server(compose(instance), host=instance.host, port=instance.port).run()


if __name__ == "__main__":
    main()
