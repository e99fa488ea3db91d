/* alloc_fail.h - makes the n-th allocation fail, whoever asks for it: our code, msgpack, LMDB, libsodium. For one .c file of a test program:
 * the functions below take the place of the C library's, and hand over to the address sanitizer's, so that leaks and wild writes are seen
 * as ever. */
#ifndef TALLY_TEST_ALLOC_FAIL_H
#define TALLY_TEST_ALLOC_FAIL_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <sanitizer/lsan_interface.h>

#include "keys/err.h"

void *__interceptor_malloc(size_t n);
void *__interceptor_calloc(size_t count, size_t n);
void *__interceptor_realloc(void *p, size_t n);
int __interceptor_posix_memalign(void **out, size_t alignment, size_t n);
void *sodium_malloc(size_t n);

static struct {
	bool armed, on; /* on: from the n-th every one fails, else only that one */
	bool fired;
	unsigned left;
} alloc_fail;

static bool alloc_fail_now(void)
{
	if (!alloc_fail.armed || (alloc_fail.fired && !alloc_fail.on))
		return false;
	if (alloc_fail.left > 0 && --alloc_fail.left > 0)
		return false;
	alloc_fail.fired = true;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return alloc_fail_now() ? NULL : __interceptor_malloc(n);
}

void *calloc(size_t count, size_t n)
{
	return alloc_fail_now() ? NULL : __interceptor_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
	return alloc_fail_now() ? NULL : __interceptor_realloc(p, n);
}

void *reallocarray(void *p, size_t count, size_t n)
{
	if (n && count > SIZE_MAX / n)
		return NULL;
	return realloc(p, count * n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
	return alloc_fail_now() ? ENOMEM : __interceptor_posix_memalign(out, alignment, n);
}

void *sodium_malloc(size_t n)
{
	static void *(*real)(size_t n);

	if (!real) {
		void *found = dlsym(RTLD_NEXT, "sodium_malloc");

		memcpy(&real, &found, sizeof real);
	}
	return alloc_fail_now() ? NULL : real(n);
}

/* What is tried: does one thing from the beginning to the end and undoes it, whatever comes in between. same(): all is as it was before. */
struct alloc_scene {
	const char *name;
	enum err (*act)(void *w);
	void (*same)(void *w); /* NULL: nothing outlives act() */
	void (*ready)(void *w); /* with all the memory there is, before each try; NULL: nothing to do */
	bool once;             /* slow: only single failures */
};

static inline void alloc_fail_run(const struct alloc_scene *scene, void *w)
{
	for (int on = 0; on < (scene->once ? 1 : 2); on++) {
		for (unsigned n = 1;; n++) {
			enum err e;

			if (scene->ready)
				scene->ready(w);
			alloc_fail.on = on;
			alloc_fail.left = n;
			alloc_fail.fired = false;
			alloc_fail.armed = true;
			e = scene->act(w);
			alloc_fail.armed = false;
			if (!alloc_fail.fired) {
				if (e != OK)
					fail_msg("%s: without a failure: %s", scene->name, err_name(e));
				print_message("%s: %u allocations\n", scene->name, n - 1);
				break;
			}
			if (e != ERR_MEMORY)
				fail_msg("%s: allocation %u%s failed: %s", scene->name, n, on ? " and all after it" : "", err_name(e));
			if (scene->same)
				scene->same(w);
		}
	}
	if (__lsan_do_recoverable_leak_check() != 0)
		fail_msg("%s: leaks", scene->name);
}

#define ALLOC_SCENES(scenes, w) \
	for (size_t scene_i = 0; scene_i < sizeof(scenes) / sizeof *(scenes); scene_i++) \
		alloc_fail_run(&(scenes)[scene_i], w)

#endif
