import socket

with socket.create_connection(("server", 7070)) as s:
    pass  # your part: sendall, recv
