import socket

s = socket.socket()
s.setblocking(False)
s.connect_ex((socket.gethostbyname("server"), 7070))
while True:
    try:
        s.send(b"hello")
        break
    except BlockingIOError:
        pass
s.close()
