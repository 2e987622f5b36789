import time
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(64)
while True:
    c, _ = s.accept()
    try:
        for _ in range(10):
            c.sendall(b"tick\n")
            time.sleep(0.05)
    except OSError:
        pass
    c.close()
