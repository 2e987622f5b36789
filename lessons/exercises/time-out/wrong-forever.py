import socket

s = socket.create_connection(("server", 7070))
s.sendall(b"ping")
s.recv(4096)
s.close()
