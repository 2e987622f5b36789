import socket

s = socket.create_connection(("server", 7070))
s.sendall(b"ping")
s.settimeout(1)
try:
    s.recv(4096)
except TimeoutError:
    print("no answer")
s.close()
