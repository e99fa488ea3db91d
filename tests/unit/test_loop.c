/* The node as a process, in a child: its store that does not let it begin a turn, its passphrase in memory. What the system does to the store is done
 * here: the program's own pwrite, connect and mdb_txn_begin come before the libraries'. */
#include "tests/unit/store_help.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "node/client.h"
#include "node/init.h"
#include "node/loop.h"
#include "node/passphrase.h"
#include "proto/invite.h"

#define PAGE 4096
#define SOON_MS 20000 /* no test takes so long: it is there for slow machines */

static struct trouble { /* shared with the child */
	atomic_bool meta;    /* the pages that make a commit true cannot be written */
	atomic_bool dialled; /* out of memory in the turn after a dial */
	atomic_int begins;   /* that many turns more do not begin */
	atomic_bool slow;    /* the store takes its time to close */
} *trouble;

static void *next(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);
	if (!f)
		abort();
	return f;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t);
	*(void **)&real = next("pwrite");
	if (trouble && trouble->meta && at < 2 * PAGE) {
		errno = EIO;
		return -1;
	}
	return real(fd, p, n, at);
}

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t n)
{
	int (*real)(int, __CONST_SOCKADDR_ARG, socklen_t);
	*(void **)&real = next("connect");
	if (trouble && to.__sockaddr__->sa_family == AF_INET && atomic_exchange(&trouble->dialled, false))
		trouble->begins = 1;
	return real(fd, to, n);
}

int mdb_txn_begin(void *env, void *parent, unsigned flags, void **out);
int mdb_txn_begin(void *env, void *parent, unsigned flags, void **out)
{
	int (*real)(void *, void *, unsigned, void **);
	*(void **)&real = next("mdb_txn_begin");
	if (trouble && !parent && trouble->begins > 0) {
		trouble->begins--;
		return ENOMEM;
	}
	return real(env, parent, flags, out);
}

void mdb_env_close(void *env);
void mdb_env_close(void *env)
{
	void (*real)(void *);
	*(void **)&real = next("mdb_env_close");
	if (trouble && trouble->slow)
		(void)poll(NULL, 0, 300);
	real(env);
}

/* ---- a node in a child ---- */

struct running {
	char root[64], home[80], kit[80], log[80], secret[80]; /* the last one: file of the passphrase; "": none */
	pid_t pid;
};

static void ready(void *ctx)
{
	int fd = *(int *)ctx;
	(void)!write(fd, "", 1);
	(void)close(fd);
}

static void child(const struct running *r, int fd)
{
	struct complaint why = {0};
	struct secret *passphrase = NULL;
	int log = open(r->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)dup2(log, STDERR_FILENO);
	enum err e = *r->secret ? passphrase_file(r->secret, &passphrase, &why) : OK;
	if (e == OK)
		e = loop_run(&(struct loop_config){.home = r->home, .passphrase = &passphrase, .level = HOST_INFO, .ready = ready, .ctx = &fd}, &why);
	secret_free(passphrase);
	(void)fprintf(stderr, "%s\n", why.text);
	_exit((int)e + 1);
}

/* No copy of the word itself may stand in this program, which the node is forked from. */
static const char shifted[] = "dpssfdu!ipstf!cbuufsz!tubqmf!pg!uif!mppq";

static void write_secret(const char *path)
{
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	(void)setvbuf(f, NULL, _IONBF, 0);
	for (const char *p = shifted; *p; p++)
		(void)putc(*p - 1, f);
	(void)putc('\n', f);
	(void)fclose(f);
}

static int begin(void **state, bool sealed)
{
	struct running *r = *state = calloc(1, sizeof *r);
	struct init_result made;
	struct complaint why = {0};
	struct secret *passphrase = NULL;
	int ends[2];
	char byte;
	assert_non_null(r);
	(void)snprintf(r->root, sizeof r->root, "/tmp/tally-loop-XXXXXX");
	assert_non_null(mkdtemp(r->root));
	(void)snprintf(r->home, sizeof r->home, "%s/home", r->root);
	(void)snprintf(r->kit, sizeof r->kit, "%s/kit", r->root);
	(void)snprintf(r->log, sizeof r->log, "%s/log", r->root);
	if (sealed) {
		(void)snprintf(r->secret, sizeof r->secret, "%s/secret", r->root);
		write_secret(r->secret);
		assert_int_equal(passphrase_file(r->secret, &passphrase, &why), OK);
	}
	assert_int_equal(init_run(&(struct init_args){.home = r->home, .name = "Harbour Foods", .recovery_out = r->kit,
	                                              .passphrase = passphrase ? secret_text(passphrase) : NULL}, &made, &why), OK);
	secret_free(passphrase);
	trouble = mmap(NULL, sizeof *trouble, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(trouble, MAP_FAILED);
	assert_int_equal(pipe(ends), 0);
	r->pid = fork();
	if (r->pid == 0) {
		(void)close(ends[0]);
		child(r, ends[1]);
	}
	assert_true(r->pid > 0);
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	(void)close(ends[0]);
	return 0;
}

static int start(void **state)
{
	return begin(state, false);
}

static int start_sealed(void **state)
{
	return begin(state, true);
}

static enum err ended(struct running *r)
{
	int status;
	for (int ms = 0; ms < SOON_MS; ms += 20) {
		if (waitpid(r->pid, &status, WNOHANG) == r->pid) {
			r->pid = 0;
			assert_true(WIFEXITED(status));
			return (enum err)(WEXITSTATUS(status) - 1);
		}
		(void)poll(NULL, 0, 20);
	}
	fail_msg("the node goes on");
	return OK;
}

static int clean(void **state)
{
	static const char *const files[] = {"kit", "log", "secret", "home/store/data.mdb", "home/store/lock.mdb", "home/store/lock", "home/store",
	                                    "home/keys/keyring", "home/keys", "home", ""};
	struct running *r = *state;
	char path[128];
	if (r->pid > 0) {
		(void)kill(r->pid, SIGKILL);
		(void)waitpid(r->pid, NULL, 0);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", r->root, files[i]);
		(void)remove(path);
	}
	(void)munmap(trouble, sizeof *trouble);
	trouble = NULL;
	free(r);
	return 0;
}

static bool answers(const struct running *r, const char *request, const char *text)
{
	struct buf b = {0};
	enum err e = client_call(r->home, SPAN(request, strlen(request)), SOON_MS, &b);
	bool yes = e == OK && buf_add(&b, "", 1) == OK && strstr((const char *)b.p, text);
	if (!yes)
		print_message("%s: %.*s\n", err_text(e), (int)b.n, b.n ? (const char *)b.p : "");
	buf_free(&b);
	return yes;
}

static size_t lines(const struct running *r, const char *with)
{
	char line[1024];
	size_t n = 0;
	FILE *f = fopen(r->log, "re");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		n += strstr(line, with) != NULL;
	(void)fclose(f);
	return n;
}

/* ---- its memory ---- */

static size_t found(const uint8_t *p, size_t n)
{
	size_t count = 0, m = strlen(shifted);
	for (size_t i = 0; i + m <= n; i++) {
		const uint8_t *at = memchr(p + i, shifted[0] - 1, n - m - i + 1);
		size_t k = 0;
		if (!at)
			break;
		i = (size_t)(at - p);
		while (k < m && p[i + k] == (uint8_t)(shifted[k] - 1))
			k++;
		count += k == m;
	}
	return count;
}

/* How often the passphrase stands in the memory of the child; -1: nobody may look. */
static int copies(const struct running *r)
{
	char path[64], line[512];
	static uint8_t bytes[1 << 20];
	int count = 0;
	(void)snprintf(path, sizeof path, "/proc/%d/mem", (int)r->pid);
	int mem = open(path, O_RDONLY | O_CLOEXEC);
	(void)snprintf(path, sizeof path, "/proc/%d/maps", (int)r->pid);
	FILE *maps = fopen(path, "re");
	if (mem < 0 || !maps)
		return -1;
	while (fgets(line, sizeof line, maps)) {
		unsigned long from, to;
		char may[8];
		if (sscanf(line, "%lx-%lx %7s", &from, &to, may) != 3 || may[0] != 'r' || may[1] != 'w')
			continue;
		if (to - from > 1ul << 30) /* a sanitizer's shadow */
			continue;
		for (; from < to; from += sizeof bytes / 2) { /* what lies across two pieces is in the next one too, and counted once */
			ssize_t n = pread(mem, bytes, to - from < sizeof bytes ? to - from : sizeof bytes, (off_t)from);
			if (n <= 0)
				break;
			size_t all = (size_t)n, half = all < sizeof bytes / 2 ? all : sizeof bytes / 2;
			count += (int)(found(bytes, all) - (half < all ? found(bytes + half, all - half) : 0));
		}
	}
	(void)fclose(maps);
	(void)close(mem);
	return count;
}

/* The vault's own copy, in guarded memory, and no other for as long as the node runs. */
static void one_copy_of_the_passphrase(void **state)
{
	struct running *r = *state;
	int n = copies(r);
	assert_true(answers(r, "{\"call\":\"node.stop\"}", "\"ok\":true"));
	assert_int_equal(ended(r), OK);
	if (n < 0)
		skip();
	assert_int_equal(n, 1);
}

/* ---- its store ---- */

/* After a page that makes a commit true could not be written, LMDB begins no transaction any more: the node ends and says why. */
static void a_store_that_is_over(void **state)
{
	struct running *r = *state;
	assert_true(answers(r, "{\"call\":\"node.status\"}", "\"ok\":true"));
	trouble->meta = true;
	assert_true(answers(r, "{\"call\":\"supplier.add\",\"args\":{\"supplier\":\"acme\",\"body\":{\"title\":\"Acme\"}}}", "\"ok\":false"));
	trouble->meta = false;
	assert_false(answers(r, "{\"call\":\"node.status\"}", ""));
	assert_int_equal(ended(r), ERR_IO);
	assert_int_equal(lines(r, "event=store-failed"), 1);
	assert_true(lines(r, "") < 20);
}

static void make_token(int port, struct buf *out)
{
	struct invite i = {.expires = 4102444800000, .addresses = 1, .name = "Brackwater Logistics"};
	memset(&i.org, 1, sizeof i.org);
	memset(i.link_pk, 9, sizeof i.link_pk);
	(void)snprintf(i.address[0], sizeof i.address[0], "127.0.0.1:%d", port);
	assert_int_equal(invite_encode(&i, out), OK);
	assert_int_equal(buf_add(out, "", 1), OK);
}

/* What became of a dial is told even when the turn that would have taken it could not begin: else that partner is never dialled again. */
static void a_turn_that_does_not_begin(void **state)
{
	struct running *r = *state;
	struct buf token = {0};
	char request[2048];
	make_token(1, &token); /* nobody listens on port 1 of this machine */
	(void)snprintf(request, sizeof request, "{\"call\":\"partner.join\",\"args\":{\"token\":\"%s\",\"name\":\"brackwater\"}}", (char *)token.p);
	buf_free(&token);
	trouble->dialled = true;
	assert_true(answers(r, request, "nobody answers at the invitation's address"));
	assert_int_equal(trouble->begins, 0);
	assert_int_equal(lines(r, "event=turn-not-begun"), 1);
	assert_true(answers(r, "{\"call\":\"node.stop\"}", "\"ok\":true"));
	assert_int_equal(ended(r), OK);
}

/* Nobody answers any more: then its folder is free, to be copied or for the next start. */
static void free_when_it_is_gone(void **state)
{
	struct running *r = *state;
	struct store *store = NULL;
	char path[96];
	enum err e = OK;
	(void)snprintf(path, sizeof path, "%s/store", r->home);
	trouble->slow = true;
	assert_true(answers(r, "{\"call\":\"node.stop\"}", "\"ok\":true"));
	for (int ms = 0; e != ERR_NO_DAEMON && e != ERR_NOT_FOUND; ms += 5) {
		struct buf b = {0};
		assert_true(ms < SOON_MS);
		e = client_call(r->home, SPAN("{\"call\":\"node.status\"}", 22), 1000, &b);
		buf_free(&b);
		(void)poll(NULL, 0, 5);
	}
	trouble->slow = false;
	assert_int_equal(store_open(&(struct store_config){.path = path}, &store), OK);
	store_close(store);
	assert_int_equal(ended(r), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_store_that_is_over, start, clean),
		cmocka_unit_test_setup_teardown(a_turn_that_does_not_begin, start, clean),
		cmocka_unit_test_setup_teardown(free_when_it_is_gone, start, clean),
		cmocka_unit_test_setup_teardown(one_copy_of_the_passphrase, start_sealed, clean),
	};
	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
