import socket

s = socket.create_connection(("server", 7070))
s.setblocking(False)
s.send(bytes(range(250)) * 1200)
s.close()
