"""Starts a pasarela for tests in Python: the program that PASARELA_BIN names, or else
`pasarela` of PATH.

    with pasarela.start() as server:
        boto3.client("apigatewayv2", **server.client)

pasarela_container.py has the same as a container. With pytest: `@pytest.fixture(scope="session")`
around the first line with a `yield`.
"""

import contextlib
import os
import queue
import re
import subprocess
import tempfile
import threading
import time
from typing import NamedTuple


class Server(NamedTuple):
    endpoint: str
    client: dict  # arguments of boto3.client
    host: str  # the name of this machine in URIs of integrations


def server(endpoint, host):
    return Server(endpoint, {
        "endpoint_url": endpoint, "region_name": "us-east-1",
        "aws_access_key_id": "test", "aws_secret_access_key": "test",
    }, host)


@contextlib.contextmanager
def start(timeout=30, program=None):
    program = program or os.environ.get("PASARELA_BIN", "pasarela")
    with tempfile.TemporaryDirectory(prefix="pasarela-") as data:
        command = [program, "serve", "--local", "--data", data, "--listen", "127.0.0.1:0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = queue.Queue()

        def read():
            for line in process.stdout:
                lines.put(line)
            lines.put(None)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            endpoint = re.search(r"serves (http\S+) ", _until_ready(lines, time.monotonic() + timeout)).group(1)
            yield server(endpoint, "127.0.0.1")
        finally:
            process.terminate()
            process.wait()
            reader.join()
            process.stdout.close()


def _until_ready(lines, deadline):
    output = ""
    while True:
        try:
            line = lines.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            raise RuntimeError("pasarela was not ready in time:\n" + output) from None
        if line is None:
            raise RuntimeError("pasarela ended:\n" + output)
        if line == "Ready.\n":
            return output
        output += line
