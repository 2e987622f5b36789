import time
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(64)
while True:
    c, _ = s.accept()
    for _ in range(10):
        try:
            c.sendall(b"tick\n")
        except OSError:
            pass
        time.sleep(0.05)
    c.close()
