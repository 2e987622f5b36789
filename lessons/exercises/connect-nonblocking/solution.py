import select
import socket

s = socket.socket()
s.setblocking(False)
s.connect_ex((socket.gethostbyname("server"), 7070))
select.select([], [s], [])
if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
    s.send(b"hello")
s.close()
