#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

static struct addrinfo *server(int kind) {
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = kind }, *to;
    if (getaddrinfo("server", "7070", &hints, &to) != 0) _exit(1);
    return to;
}

static char data[300000];

int main(void) {
    struct addrinfo *to = server(SOCK_STREAM);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    for (size_t i = 0; i < sizeof data; i++) data[i] = i % 251;
    if (connect(s, to->ai_addr, to->ai_addrlen) < 0) return 1;
    fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK);
    for (size_t done = 0; done < sizeof data;) {
        ssize_t sent = send(s, data + done, sizeof data - done, MSG_NOSIGNAL);
        if (sent >= 0) {
            done += sent;
        } else if (errno == EAGAIN) {
            struct pollfd fd = { .fd = s, .events = POLLOUT };
            poll(&fd, 1, -1);
        } else {
            return 1;
        }
    }
    close(s);
    return 0;
}
