// Socket calls of every kind, on connections of its own: threads of descriptors through dup, fork, vfork, posix_spawn and
// SCM_RIGHTS, signals with and without a restart, more sockets than there are single filters, stops and ends of children.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static struct sockaddr_in at(int port){struct sockaddr_in a={.sin_family=AF_INET,.sin_port=htons(port)};a.sin_addr.s_addr=htonl(INADDR_LOOPBACK);return a;}
static volatile int alarms;
static void on(int s){alarms++;}
static int child(void*p){write(1,"untraced\n",9);_exit(0);}
int main(int c,char**v){
  setvbuf(stdout,0,_IONBF,0);
  int l=socket(AF_INET,SOCK_STREAM,0);struct sockaddr_in a=at(7070);bind(l,(void*)&a,sizeof a);listen(l,5);socklen_t n=sizeof a;getsockname(l,(void*)&a,&n);
  int s=socket(AF_INET,SOCK_STREAM,0);connect(s,(void*)&a,n);int t=accept(l,0,0);
  char b[100];
  write(s,"one",3);printf("read %zd\n",read(t,b,100));
  struct iovec i[2]={{"two",3},{"three",5}};writev(s,i,2);printf("readv %zd\n",readv(t,(struct iovec[]){{b,4},{b+4,90}},2));
  int d=dup(s);close(s);send(d,"four",4,0);printf("recv %zd\n",recv(t,b,100,0));
  /* fork: the child writes */
  if(!fork()){write(d,"kid",3);_exit(0);} wait(0);printf("recv %zd\n",recv(t,b,100,0));
  if(!vfork()){write(d,"vkid",4);_exit(0);} wait(0);printf("recv %zd\n",recv(t,b,100,0));
  /* SCM_RIGHTS */
  int u[2];socketpair(AF_UNIX,SOCK_STREAM,0,u);
  char cb[CMSG_SPACE(sizeof(int))];char x[1]="x";struct iovec one={x,1};struct msghdr m={.msg_iov=&one,.msg_iovlen=1,.msg_control=cb,.msg_controllen=sizeof cb};
  struct cmsghdr*h=CMSG_FIRSTHDR(&m);h->cmsg_level=SOL_SOCKET;h->cmsg_type=SCM_RIGHTS;h->cmsg_len=CMSG_LEN(sizeof(int));memcpy(CMSG_DATA(h),&d,sizeof d);
  sendmsg(u[0],&m,0);m.msg_controllen=sizeof cb;recvmsg(u[1],&m,0);int p;memcpy(&p,CMSG_DATA(CMSG_FIRSTHDR(&m)),sizeof p);
  write(p,"passed",6);printf("read %zd\n",read(t,b,100));
  /* posix_spawn with the socket as stdout */
  posix_spawn_file_actions_t fa;posix_spawn_file_actions_init(&fa);posix_spawn_file_actions_adddup2(&fa,d,1);
  char*e[]={"echo","spawned",0};pid_t k;posix_spawn(&k,"/bin/echo",&fa,0,e,environ);waitpid(k,0,0);printf("read %zd\n",read(t,b,100));
  /* interrupted: with restart, without */
  struct sigaction sa={.sa_handler=on,.sa_flags=SA_RESTART};sigaction(SIGALRM,&sa,0);
  struct itimerval iv={{0,0},{0,20000}};setitimer(ITIMER_REAL,&iv,0);
  if(!fork()){usleep(60000);write(d,"late",4);_exit(0);} printf("restart %zd\n",read(t,b,100));wait(0);
  sa.sa_flags=0;sigaction(SIGALRM,&sa,0);setitimer(ITIMER_REAL,&iv,0);ssize_t r=read(t,b,100);printf("eintr %d\n",r<0&&errno==EINTR);
  struct pollfd pf={t,POLLIN,0};r=poll(&pf,1,30);printf("poll %zd\n",r);
  /* 40 sockets: above the single filters; file reads still work */
  int f=open("/dev/zero",O_RDONLY);for(int q=0;q<40;q++){int z=socket(AF_INET,SOCK_STREAM,0);read(f,b,10);(void)z;}
  printf("zero %zd\n",read(f,b,100));
  /* untraced clone */
  char*st=malloc(65536);pid_t un=clone(child,st+65536,CLONE_UNTRACED|SIGCHLD,0);waitpid(un,0,0);
  /* stop and continue */
  pid_t z=fork();if(!z){raise(SIGSTOP);_exit(7);} int w;waitpid(z,&w,WUNTRACED);printf("stopped %d\n",WIFSTOPPED(w));kill(z,SIGCONT);waitpid(z,&w,0);printf("exit %d\n",WEXITSTATUS(w));
  z=fork();if(!z){pause();} kill(z,SIGKILL);waitpid(z,&w,0);printf("killed %d\n",WTERMSIG(w));
  return 3;
}
