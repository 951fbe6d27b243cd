"""pasarela as a container of Testcontainers (`pip install testcontainers`).

    with pasarela_container.start() as server:
        boto3.client("apigatewayv2", **server.client)

Where PASARELA_BIN names the program no container is made: start() runs the program.
"""

import contextlib
import os

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

import pasarela

PORT = 4566
IMAGE = "ghcr.io/pasarela-ws/pasarela:latest"
# This machine, as a container calls it. Podman before 4.7 has host.containers.internal only.
HOST = os.environ.get("PASARELA_HOST", "host.docker.internal")


class PasarelaContainer(DockerContainer):
    def __init__(self, image=None, **kwargs):
        if HOST == "host.docker.internal":
            kwargs.setdefault("extra_hosts", {HOST: "host-gateway"})
        super().__init__(image or os.environ.get("PASARELA_IMAGE", IMAGE), **kwargs)
        self.with_env("PASARELA_LOCAL", "1").with_exposed_ports(PORT)
        self.waiting_for(LogMessageWaitStrategy("Ready."))

    @property
    def server(self):
        """What pasarela.start() gives; host is the name of this machine in URIs of
        integrations, and what serves them listens at 0.0.0.0."""
        return pasarela.server(f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}", HOST)


@contextlib.contextmanager
def start(image=None):
    if "PASARELA_BIN" in os.environ:
        with pasarela.start() as server:
            yield server
        return
    with PasarelaContainer(image) as container:
        yield container.server
