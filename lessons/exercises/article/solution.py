import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(64)
while True:
    c, _ = s.accept()
    while c.recv(1024):
        pass
    c.close()
