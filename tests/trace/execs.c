// A thread that executes another program while the others make sockets.
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
static void *makes(void *nothing) {
  for (;;) close(socket(2, SOCK_STREAM, 0));
  return nothing;
}
static void *executes(void *nothing) {
  usleep(20000);
  execl("/bin/sh", "sh", "-c", "echo executed", (char *)0);
  return nothing;
}
int main(void) {
  pthread_t thread;
  for (int n = 0; n < 6; n++) pthread_create(&thread, 0, makes, 0);
  pthread_create(&thread, 0, executes, 0);
  pause();
}
