#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
#include <errno.h>
#include <poll.h>

static struct addrinfo *server(int kind) {
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = kind }, *to;
    if (getaddrinfo("server", "7070", &hints, &to) != 0) _exit(1);
    return to;
}

int main(void) {
    struct addrinfo *to = server(SOCK_STREAM);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), error = 0;
    socklen_t len = sizeof error;
    if (connect(s, to->ai_addr, to->ai_addrlen) < 0 && errno != EINPROGRESS) return 1;
    struct pollfd fd = { .fd = s, .events = POLLOUT };
    poll(&fd, 1, -1);
    getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error == 0) send(s, "hello", 5, MSG_NOSIGNAL);
    close(s);
    return 0;
}
