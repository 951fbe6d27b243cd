# Connects again whenever its connection has ended, or has been silent for too long.
import asyncio
import sys

import websockets

SILENCE = 1.5  # seconds


def take(message):
    print(message, flush=True)
    if message == "end":
        sys.exit(0)


async def receive():
    async with websockets.connect(sys.argv[1], open_timeout=SILENCE, close_timeout=0.1) as socket:
        print("open", flush=True)
        while True:
            try:
                message = await asyncio.wait_for(socket.recv(), SILENCE)
            except asyncio.TimeoutError:
                socket.transport.abort()  # a close frame would end the connection, not only its socket
                # What came in this moment the library has read, and answered its ping.
                while socket.messages:
                    take(socket.messages.popleft())
                raise
            take(message)


async def main():
    while True:
        try:
            await receive()
        except (OSError, EOFError, asyncio.TimeoutError, websockets.WebSocketException):
            await asyncio.sleep(0.02)


asyncio.run(main())
