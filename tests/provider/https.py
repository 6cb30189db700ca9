#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of documents, one kind of trouble a path: https.py FOLDER. Makes a certificate for localhost in the folder
and prints the port."""
import http.server
import json
import os
import ssl
import subprocess
import sys
import time

folder = sys.argv[1]
cert, key = os.path.join(folder, 'cert.pem'), os.path.join(folder, 'key.pem')
subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
                '-keyout', key, '-out', cert], check=True, stderr=subprocess.DEVNULL)


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def send(self, status, body, kind='application/json', **headers):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def do_GET(self):
        match self.path:
            case '/good': self.send(200, b'{"good": true}')
            case '/client.json':
                own = f'https://localhost:{self.server.server_address[1]}/client.json'
                self.send(200, json.dumps({'client_id': own, 'client_name': 'With a document',
                                           'redirect_uris': ['http://127.0.0.1/cb']}).encode())
            case '/vendor': self.send(200, b'{}', 'application/vnd.x+json; charset=utf-8')
            case '/html': self.send(200, b'<html>', 'text/html')
            case '/moved': self.send(302, b'', Location='/good')
            case '/large': self.send(200, b' ' * 65537)
            case '/endless':
                self.send_response(200)
                self.send_header('Content-Type', 'application/json')
                self.end_headers()
                try:
                    for _ in range(100):
                        self.wfile.write(b' ' * 8192)
                except OSError:
                    pass
            case '/slow':
                time.sleep(8)
            case _: self.send(404, b'{}')


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.daemon_threads = True
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
