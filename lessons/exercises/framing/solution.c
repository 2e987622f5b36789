#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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

static int exactly(int c, char *data, size_t len) {
    while (len > 0) {
        ssize_t came = recv(c, data, len, 0);
        if (came <= 0) return 0;
        data += came, len -= came;
    }
    return 1;
}

int main(void) {
    int s = listener();
    for (;;) {
        int c = accept(s, NULL, NULL);
        uint32_t head;
        while (exactly(c, (char *)&head, 4)) {
            size_t len = ntohl(head);
            char *data = len > 1 << 20 ? NULL : malloc(len + 1);
            if (data == NULL || !exactly(c, data, len)) break;
            char answer[32];
            send_all(c, answer, snprintf(answer, sizeof answer, "%zu;", len));
            free(data);
        }
        close(c);
    }
}
