#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <string.h>

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

static const char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
static const char MISSING[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

int main(void) {
    int s = listener();
    for (;;) {
        int c = accept(s, NULL, NULL);
        char request[8192] = "";
        size_t len = 0;
        ssize_t came;
        while (strstr(request, "\r\n\r\n") == NULL
               && (came = recv(c, request + len, sizeof request - 1 - len, 0)) > 0)
            len += came;
        const char *answer = strncmp(request, "GET / ", 6) == 0 ? OK : MISSING;
        send_all(c, answer, strlen(answer));
        close(c);
    }
}
