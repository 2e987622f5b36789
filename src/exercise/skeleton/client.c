#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *to;
    if (getaddrinfo("server", "7070", &hints, &to) != 0) return 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, to->ai_addr, to->ai_addrlen) < 0) return 1;
    /* your part: send, recv */
    close(s);
    return 0;
}
