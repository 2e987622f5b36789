import socket

s = socket.create_connection(("server", 7070))
s.sendall(b"hello")
s.close()
