import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5000))
s.settimeout(0.8)
server = (socket.gethostbyname("server"), 7070)
for _ in range(3):
    s.sendto(b"time?", server)
    until = time.monotonic() + 0.8
    answer = None
    while answer is None and time.monotonic() < until:
        try:
            data, peer = s.recvfrom(2048)
            if peer == server:
                answer = data
        except TimeoutError:
            break
    if answer:
        s.sendto(b"thanks: " + answer, server)
        break
time.sleep(1)
