"""What lies in the second region: the page, and copies of files. It needs nothing of the first."""

from pathlib import Path

from constructs import Construct

from lib.data.page import PublicPage
from lib.network.site_failover import FallbackPage
from lib.security.encrypted_bucket import EncryptedBucket
from lib.security.key import EncryptionKey
from lib.stack import AwsStack
from lib.systems.webapp.settings import WebappSettings

PAGE = Path(__file__).with_name("page.html")


class SecondRegionStack(AwsStack[WebappSettings]):
    """Two buckets and a key."""

    def __init__(self, scope: Construct, *, settings: WebappSettings) -> None:
        super().__init__(scope, settings=settings, what=settings.there.code, region=settings.there)
        page = PublicPage(self, "page", site=self.site, page=PAGE)
        self.page = FallbackPage(page.domain, page.zone_id)
        key = EncryptionKey(self, "copies-key", site=self.site, what="copies")
        copies = EncryptedBucket(
            self,
            "copies",
            site=self.site,
            what="files",
            key=key,
            old_versions_days=settings.files.old_versions_days,
        )
        self.copies_key_arn = key.arn
        self.output({"page_bucket": settings.public_name, "copies_bucket": copies.name})
