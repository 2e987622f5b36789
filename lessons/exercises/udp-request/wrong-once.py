import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5000))
s.settimeout(0.8)
server = (socket.gethostbyname("server"), 7070)
s.sendto(b"time?", server)
try:
    data, peer = s.recvfrom(2048)
    s.sendto(b"thanks: " + data, server)
except TimeoutError:
    pass
