#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/wire_parts.h"

#define PAUSE_MS 100 /* after a failed accept, mostly for want of file descriptors */

/* Host and port both there; port 0 only where any will do. */
static bool tcp_valid(const char *address, bool any_port)
{
	const char *host, *colon, *p;
	unsigned long port = 0;

	if (strncmp(address, "tcp://", 6) != 0)
		return false;
	host = address + 6;
	colon = strrchr(host, ':');
	if (!colon || colon == host || strlen(host) > 250 || (host[0] == '[' && colon[-1] != ']') || strpbrk(host, "/?#@ "))
		return false;
	for (p = colon + 1; *p >= '0' && *p <= '9' && port <= UINT16_MAX; p++)
		port = port * 10 + (unsigned long)(*p - '0');
	return p != colon + 1 && !*p && port <= UINT16_MAX && (port || any_port);
}

static bool ipc_valid(const char *address)
{
	return strncmp(address, "ipc:///", 7) == 0 && address[strlen(address) - 1] != '/';
}

static bool our_user(nng_stream *s)
{
	uint64_t uid;

	return nng_stream_get_uint64(s, NNG_OPT_IPC_PEER_UID, &uid) == 0 && uid == geteuid();
}

static void let_in(struct door *d, nng_stream *s)
{
	struct wire_event *ev = wire_event_new(WIRE_ACCEPTED);

	if (!ev || (d->local && !our_user(s))) {
		nng_stream_free(s);
		wire_events_free(ev);
		return;
	}
	ev->tag = d->like.tag;
	if (wire_conns_adopt(d->w, s, d, ev))
		wire_events_free(ev);
}

static void on_accept(void *arg)
{
	struct door *d = arg;
	int rv = nng_aio_result(d->aio);
	bool rested = d->resting, closing;

	d->resting = false;
	if (rv == 0 && !rested)
		let_in(d, nng_aio_get_output(d->aio, 0));
	pthread_mutex_lock(&d->w->lock);
	closing = d->w->closing;
	pthread_mutex_unlock(&d->w->lock);
	if (closing)
		return;
	if (rv && !rested) {
		d->resting = true;
		nng_sleep_aio(PAUSE_MS, d->aio);
	} else {
		nng_stream_listener_accept(d->listener, d->aio);
	}
}

/* The end of a dial. */
static void dialled(struct dial *d, enum err e, const char *text)
{
	struct wire_event *ev = NULL;
	nng_stream *s = d->stream;

	d->stream = NULL;
	if (!e) {
		ev = wire_event_new(WIRE_DIALLED);
		e = ev ? OK : ERR_MEMORY;
	}
	if (!e) {
		ev->dial = d->number;
		e = wire_conns_adopt(d->w, s, NULL, ev);
	} else if (s) {
		nng_stream_close(s);
		nng_stream_free(s);
	}
	if (e)
		wire_events_free(ev);
	pthread_mutex_lock(&d->w->lock);
	d->done = true;
	if (e) {
		d->failed->dial = d->number;
		d->failed->why = e;
		d->failed->text = text;
		wire_push(d->w, d->failed);
		d->failed = NULL;
	}
	pthread_mutex_unlock(&d->w->lock);
}

/* nng 1.5.2 takes the hang-up that epoll reports for a socket not yet connecting for success: about every fourth connection that
 * does not stand at once is handed out early. Such a stream has no remote address; sending nothing on it waits until it has. */
static void on_dial(void *arg)
{
	struct dial *d = arg;
	int rv = nng_aio_result(d->aio);
	char name[WIRE_REMOTE];

	if (rv) {
		dialled(d, rv == NNG_ECLOSED ? ERR_IO : wire_from_nng(rv), nng_strerror(rv));
		return;
	}
	if (!d->stream) {
		int64_t left = d->until - wire_clock();
		nng_iov nothing = {.iov_buf = name, .iov_len = 0};

		d->stream = nng_aio_get_output(d->aio, 0);
		if (!wire_conns_remote(d->stream, name)) {
			nng_aio_set_timeout(d->aio, left > 0 ? (nng_duration)left : 1);
			nng_aio_set_iov(d->aio, 1, &nothing);
			nng_stream_send(d->stream, d->aio);
			return;
		}
	}
	dialled(d, OK, "connection lost at once");
}

static void door_free(struct door *d)
{
	if (d->listener)
		nng_stream_listener_close(d->listener);
	if (d->aio) {
		nng_aio_stop(d->aio);
		nng_aio_free(d->aio);
	}
	if (d->listener)
		nng_stream_listener_free(d->listener);
	if (d->folder >= 0)
		close(d->folder);
	free(d);
}

/* The address nng is given: a path that does not fit a socket address is named through its open folder. */
static enum err ipc_address(const char *address, int *folder, struct buf *out)
{
	const char *path = address + strlen("ipc://"), *name = strrchr(path, '/') + 1;
	char short_form[64];
	struct buf dir = {0};
	enum err e;
	int fd;

	if (strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path)
		return buf_add(out, address, strlen(address) + 1);
	e = buf_add(&dir, path, (size_t)(name - path));
	if (!e)
		e = buf_add(&dir, "", 1);
	if (e)
		goto done;
	fd = open((const char *)dir.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
	e = ERR_INVALID;
	if (fd < 0)
		goto done;
	snprintf(short_form, sizeof short_form, "ipc:///proc/self/fd/%d/", fd);
	e = buf_add(out, short_form, strlen(short_form));
	if (!e)
		e = buf_add(out, name, strlen(name) + 1);
	if (e)
		close(fd);
	else
		*folder = fd;
done:
	buf_free(&dir);
	return e;
}

static int open_listener(struct door *d, const char *address, uint16_t *port)
{
	int rv = nng_stream_listener_alloc(&d->listener, address), bound = 0;

	if (rv)
		return rv;
	if (d->local)
		rv = nng_stream_listener_set_int(d->listener, NNG_OPT_IPC_PERMISSIONS, 0600);
	else if (!(rv = nng_stream_listener_set_bool(d->listener, NNG_OPT_TCP_NODELAY, true)))
		rv = nng_stream_listener_set_bool(d->listener, NNG_OPT_TCP_KEEPALIVE, true);
	if (!rv)
		rv = nng_stream_listener_listen(d->listener);
	if (!rv && !d->local)
		rv = nng_stream_listener_get_int(d->listener, NNG_OPT_TCP_BOUND_PORT, &bound);
	if (!rv)
		*port = (uint16_t)bound;
	return rv;
}

enum err wire_doors_listen(struct wire *w, const struct wire_door *door, uint16_t *port)
{
	const char *address = door->address;
	struct buf real = {0};
	struct door *d;
	enum err e;

	if (!tcp_valid(address, true) && !ipc_valid(address))
		return ERR_INVALID;
	d = calloc(1, sizeof *d);
	if (!d)
		return ERR_MEMORY;
	d->like = *door;
	d->like.address = NULL;
	d->w = w;
	d->folder = -1;
	d->local = ipc_valid(address);
	e = d->local ? ipc_address(address, &d->folder, &real) : buf_add(&real, address, strlen(address) + 1);
	if (!e && nng_aio_alloc(&d->aio, on_accept, d))
		e = ERR_MEMORY;
	if (!e)
		e = wire_from_nng(open_listener(d, (const char *)real.p, port));
	buf_free(&real);
	if (e) {
		door_free(d);
		return e;
	}
	d->next = w->doors;
	w->doors = d;
	nng_stream_listener_accept(d->listener, d->aio);
	return OK;
}

static void dial_free(struct dial *d)
{
	if (d->dialer)
		nng_stream_dialer_close(d->dialer);
	if (d->aio)
		nng_aio_stop(d->aio);
	if (d->stream)
		nng_stream_free(d->stream);
	nng_aio_free(d->aio);
	if (d->dialer)
		nng_stream_dialer_free(d->dialer);
	wire_events_free(d->failed);
	free(d);
}

static enum err open_dialer(struct dial *d, const char *address)
{
	int rv = nng_stream_dialer_alloc(&d->dialer, address);

	if (!rv && tcp_valid(address, false) && !(rv = nng_stream_dialer_set_bool(d->dialer, NNG_OPT_TCP_NODELAY, true)))
		rv = nng_stream_dialer_set_bool(d->dialer, NNG_OPT_TCP_KEEPALIVE, true);
	return wire_from_nng(rv);
}

enum err wire_doors_dial(struct wire *w, const char *address, uint64_t number, int timeout_ms)
{
	struct dial *d;
	enum err e = ERR_MEMORY;

	if (!tcp_valid(address, false) && !ipc_valid(address))
		return ERR_INVALID;
	d = calloc(1, sizeof *d);
	if (!d)
		return ERR_MEMORY;
	d->w = w;
	d->number = number;
	d->until = wire_clock() + timeout_ms;
	d->failed = wire_event_new(WIRE_DIAL_FAILED);
	if (!d->failed || nng_aio_alloc(&d->aio, on_dial, d))
		goto fail;
	e = open_dialer(d, address);
	if (e)
		goto fail;
	nng_aio_set_timeout(d->aio, timeout_ms);
	pthread_mutex_lock(&w->lock);
	d->next = w->dials;
	w->dials = d;
	pthread_mutex_unlock(&w->lock);
	nng_stream_dialer_dial(d->dialer, d->aio);
	return OK;
fail:
	dial_free(d);
	return e;
}

void wire_doors_reap(struct wire *w)
{
	struct dial *done = NULL, **at = &w->dials;

	pthread_mutex_lock(&w->lock);
	while (*at) {
		struct dial *d = *at;

		if (!d->done) {
			at = &d->next;
			continue;
		}
		*at = d->next;
		d->next = done;
		done = d;
	}
	pthread_mutex_unlock(&w->lock);
	while (done) {
		struct dial *d = done;

		done = d->next;
		dial_free(d);
	}
}

void wire_doors_close(struct wire *w)
{
	while (w->doors) {
		struct door *d = w->doors;

		w->doors = d->next;
		door_free(d);
	}
	while (w->dials) { /* the callbacks do not touch the list */
		struct dial *d = w->dials;

		w->dials = d->next;
		dial_free(d);
	}
}

bool wire_everywhere(const char *host, size_t n)
{
	static const char *const all[] = {"0.0.0.0", "[::]", "*", ""};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strlen(all[i]) == n && memcmp(all[i], host, n) == 0)
			return true;
	return false;
}
