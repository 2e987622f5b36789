import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(64)


def exactly(c, n):
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


while True:
    c, _ = s.accept()
    try:
        while True:
            data = c.recv(int.from_bytes(exactly(c, 4), "big"))
            c.sendall(b"%d;" % len(data))
    except (EOFError, OSError):
        c.close()
