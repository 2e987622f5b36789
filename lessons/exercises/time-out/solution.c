#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
#include <stdio.h>
#include <sys/time.h>

static struct addrinfo *server(int kind) {
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = kind }, *to;
    if (getaddrinfo("server", "7070", &hints, &to) != 0) _exit(1);
    return to;
}

int main(void) {
    struct addrinfo *to = server(SOCK_STREAM);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval limit = { .tv_sec = 1 };
    char data[64];
    if (connect(s, to->ai_addr, to->ai_addrlen) < 0) return 1;
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    send(s, "ping", 4, MSG_NOSIGNAL);
    if (recv(s, data, sizeof data, 0) < 0) perror("recv");
    close(s);
    return 0;
}
