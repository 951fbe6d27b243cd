"""Runs calls of the AWS CLI, each in a process of its own.

A call of the CLI takes six tenths of a second of a processor, four of them to load Python's
modules. This process loads them once and forks for each call. It listens on the socket
sys.argv[1]; a request is a line of JSON, {"args": [...], "env": {...}}, and the response is
what the CLI prints, then a zero byte and the exit status. It ends with its standard input.
"""

import gc
import json
import os
import select
import signal
import socket
import sys

import awscli.clidriver


def call(args):
    sys.argv = ["aws", *args]
    try:
        return awscli.clidriver.main() or 0
    except SystemExit as end:
        return end.code or 0


def forked(connection):
    request = json.loads(connection.makefile().readline())
    os.environ.update(request["env"])  # the CLI's own import has set AWS_DATA_PATH
    os.dup2(connection.fileno(), 1)
    os.dup2(connection.fileno(), 2)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = call(request["args"])
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(b"\0%d" % status)


def serve(address):
    awscli.clidriver.create_clidriver()  # loads what every call needs
    threads = "/proc/self/task"  # of Linux
    if os.path.isdir(threads) and len(os.listdir(threads)) > 1:
        sys.exit("the AWS CLI has started a thread, so a fork could find a lock held for ever")
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in readable:
            return  # nothing is ever written to it: whoever started this process has ended
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            forked(connection)
            os._exit(0)
        connection.close()


serve(sys.argv[1])
