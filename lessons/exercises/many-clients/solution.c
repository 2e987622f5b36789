#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <poll.h>

static int listener(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(7070) };
    if (bind(s, (struct sockaddr *)&here, sizeof here) < 0 || listen(s, 64) < 0) _exit(1);
    return s;
}

static void send_all(int c, const char *data, size_t len) {
    while (len > 0) {
        ssize_t sent = send(c, data, len, MSG_NOSIGNAL);
        if (sent < 0) return;
        data += sent, len -= sent;
    }
}

int main(void) {
    struct pollfd fds[256] = { { .fd = listener(), .events = POLLIN } };
    int count = 1;
    for (;;) {
        poll(fds, count, -1);
        for (int i = count - 1; i > 0; i--) {
            char data[4096];
            if (fds[i].revents == 0) continue;
            ssize_t came = recv(fds[i].fd, data, sizeof data, 0);
            if (came > 0) {
                send_all(fds[i].fd, data, came);
            } else {
                close(fds[i].fd);
                fds[i] = fds[--count];
            }
        }
        if (fds[0].revents && count < 256)
            fds[count++] = (struct pollfd){ .fd = accept(fds[0].fd, NULL, NULL), .events = POLLIN };
    }
}
