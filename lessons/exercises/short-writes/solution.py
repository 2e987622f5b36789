import select
import socket

s = socket.create_connection(("server", 7070))
s.setblocking(False)
data = bytes(range(250)) * 1200
while data:
    try:
        data = data[s.send(data):]
    except BlockingIOError:
        select.select([], [s], [])
s.close()
