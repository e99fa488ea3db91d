/* driver.c - runs one fuzz target without libFuzzer: first over its corpus, then over mutations of it. The mutations
 * follow from the seed alone, so a failure is repeated by FUZZ_SEED=n; the input that failed is left in a file whose name is
 * printed. */
#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanitizer/common_interface_defs.h>

#define INPUT_MAX 8192u
#define CORPUS_MAX 512u
#define RUNS 20000u
#define SEED 20261124u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const uint64_t fuzz_runs __attribute__((weak)); /* a slow target says how many mutations are enough here */

struct input {
	uint8_t *bytes;
	size_t size;
};

static struct input corpus[CORPUS_MAX];
static size_t corpus_count;
static uint64_t state;
static const uint8_t *current; /* what the target is looking at, for the note after a crash */
static size_t current_size;
static char note[512];

static uint64_t next(void) /* splitmix64 */
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return n ? (size_t)(next() % n) : 0;
}

static void keep_input(void)
{
	FILE *f = fopen(note, "wb");

	if (f) {
		fwrite(current, 1, current_size, f);
		fclose(f);
		fprintf(stderr, "the input is in %s\n", note);
	}
}

static void keep_and_abort(int sig)
{
	keep_input();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1); /* its own allocation: reading one byte too far is seen */

	if (!exact)
		abort();
	if (size)
		memcpy(exact, bytes, size);
	current = exact;
	current_size = size;
	alarm(20);
	LLVMFuzzerTestOneInput(exact, size);
	alarm(0);
	free(exact);
}

static void corpus_add(const uint8_t *bytes, size_t size)
{
	uint8_t *copy;

	if (corpus_count == CORPUS_MAX || !(copy = malloc(size ? size : 1)))
		return;
	if (size)
		memcpy(copy, bytes, size);
	corpus[corpus_count++] = (struct input){copy, size};
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void corpus_read(const char *folder)
{
	static uint8_t bytes[1u << 21];
	struct dirent **names;
	int n = scandir(folder, &names, NULL, by_name); /* in an order that does not change from disk to disk */

	for (int i = 0; i < n; i++) {
		char path[4096];
		FILE *f;

		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		f = names[i]->d_name[0] == '.' ? NULL : fopen(path, "rb");
		if (f) {
			size_t size = fread(bytes, 1, sizeof bytes, f);

			fclose(f);
			run(bytes, size);
			corpus_add(bytes, size);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* One change of b, whose capacity is INPUT_MAX. */
static size_t mutate(uint8_t *b, size_t size)
{
	static const uint8_t telling[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xc4, 0xc6, 0xcc, 0xcf, 0xd3,
		0xd9, 0xdb, 0xdd, 0xdf, 0xe0, 0xff};
	size_t at = below(size), n;

	switch (below(8)) {
	case 0:
		if (size)
			b[at] ^= (uint8_t)(1u << below(8));
		return size;
	case 1:
		if (size)
			b[at] = (uint8_t)next();
		return size;
	case 2:
		if (size)
			b[at] = telling[below(sizeof telling)];
		return size;
	case 3: /* cut the end off */
		return at;
	case 4: /* take a piece out */
		n = below(size - at < 16 ? size - at : 16);
		memmove(b + at, b + at + n, size - at - n);
		return size - n;
	case 5: /* put a byte in */
		if (size == INPUT_MAX)
			return size;
		memmove(b + at + 1, b + at, size - at);
		b[at] = telling[below(sizeof telling)];
		return size + 1;
	case 6: { /* the same piece again */
		n = below(size - at < 32 ? size - at : 32);
		if (size + n > INPUT_MAX)
			return size;
		memmove(b + at + n, b + at, size - at);
		return size + n;
	}
	default: { /* go on as another one does */
		const struct input *other = &corpus[below(corpus_count)];
		size_t from = below(other->size);

		n = other->size - from;
		if (n > INPUT_MAX - at)
			n = INPUT_MAX - at;
		if (n)
			memcpy(b + at, other->bytes + from, n);
		return at + n;
	}
	}
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	static uint8_t b[INPUT_MAX];
	uint64_t seed = from_environment("FUZZ_SEED", SEED), runs = from_environment("FUZZ_RUNS", &fuzz_runs ? fuzz_runs : RUNS);
	const char *base = strrchr(argv[0], '/');

	snprintf(note, sizeof note, "%s.crash", argv[0]);
	printf("%s: seed %" PRIu64 ", %" PRIu64 " mutations\n", base ? base + 1 : argv[0], seed, runs);
	fflush(stdout);
	__sanitizer_set_death_callback(keep_input);
	signal(SIGABRT, keep_and_abort);
	signal(SIGALRM, keep_and_abort);
	state = seed;
	run((const uint8_t *)"", 0);
	if (argc > 1)
		corpus_read(argv[1]);
	if (corpus_count == 0)
		corpus_add((const uint8_t *)"\x82\x00\x01\x01\xa1x", 6);
	for (uint64_t i = 0; i < runs; i++) {
		const struct input *seed_input = &corpus[below(corpus_count)];
		size_t size = seed_input->size < INPUT_MAX ? seed_input->size : INPUT_MAX;

		if (size)
			memcpy(b, seed_input->bytes, size);
		for (size_t n = 1 + below(4); n > 0; n--)
			size = mutate(b, size);
		run(b, size);
	}
	for (size_t i = 0; i < corpus_count; i++)
		free(corpus[i].bytes);
	printf("%zu corpus files, no failure\n", corpus_count);
	return 0;
}
