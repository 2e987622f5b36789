import socket

with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", 7070))
    s.listen(5)
    while True:
        c, peer = s.accept()
        with c:
            pass  # your part: recv, sendall
