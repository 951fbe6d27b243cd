"""The guide's backend in Python, on boto3:

    pip install boto3
    PORT=8080 WEBSOCKET_ENDPOINT=http://127.0.0.1:4566/<api-id>/prod python3 backend.py

On AWS WEBSOCKET_ENDPOINT is https://<api-id>.execute-api.<region>.amazonaws.com/<stage>.
With FastAPI, `report` is what a BackgroundTasks task runs.
"""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import boto3

client = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["WEBSOCKET_ENDPOINT"])


def push(connection_id, message, tries=1):
    """Push one message. On AWS a connection takes messages only after $connect was
    answered: until then a push raises GoneException, so the first one is tried for a second."""
    while True:
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=json.dumps(message).encode())
            return
        except client.exceptions.GoneException:
            tries -= 1
            if tries <= 0:
                raise
            time.sleep(0.2)


def report(connection_id, kind):
    try:
        push(connection_id, {"status": "progress", "percent": 50}, tries=6)
        # Make the report here.
        push(connection_id, {"status": "done", "url": f"https://files.example.com/{quote(kind, safe='')}.xlsx"})
        print(f"pushed {kind} to {connection_id}", flush=True)
    except client.exceptions.GoneException:
        print(f"gone: {connection_id} has closed; the report of {kind} is dropped", flush=True)


class Backend(BaseHTTPRequestHandler):
    def do_POST(self):
        if self.path != "/api/reports/create":
            return self.answer(404)
        try:
            order = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            connection_id, kind = order["connectionId"], order["type"]
        except (ValueError, KeyError, TypeError):
            return self.answer(400)
        self.answer(201, b'{"accepted":true}')
        threading.Thread(target=report, args=(connection_id, kind)).start()

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Backend)
print(f"listens at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
