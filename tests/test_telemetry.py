"""No engine tells another machine anything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest


def test_loading_the_encoder_calls_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        outside = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        env = {**os.environ, "http_proxy": outside, "https_proxy": outside}
        env.pop("CI", None)
        env.pop("ORT_DISABLE_TELEMETRY", None)
        code = "from engines.understanding.encoder import Encoder; Encoder.load(); import time; time.sleep(3)"
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
        proxy.settimeout(0.1)
        with pytest.raises(TimeoutError):
            proxy.accept()
