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
    while b"\r\n\r\n" not in request and (more := c.recv(4096)):
        request += more
    c.sendall(OK)
    c.close()
