import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(64)
while True:
    c, _ = s.accept()
    data = b""
    while more := c.recv(4096):
        data += more
        if len(data) >= 4 and len(data) >= 4 + int.from_bytes(data[:4], "big"):
            c.sendall(b"%d;" % int.from_bytes(data[:4], "big"))
            data = b""
    c.close()
