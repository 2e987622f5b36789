#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(7070) };
    if (bind(s, (struct sockaddr *)&here, sizeof here) < 0 || listen(s, 5) < 0) return 1;
    for (;;) {
        int c = accept(s, NULL, NULL);
        if (c < 0) return 1;
        /* your part: recv, send */
        close(c);
    }
}
