"""An instance's clock, as wrong as the file INSTANCE_CLOCK says in time() and time_ns(), and its DNS."""

import mmap
import os
import struct
import time

if "INSTANCE_CLOCK" in os.environ:
    with open(os.environ["INSTANCE_CLOCK"], "rb") as _stream:  # noqa: PTH123 - pathlib would cost every start
        _offset = mmap.mmap(_stream.fileno(), 8, access=mmap.ACCESS_READ)
    _right, _right_ns, _read = time.time, time.time_ns, struct.Struct("=q").unpack_from
    time.time = lambda: _right() + _read(_offset)[0] / 1e9
    time.time_ns = lambda: _right_ns() + _read(_offset)[0]

if "INSTANCE_DNS" in os.environ or any(name.startswith("PORT_") for name in os.environ):
    import instance_names  # type: ignore[import-not-found] # beside this file

    instance_names.install(os.environ.get("INSTANCE_DNS"), os.environ.get("INSTANCE_WAYS", "{}"))
