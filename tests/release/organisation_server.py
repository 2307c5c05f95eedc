"""Answers over HTTPS to the one question of the bare root test: which organisations are there?

    organisation_server.py CERTIFICATE KEY ORGANISATION

Prints its port, and serves until it is ended.
"""

import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        organisation = {"id": sys.argv[3], "name": "Bare root", "handle": "bare", "email": "a@b.test", "role": "owner"}
        data = {"count": 1, "organisations": [organisation]}
        body = json.dumps({"code": 200, "status": "OK", "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server = HTTPServer(("127.0.0.1", 0), Answer)
# The handshake is left to the first read, so that a refused one ends its connection and not the server.
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
