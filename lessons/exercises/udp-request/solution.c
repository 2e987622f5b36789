#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct addrinfo *server(int kind) {
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = kind }, *to;
    if (getaddrinfo("server", "7070", &hints, &to) != 0) _exit(1);
    return to;
}

int main(void) {
    struct addrinfo *to = server(SOCK_DGRAM);
    struct sockaddr_in *asked = (struct sockaddr_in *)to->ai_addr;
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(5000) };
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(s, (struct sockaddr *)&here, sizeof here) < 0) return 1;
    for (int i = 0; i < 3; i++) {
        struct pollfd fd = { .fd = s, .events = POLLIN };
        sendto(s, "time?", 5, 0, to->ai_addr, to->ai_addrlen);
        while (poll(&fd, 1, 800) > 0) {
            char data[2048] = "thanks: ";
            struct sockaddr_in peer;
            socklen_t len = sizeof peer;
            ssize_t came = recvfrom(s, data + 8, sizeof data - 8, 0, (struct sockaddr *)&peer, &len);
            if (came < 0 || peer.sin_addr.s_addr != asked->sin_addr.s_addr || peer.sin_port != asked->sin_port)
                continue;
            sendto(s, data, 8 + came, 0, to->ai_addr, to->ai_addrlen);
            sleep(1);
            return 0;
        }
    }
    return 1;
}
