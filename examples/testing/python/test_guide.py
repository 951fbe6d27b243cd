"""The guide as a test: a client connects, the backend's POST arrives, and the client gets the
push. Where PASARELA_BIN names no program the server is a container, which needs `testcontainers`.
"""

import asyncio
import contextlib
import http.server
import json
import os
import queue
import threading
import unittest

import boto3
import websockets

if "PASARELA_BIN" in os.environ:
    from pasarela import start
else:
    from pasarela_container import start

TEMPLATE = """{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}"""


def deploy(client, uri):
    api = {"ApiId": "guide"}
    client.create_api(Name="guide", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", Tags={"_custom_id_": "guide"})
    integration = client.create_integration(
        **api, IntegrationType="HTTP", IntegrationMethod="POST", IntegrationUri=uri, RequestTemplates={"application/json": TEMPLATE})["IntegrationId"]
    client.create_integration_response(**api, IntegrationId=integration, IntegrationResponseKey="201")
    client.create_route(**api, RouteKey="$connect", Target="integrations/" + integration)
    client.create_stage(**api, StageName="prod")
    client.create_deployment(**api, StageName="prod")
    return "guide/prod"


class Backend(http.server.BaseHTTPRequestHandler):
    orders = queue.Queue()

    def do_POST(self):
        self.orders.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_):
        pass


class Guide(unittest.TestCase):
    def test_a_client_that_connects_gets_its_push(self):
        with start() as server:
            listen = "127.0.0.1" if server.host == "127.0.0.1" else "0.0.0.0"
            with http.server.ThreadingHTTPServer((listen, 0), Backend) as backend:
                threading.Thread(target=backend.serve_forever).start()
                try:
                    with contextlib.closing(boto3.client("apigatewayv2", **server.client)) as apis:
                        stage = deploy(apis, f"http://{server.host}:{backend.server_port}/api/reports/create")
                    order, message = asyncio.run(connect(server, stage))
                finally:
                    backend.shutdown()
        self.assertEqual(order["type"], "ventas")
        self.assertEqual(json.loads(message), {"status": "done"})


async def connect(server, stage):
    async with websockets.connect(f"ws{server.endpoint[4:]}/{stage}?reportType=ventas") as client:
        order = Backend.orders.get(timeout=30)
        arguments = {**server.client, "endpoint_url": f"{server.endpoint}/{stage}"}
        with contextlib.closing(boto3.client("apigatewaymanagementapi", **arguments)) as connections:
            connections.post_to_connection(ConnectionId=order["connectionId"], Data=json.dumps({"status": "done"}))
        return order, await asyncio.wait_for(client.recv(), 30)


if __name__ == "__main__":
    unittest.main()
