#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

static struct addrinfo *server(int kind) {
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = kind }, *to;
    if (getaddrinfo("server", "7070", &hints, &to) != 0) _exit(1);
    return to;
}

int main(void) {
    struct addrinfo *to = server(SOCK_STREAM);
    int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    char data[4096];
    setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    setsockopt(s, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof one);
    setsockopt(s, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof one);
    if (connect(s, to->ai_addr, to->ai_addrlen) < 0) return 1;
    while (recv(s, data, sizeof data, 0) > 0) {}
    close(s);
    return 0;
}
