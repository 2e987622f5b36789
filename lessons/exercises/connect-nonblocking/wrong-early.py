import socket

s = socket.socket()
s.setblocking(False)
s.connect_ex((socket.gethostbyname("server"), 7070))
try:
    s.send(b"hello")
except OSError:
    pass
s.close()
