import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(64)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
while True:
    c, _ = s.accept()
    request = b""
    request = c.recv(4096)
    if request.startswith(b"GET /"):
        c.sendall(OK if request.startswith(b"GET / ") else MISSING)
    c.close()
