#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""between.py HOST:PORT HOST:PORT MODE [N]: stands between a client and a server, for the attach test.

  pass            passes everything on
  die N           ends after N connections
  hang N          after N connections takes further ones and says nothing
  slow N          waits N milliseconds before it passes anything on
  remember N      keeps answers for N milliseconds, by request line and subject of the token
"""
import base64
import os
import re
import socket
import sys
import threading
import time


def place(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()


def pass_on(client, to):
    with client:
        try:
            server = socket.create_connection(to, 5)
        except OSError:
            return
        with server:
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()


def read_message(sock):
    """One head and the body that Content-Length promises."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return data
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = [line.split(b":")[1] for line in head.split(b"\r\n")
              if line.lower().startswith(b"content-length:")]
    while length and len(body) < int(length[0]):
        more = sock.recv(65536)
        if not more:
            break
        body += more
        data += more
    return data


def key(asked):
    """What a gateway that caches decisions would take: who wants what."""
    token = re.search(rb"(?i)\nauthorization: bearer [^.\r]+\.([^.\r]+)\.", asked)
    try:
        claims = base64.urlsafe_b64decode(token[1] + b"==")
        return asked.split(b"\r\n")[0], re.search(rb'"sub": *"[^"]*"', claims)[0]
    except (TypeError, ValueError):
        return asked


def remember(client, to, kept, ms):
    with client:
        asked = read_message(client)
        when, answer = kept.get(key(asked), (0, b""))
        if not asked:
            return
        if time.monotonic() - when > ms / 1000 or not answer:
            try:
                with socket.create_connection(to, 5) as server:
                    server.sendall(asked)
                    answer = read_message(server)
            except OSError:
                return
            kept[key(asked)] = time.monotonic(), answer
        client.sendall(answer)


def main():
    to, mode = place(sys.argv[2]), sys.argv[3]
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    listener = socket.create_server(place(sys.argv[1]))
    kept, held = {}, []
    print("ready", flush=True)
    n = 0
    while True:
        client = listener.accept()[0]
        n += 1
        print("connection", n, flush=True)
        if mode == "die" and n > limit:
            os._exit(0)
        if mode == "hang" and n > limit:
            held.append(client)
            continue
        if mode == "slow":
            time.sleep(limit / 1000)
        work = (remember, (client, to, kept, limit)) if mode == "remember" else (pass_on, (client, to))
        threading.Thread(target=work[0], args=work[1], daemon=True).start()


if __name__ == "__main__":
    main()
