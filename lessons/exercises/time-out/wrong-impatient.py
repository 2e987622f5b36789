import socket

s = socket.create_connection(("server", 7070))
s.sendall(b"ping")
s.settimeout(0.1)
try:
    s.recv(4096)
except TimeoutError:
    pass
s.close()
