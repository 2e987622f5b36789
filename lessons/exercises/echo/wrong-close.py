import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(64)
kept = []
while True:
    c, _ = s.accept()
    while data := c.recv(4096):
        c.sendall(data)
    kept.append(c)
