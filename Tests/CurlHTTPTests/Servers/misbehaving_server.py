"""An HTTP/1.1 server that behaves as badly as the path asks for, and tells what it saw.

Commands come as lines on standard input; the process ends when that does:
    listen {"certificate": …, "key": …, "client_ca": …, "silent": …}   ->  listening <port>
    written <port>                                                     ->  written <port> <bytes of all /stream bodies>
What happens is told as `event <port> <connection> <what>`, where what is accept, refused, gone, leaked or `request METHOD /path`.
"""

import json
import socket
import ssl
import sys
import threading

OUTPUT = threading.Lock()
WRITTEN = {}
DIED = set()


def say(text):
    with OUTPUT:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class Connection:
    def __init__(self, port, number, sock):
        self.port, self.number, self.sock, self.pending = port, number, sock, b""

    def tell(self, what):
        say(f"event {self.port} {self.number} {what}")

    def read(self):
        try:
            return self.sock.recv(65536)
        except OSError:
            return b""

    def read_until_gone(self):
        while self.read():
            pass

    def read_request(self):
        while b"\r\n\r\n" not in self.pending:
            received = self.read()
            if not received:
                return None
            self.pending += received
            if self.pending.startswith(b"\x16"):  # TLS, where none is spoken
                self.send(400)
                return None
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        method, path, _ = lines[0].split(" ")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        length = int(fields.get("content-length", "0"))
        self.tell(f"request {method} {path}")
        if path.startswith("/close-unread"):
            return method, path, head, b""
        while len(self.pending) < length:
            received = self.read()
            if not received:
                return None
            self.pending += received
        body, self.pending = self.pending[:length], self.pending[length:]
        return method, path, head, body

    def send(self, status, body=b"", fields=""):
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
        self.sock.sendall(head.encode() + body)

    def answer(self, method, path, head, body):
        """Returns whether the connection may be used again."""
        path, _, query = path.partition("?")
        if method == "CONNECT":
            if b"Authorization: Bearer" in head:
                self.tell("leaked")
            self.send(407)
            return True
        if path == "/die" or (path == "/die-once" and (self.port, path) not in DIED):
            DIED.add((self.port, path))
            return False
        if path == "/close-unread":
            return False
        if path == "/hang-head":
            self.read_until_gone()
            return False
        if path in ("/hang-body", "/close-body"):
            self.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
            if path == "/hang-body":
                self.read_until_gone()
            return False
        if path in ("/close-chunk", "/bad-chunk"):
            tail = b"a\r\n0123" if path == "/close-chunk" else b"oops\r\n"
            self.sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + tail)
            return False
        if path == "/until-close":
            self.sock.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789")
            return False
        if path == "/not-http":
            self.sock.sendall(b"220 mail.example ready\r\n")
            return False
        if path == "/trickle":
            self.sock.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {query}\r\n\r\n".encode())
            pause = threading.Event()
            for _ in range(int(query)):
                pause.wait(0.1)
                self.sock.sendall(b".")
            return True
        if path == "/stream":
            return self.stream(int(query))
        if path == "/trailers":
            self.sock.sendall(
                b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTwice: a\r\n"
                b"twice: b\r\nEmpty:\r\n\r\n4\r\nbody\r\n0\r\nTrailer: late\r\n\r\n"
            )
            return True
        if path == "/fixed":
            self.send(200, b"x" * int(query))
        elif path == "/wide-head":
            self.send(200, b"", "".join(f"X-{i}: {'y' * 990}\r\n" for i in range(int(query) // 1000)))
        elif path == "/long-line":
            self.send(200, b"", f"X-Long: {'y' * int(query)}\r\n")
        elif path == "/redirect":
            self.send(302, b"", "Location: /echo\r\n")
        elif path == "/gzip":
            self.send(200, b"not really", "Content-Encoding: gzip\r\n")
        elif path == "/status":
            self.send(int(query), b"why")
        elif method == "HEAD":
            self.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        else:
            self.send(200, head + b"\r\n\r\n" + body)
        return True

    def stream(self, total):
        self.sock.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n".encode())
        block, left = b"z" * 65536, total
        while left:
            sent = self.sock.send(block[:left])
            left -= sent
            WRITTEN[self.port] = WRITTEN.get(self.port, 0) + sent
        return True

    def serve(self, context):
        self.tell("accept")
        raw = self.sock.dup()
        try:
            if context:
                self.sock = context.wrap_socket(self.sock, server_side=True, do_handshake_on_connect=False)
                self.sock.do_handshake()
            while (request := self.read_request()) and self.answer(*request):
                pass
        except ssl.SSLError:
            self.tell("refused")
            # Closing with unread bytes would reset the connection, and the alert might be lost on the way.
            try:
                raw.shutdown(socket.SHUT_WR)
                raw.settimeout(5)
                while raw.recv(65536):
                    pass
            except OSError:
                pass
        except OSError:
            pass
        self.tell("gone")
        self.sock.close()
        raw.close()


def listen(options):
    context = None
    if "certificate" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["certificate"], options["key"])
        if "client_ca" in options:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(options["client_ca"])
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    port = listener.getsockname()[1]

    def accept():
        number = 0
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number += 1
            connection = Connection(port, number, sock)
            if options.get("silent"):
                connection.tell("accept")
                threading.Thread(target=connection.read_until_gone, daemon=True).start()
            else:
                threading.Thread(target=connection.serve, args=(context,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    say(f"listening {port}")


for line in sys.stdin:
    command, _, argument = line.strip().partition(" ")
    if command == "listen":
        listen(json.loads(argument))
    elif command == "written":
        say(f"written {argument} {WRITTEN.get(int(argument), 0)}")
