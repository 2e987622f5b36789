import socket

s = socket.socket()
s.bind(("", 7070))
s.listen(5)
c, _ = s.accept()
c.sendall(b"hello")
c.close()
