/* The node as a process, in a child, when its store does not let it begin a turn. What the system does to the store is done here: the program's own
 * pwrite, connect and mdb_txn_begin come before the libraries'. */
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
#include "proto/invite.h"

#define PAGE 4096
#define SOON_MS 20000 /* no test takes so long: it is there for slow machines */

static struct trouble { /* shared with the child */
	atomic_bool meta;    /* the pages that make a commit true cannot be written */
	atomic_bool dialled; /* out of memory in the turn after a dial */
	atomic_int begins;   /* that many turns more do not begin */
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

/* ---- a node in a child ---- */

struct running {
	char root[64], home[80], kit[80], log[80];
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
	int log = open(r->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)dup2(log, STDERR_FILENO);
	enum err e = loop_run(&(struct loop_config){.home = r->home, .level = HOST_INFO, .ready = ready, .ctx = &fd}, &why);
	(void)fprintf(stderr, "%s\n", why.text);
	_exit((int)e + 1);
}

static int start(void **state)
{
	struct running *r = *state = calloc(1, sizeof *r);
	struct init_result made;
	struct complaint why = {0};
	int ends[2];
	char byte;
	assert_non_null(r);
	(void)snprintf(r->root, sizeof r->root, "/tmp/tally-loop-XXXXXX");
	assert_non_null(mkdtemp(r->root));
	(void)snprintf(r->home, sizeof r->home, "%s/home", r->root);
	(void)snprintf(r->kit, sizeof r->kit, "%s/kit", r->root);
	(void)snprintf(r->log, sizeof r->log, "%s/log", r->root);
	assert_int_equal(init_run(&(struct init_args){.home = r->home, .name = "Harbour Foods", .recovery_out = r->kit}, &made, &why), OK);
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
	static const char *const files[] = {"kit", "log", "home/store/data.mdb", "home/store/lock.mdb", "home/store/lock", "home/store",
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

/* ---- what it does ---- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_store_that_is_over, start, clean),
		cmocka_unit_test_setup_teardown(a_turn_that_does_not_begin, start, clean),
	};
	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
