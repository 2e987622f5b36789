// A server that forgot htons().
#include <netinet/in.h>
#include <sys/socket.h>
int main(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = 7070};
  bind(fd, (struct sockaddr *)&at, sizeof at);
  listen(fd, 5);
  return accept(fd, 0, 0) < 0;
}
