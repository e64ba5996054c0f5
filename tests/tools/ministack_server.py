"""Serves ministack on a free loopback port for as long as standard input stays open.

Prints one line of JSON, `{"port": ..., "log": ...}`, once the port accepts connections. Whoever started it
holds the other end of standard input: when that process ends, in whatever way, this one goes too, and with
it the functions it runs and every file it wrote.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading

# A group of its own, so that the functions it runs can be ended together with it.
os.setpgid(0, 0)

# One folder for state, function code and log; nothing is left behind.
folder = tempfile.mkdtemp(prefix="den-ministack-")
tempfile.tempdir = folder


def end_with_standard_input():
    sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_standard_input, daemon=True).start()

# Bound here and handed over as it is: the port cannot be lost to somebody else in between.
listening = socket.create_server(("127.0.0.1", 0), backlog=512)
port = listening.getsockname()[1]

os.environ.update(
    TMPDIR=folder,
    STATE_DIR=os.path.join(folder, "state"),
    BIND_HOST="127.0.0.1",
    GATEWAY_PORT=str(port),
    LAMBDA_EXECUTOR="local",
)

# ministack reads its settings while it is imported.
from hypercorn.asyncio import serve  # noqa: E402
from hypercorn.config import Config  # noqa: E402
from ministack.app import app  # noqa: E402

log = os.path.join(folder, "log")
print(json.dumps({"port": port, "log": log}), flush=True)
with open(log, "ab", buffering=0) as out:
    os.dup2(out.fileno(), 1)
    os.dup2(out.fileno(), 2)



async def served_while_somebody_waits(scope, receive, send):
    """A request ends with the connection it came by, as at AWS.

    By itself ministack goes on with the long poll of a program that was killed, and hands it a message, which
    is then hidden from that program's successor for the whole of the queue's visibility timeout.
    """
    if scope["type"] != "http":
        return await app(scope, receive, send)
    heard = asyncio.Queue()

    async def listen():
        while (event := await receive())["type"] != "http.disconnect":
            await heard.put(event)

    served, listening = asyncio.ensure_future(app(scope, heard.get, send)), asyncio.ensure_future(listen())
    await asyncio.wait({served, listening}, return_when=asyncio.FIRST_COMPLETED)
    listening.cancel()
    if not served.done():
        served.cancel()
    try:
        await served
    except asyncio.CancelledError:
        pass


config = Config()
config.bind = [f"fd://{listening.detach()}"]
config.keep_alive_timeout = 75
asyncio.run(serve(served_while_somebody_waits, config))
