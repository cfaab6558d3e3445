"""Objects of S3 that are sent in parts."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import re
from typing import Any
from urllib.parse import parse_qsl

from ministack.services import s3

from localcloud.emulator.patches.wrapping import Wrapper, wrap

OK = 200
_UPLOAD = re.compile(rb"<UploadId>([^<]+)</UploadId>")
Answer = tuple[int, dict[str, str], bytes]


def tag_what_comes_in_parts() -> None:
    """Give an object the tags that its upload began with; upstream forgets them.

    The provider sends what is larger than 5 MiB in parts.
    """
    tags: dict[str, dict[str, str]] = {}

    def begin(original: Wrapper, bucket: str, key: str, headers: dict[str, str]) -> Answer:
        answer: Answer = original(bucket, key, headers)
        begun = _UPLOAD.search(answer[2])
        if begun and (given := headers.get("x-amz-tagging")):
            tags[begun[1].decode()] = dict(parse_qsl(given, keep_blank_values=True))
        return answer

    def complete(original: Wrapper, bucket: str, key: str, body: bytes, query: Any, *rest: Any) -> Answer:
        answer: Answer = original(bucket, key, body, query, *rest)
        given = tags.pop(s3._qp(query, "uploadId"), None) if answer[0] == OK else None
        if given:
            s3._object_tags[bucket, key, answer[1].get("x-amz-version-id")] = given
        return answer

    wrap(s3, "_create_multipart_upload", begin)
    wrap(s3, "_complete_multipart_upload", complete)
