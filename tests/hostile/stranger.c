/* A stranger on the network: opens streams to a node of this machine by the thousand, says what its attack has to say, and counts every byte that
 * comes back. Knows nothing of the program but the length of the first message.
 *
 *   stranger ATTACK PORT COUNT SECONDS [FILE]
 *
 * COUNT streams in all, or as many as SECONDS allow; at most WIDTH stand at once. FILE: for "replay", the recorded bytes of a dialler.
 * Prints: attack=NAME opened=N refused=N answered=BYTES most=BYTES-IN-ONE-STREAM hung_up=N ms=N */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST 74    /* length and message 1, on the wire */
#define ROOM 4096
#define WIDTH 600
#define BURST 64    /* opened at a time: the system's queue of who waits to be let in is no longer than 128 */

enum end { END_FIN, END_RST, END_STORM };

struct attack {
	const char *name;
	size_t (*say)(uint8_t *out, unsigned number);
	unsigned width; /* streams at once */
	int gap_ms;     /* between its bytes; 0: all at once */
	int patience_ms; /* how long it waits for an answer, or for being hung up on */
	enum end end;
};

struct stream {
	int fd; /* -1: none */
	unsigned number;
	bool connected;
	size_t n, sent, answered;
	int64_t next, until;
	uint8_t bytes[ROOM];
};

static struct {
	unsigned opened, refused, hung_up;
	size_t answered, most;
} figures;

static uint8_t first[ROOM];
static size_t recorded;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint32_t dice(void)
{
	static uint64_t seed = 20261124;
	uint64_t z = (seed += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	return (uint32_t)(z ^ (z >> 29));
}

static size_t noise(uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)dice();
	return n;
}

/* ---- what each attack says ---- */

static size_t say_nothing(uint8_t *out, unsigned number)
{
	(void)out;
	(void)number;
	return 0;
}

static size_t say_garbage(uint8_t *out, unsigned number)
{
	return noise(out, 2 + number * 37 % (ROOM - 2));
}

static size_t say_http(uint8_t *out, unsigned number)
{
	return (size_t)snprintf((char *)out, ROOM, "GET /%u HTTP/1.1\r\nHost: node.example:7400\r\nUser-Agent: scan/1.0\r\nAccept: */*\r\n\r\n", number);
}

/* TLS 1.2 record, ClientHello: version, random, empty session id, two cipher suites, no compression, no extensions. */
static size_t say_tls(uint8_t *out, unsigned number)
{
	static const uint8_t head[] = {0x16, 3, 1, 0, 49, 1, 0, 0, 45, 3, 3}, tail[] = {0, 0, 4, 0x13, 1, 0xc0, 0x2f, 1, 0, 0, 0};
	(void)number;
	memcpy(out, head, sizeof head);
	noise(out + sizeof head, 32);
	memcpy(out + sizeof head + 32, tail, sizeof tail);
	return sizeof head + 32 + sizeof tail;
}

/* The right length and as many random bytes: the dearest thing that a stranger can have a node do. */
static size_t say_first(uint8_t *out, unsigned number)
{
	(void)number;
	noise(out, FIRST);
	out[0] = 0;
	out[1] = FIRST - 2;
	return FIRST;
}

static size_t say_half(uint8_t *out, unsigned number)
{
	return say_first(out, number) - 1 - number % (FIRST - 2);
}

static size_t say_length(uint8_t *out, unsigned number)
{
	static const uint16_t odd[] = {0xffff, 0, 1, FIRST - 3, FIRST - 1, 48, 320, 65280, 0x8000, 0x4800};
	uint16_t n = odd[number % (sizeof odd / sizeof *odd)];
	noise(out, ROOM);
	out[0] = (uint8_t)(n >> 8);
	out[1] = (uint8_t)n;
	return 2 + dice() % (ROOM - 2);
}

/* A whole first message and more behind it, before its turn. */
static size_t say_more(uint8_t *out, unsigned number)
{
	say_first(out, number);
	return noise(out + FIRST, 1 + dice() % 1000) + FIRST;
}

static size_t say_replay(uint8_t *out, unsigned number)
{
	(void)number;
	memcpy(out, first, FIRST);
	return FIRST;
}

/* The recorded first message, and the recorded rest at once behind it. */
static size_t say_replay_all(uint8_t *out, unsigned number)
{
	size_t n = FIRST + (number % 2 ? recorded - FIRST : (recorded - FIRST) / 2);
	memcpy(out, first, n);
	return n;
}

static const struct attack attacks[] = {
	{"garbage", say_garbage, 64, 0, 1000, END_FIN},
	{"http", say_http, 64, 0, 1000, END_FIN},
	{"tls", say_tls, 64, 0, 1000, END_FIN},
	{"first", say_first, 64, 0, 1000, END_FIN},
	{"length", say_length, 64, 0, 1000, END_RST},
	{"more", say_more, 64, 0, 1000, END_RST},
	{"half", say_half, 200, 0, 7000, END_FIN},
	{"slow", say_first, 200, 1000, 60000, END_FIN}, /* a byte a second */
	{"mute", say_nothing, 500, 0, 60000, END_FIN},
	{"storm", say_garbage, 16, 0, 0, END_STORM}, /* FIN and RST in turn */
	{"replay", say_replay, 48, 0, 300, END_FIN},
	{"replay-all", say_replay_all, 48, 0, 1000, END_FIN},
};

/* ---- one stream ---- */

static void hang_up(struct stream *s, const struct attack *a)
{
	static const struct linger reset = {1, 0};
	bool rst = a->end == END_RST || (a->end == END_STORM && s->number % 2);
	if (rst)
		(void)setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	else
		(void)shutdown(s->fd, s->number % 4 ? SHUT_WR : SHUT_RDWR);
	close(s->fd);
	s->fd = -1;
	figures.answered += s->answered;
	if (s->answered > figures.most)
		figures.most = s->answered;
}

static bool dial(struct stream *s, const struct attack *a, uint16_t port, unsigned number)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return false;
	if (connect(s->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) {
		close(s->fd);
		s->fd = -1;
		figures.refused++;
		return false;
	}
	s->number = number;
	s->connected = false;
	s->n = a->say(s->bytes, number);
	s->sent = s->answered = 0;
	s->next = 0;
	s->until = now_ms() + 10000;
	return true;
}

static void speak(struct stream *s, const struct attack *a, int64_t now)
{
	size_t want = a->gap_ms ? 1 : s->n - s->sent;
	if (s->sent == s->n || now < s->next)
		return;
	ssize_t n = send(s->fd, s->bytes + s->sent, want, MSG_NOSIGNAL);
	if (n > 0)
		s->sent += (size_t)n;
	s->next = now + a->gap_ms;
}

/* false: the other side has hung up. */
static bool listen_to(struct stream *s)
{
	uint8_t in[4096];
	ssize_t n;
	while ((n = recv(s->fd, in, sizeof in, 0)) > 0)
		s->answered += (size_t)n;
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void turn(struct stream *s, const struct attack *a, short events)
{
	int64_t now = now_ms();
	if (!s->connected && (events & (POLLOUT | POLLERR | POLLHUP))) {
		int e = 0;
		socklen_t n = sizeof e;
		(void)getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &e, &n);
		if (e) {
			figures.refused++;
			close(s->fd);
			s->fd = -1;
			return;
		}
		figures.opened++;
		s->connected = true;
		s->until = now + a->patience_ms;
	}
	if (s->connected) {
		speak(s, a, now);
		if (!listen_to(s)) {
			figures.hung_up++;
			hang_up(s, a);
			return;
		}
	}
	if (now >= s->until)
		hang_up(s, a);
}

static void run(const struct attack *a, uint16_t port, unsigned count, int64_t end)
{
	static struct stream stream[WIDTH];
	static struct pollfd p[WIDTH];
	unsigned begun = 0, open = 0, most;
	for (unsigned i = 0; i < a->width; i++)
		stream[i].fd = -1;
	while (open || (begun < count && now_ms() < end)) {
		most = begun + BURST < count ? begun + BURST : count;
		for (unsigned i = 0; i < a->width && begun < most && now_ms() < end; i++)
			if (stream[i].fd < 0)
				begun += dial(&stream[i], a, port, begun);
		for (unsigned i = 0; i < a->width; i++) {
			struct stream *s = &stream[i];
			p[i] = (struct pollfd){.fd = s->fd, .events = POLLIN};
			if (s->fd >= 0 && (!s->connected || (!a->gap_ms && s->sent < s->n)))
				p[i].events |= POLLOUT;
		}
		(void)poll(p, a->width, a->gap_ms || a->patience_ms ? 20 : 0);
		open = 0;
		for (unsigned i = 0; i < a->width; i++) {
			if (stream[i].fd >= 0 && (now_ms() >= end || p[i].revents || now_ms() >= stream[i].until || a->gap_ms)) {
				if (now_ms() >= end)
					stream[i].until = 0;
				turn(&stream[i], a, p[i].revents);
			}
			open += stream[i].fd >= 0;
		}
	}
}

static bool load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, first, sizeof first);
	if (fd >= 0)
		close(fd);
	recorded = n > 0 ? (size_t)n : 0;
	return recorded > FIRST;
}

int main(int argc, char **argv)
{
	const struct attack *a = NULL;
	struct rlimit files = {4096, 4096};
	int64_t began = now_ms();
	for (size_t i = 0; argc >= 5 && i < sizeof attacks / sizeof *attacks; i++)
		if (strcmp(argv[1], attacks[i].name) == 0)
			a = &attacks[i];
	if (!a) {
		fprintf(stderr, "stranger ATTACK PORT COUNT SECONDS [FILE]; see the head of tests/hostile/stranger.c\n");
		return 2;
	}
	if (strncmp(a->name, "replay", 6) == 0 && (argc < 6 || !load(argv[5]))) {
		fprintf(stderr, "stranger: no recorded first message\n");
		return 2;
	}
	(void)setrlimit(RLIMIT_NOFILE, &files);
	run(a, (uint16_t)strtoul(argv[2], NULL, 10), (unsigned)strtoul(argv[3], NULL, 10), began + 1000 * strtol(argv[4], NULL, 10));
	printf("attack=%s opened=%u refused=%u answered=%zu most=%zu hung_up=%u ms=%lld\n", a->name, figures.opened, figures.refused,
	       figures.answered, figures.most, figures.hung_up, (long long)(now_ms() - began));
	return 0;
}
