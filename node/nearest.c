#include "node/nearest.h"

#include <string.h>

#define NEAREST_MAX 48u /* longer words are not worth comparing */

static char nearest_fold(char c)
{
	if (c == '_')
		return '-';
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Edit distance with neighbouring letters swapped counted once, as people mistype. */
static size_t nearest_distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t row[3][NEAREST_MAX + 1];

	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			char x = nearest_fold(a[i - 1]), y = nearest_fold(b[j - 1]);
			size_t best = last[j - 1] + (x != y);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && x == nearest_fold(b[j - 2]) && y == nearest_fold(a[i - 2]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

struct nearest nearest_to(const char *typed)
{
	return (struct nearest){.typed = typed, .best = NULL, .distance = strlen(typed) / 3 + 2};
}

void nearest_try(struct nearest *n, const char *word)
{
	size_t a = strlen(n->typed), b = strlen(word), d;

	if (a == 0 || b == 0 || a > NEAREST_MAX || b > NEAREST_MAX)
		return;
	d = nearest_distance(n->typed, a, word, b);
	if (d < n->distance && d < b) {
		n->distance = d;
		n->best = word;
	}
}
