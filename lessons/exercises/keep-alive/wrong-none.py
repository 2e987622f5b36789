import socket

s = socket.create_connection(("server", 7070))
while s.recv(4096):
    pass
s.close()
