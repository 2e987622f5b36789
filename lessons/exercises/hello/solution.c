#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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
    int s = listener();
    for (;;) {
        int c = accept(s, NULL, NULL);
        send_all(c, "hello\n", 6);
        close(c);
    }
}
