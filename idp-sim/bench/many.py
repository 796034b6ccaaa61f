# SPDX-License-Identifier: Apache-2.0
"""Thousands of open connections and of pending sign-ins at once."""
import json
import re
import socket
import urllib.parse

from servers import fetch, load


def ask(s, request):
    """One request and its whole answer on an open connection; the status, and the body."""
    s.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += s.recv(65536) or fail()
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)content-length:\s*(\d+)", head).group(1))
    while len(body) < length:
        body += s.recv(65536) or fail()
    return int(head.split()[1]), body


def fail():
    raise OSError("the server closed the connection")


def hold_many(server, connections, codes, seconds):
    """Opens them, leaves sign-ins waiting, loads discovery; how many connections then still
    answer, how many codes are pending, and the load's sample."""
    at = urllib.parse.urlsplit(server.discovery)
    host = f"Host: {at.netloc}\r\n"
    get = f"GET {at.path} HTTP/1.1\r\n{host}\r\n".encode()
    device = urllib.parse.urlsplit(server.endpoint("device_authorization_endpoint")).path
    body = "client_id=platform-cli&scope=openid"
    post = (f"POST {device} HTTP/1.1\r\n{host}Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
    held = []
    try:
        for i in range(connections):
            held.append(socket.create_connection((at.hostname, at.port), timeout=10))
            for _ in range(codes // connections):
                status, answer = ask(held[i], post)
                if status != 200:
                    raise RuntimeError(f"device code {i}: {status} {answer[:200]}")
        sample = load(server, "get.lua", server.discovery, (), max(seconds, 2))
        answered = sum(ask(s, get)[0] == 200 for s in held)
        listed = json.loads(fetch(server.info["control"] + "/_sim/devices"))["devices"]
        return answered, sum(d["status"] == "pending" for d in listed), sample
    finally:
        for s in held:
            s.close()
