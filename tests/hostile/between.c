/* Who sits on the line between two nodes and records what passes: between LISTEN TARGET FOLDER. Each stream becomes two files in FOLDER, N.up (what
 * the dialler said) and N.down, N from 1. Ends by SIGTERM. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS 64

struct pair {
	int fd[2], file[2]; /* 0: the dialler, 1: the node; fd[0] -1: free */
};

static struct sockaddr_in here(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int door(const char *port)
{
	struct sockaddr_in a = here(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) || bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 64))
		return -1;
	return fd;
}

static int record(const char *folder, unsigned number, const char *way)
{
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/%u.%s", folder, number, way);
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static bool begin(struct pair *p, int fd, const char *target, const char *folder, unsigned number)
{
	struct sockaddr_in a = here(target);
	p->fd[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd[1] < 0 || connect(p->fd[1], (struct sockaddr *)&a, sizeof a)) {
		close(p->fd[1]);
		return false;
	}
	p->fd[0] = fd;
	p->file[0] = record(folder, number, "up");
	p->file[1] = record(folder, number, "down");
	return p->file[0] >= 0 && p->file[1] >= 0;
}

static bool all(int fd, const char *p, ssize_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, (size_t)n);
		if (done <= 0)
			return false;
		p += done;
		n -= done;
	}
	return true;
}

static void pass(struct pair *p, int from)
{
	char bytes[65536];
	ssize_t n = read(p->fd[from], bytes, sizeof bytes);
	if (n > 0 && all(p->file[from], bytes, n) && all(p->fd[!from], bytes, n))
		return;
	for (int i = 0; i < 2; i++) {
		close(p->fd[i]);
		close(p->file[i]);
	}
	p->fd[0] = -1;
}

int main(int argc, char **argv)
{
	static struct pair pair[PAIRS];
	struct pollfd p[1 + 2 * PAIRS];
	unsigned number = 0;
	if (argc != 4 || (p[0].fd = door(argv[1])) < 0)
		return 2;
	for (size_t i = 0; i < PAIRS; i++)
		pair[i].fd[0] = -1;
	for (;;) {
		p[0].events = POLLIN;
		for (size_t i = 0; i < PAIRS; i++)
			for (size_t k = 0; k < 2; k++)
				p[1 + 2 * i + k] = (struct pollfd){.fd = pair[i].fd[0] < 0 ? -1 : pair[i].fd[k], .events = POLLIN};
		if (poll(p, 1 + 2 * PAIRS, -1) <= 0)
			continue;
		for (size_t i = 0; i < PAIRS; i++)
			for (int k = 0; k < 2 && pair[i].fd[0] >= 0; k++)
				if (p[1 + 2 * i + (size_t)k].revents)
					pass(&pair[i], k);
		if (!p[0].revents)
			continue;
		int fd = accept(p[0].fd, NULL, NULL);
		size_t i = 0;
		while (i < PAIRS && pair[i].fd[0] >= 0)
			i++;
		if (fd >= 0 && (i == PAIRS || !begin(&pair[i], fd, argv[2], argv[3], ++number)))
			close(fd);
	}
}
