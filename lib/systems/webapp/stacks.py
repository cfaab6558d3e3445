"""All stacks of the web application, in the order in which they are deployed."""

from pathlib import Path

from cdktf import App

from lib.bundle import Bundle, build_web
from lib.systems.webapp.first_region import FirstRegionStack
from lib.systems.webapp.second_region import SecondRegionStack
from lib.systems.webapp.settings import WebappSettings

ROOT = Path(__file__).resolve().parents[3]


def build(app: App, settings: WebappSettings, functions: Bundle) -> None:
    """The second region first: it needs nothing, and the first one names its buckets.

    Raises BundleError when the application cannot be packed.
    """
    application = build_web(ROOT, Path(app.outdir))
    there = SecondRegionStack(app, settings=settings)
    here = FirstRegionStack(app, settings=settings, functions=functions, application=application, there=there)
    here.add_dependency(there)
