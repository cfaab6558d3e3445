"""What is deployed: settings in, stacks of CDKTF out."""

from lib.lazy_import import import_lazily

import_lazily("cdktf_cdktf_provider_aws")  # before anything else can import the provider
