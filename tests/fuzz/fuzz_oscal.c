/* An OSCAL catalogue from anywhere: refused with a place and a reason, or a requirement set whose counts are right and whose every text our own
 * table takes. */
#include <stdlib.h>

#include "node/fieldjson.h"
#include "node/oscal.h"
#include "proto/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void taken(const struct oscal_set *o)
{
	struct arena *a = arena_new();
	struct complaint why = {0};
	struct value *v = NULL;

	if (json_array_size(json_object_get(o->set, "requirements")) != o->controls + o->enhancements)
		abort();
	if (a && fieldjson_read(kind_by_number(KIND_REQUIREMENT_SET)->fields, o->set, NULL, a, &v, &why) != OK && (!why.text[0] || !why.where[0]))
		abort();
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *j = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct oscal_set o;
	struct complaint why = {0};

	if (j && oscal_is(j)) {
		enum err e = oscal_read(j, &o, &why);

		if (e == OK)
			taken(&o);
		else if ((e != ERR_INVALID && e != ERR_LIMIT) || !why.text[0] || !why.where[0] || o.set)
			abort();
		if (e == OK)
			json_decref(o.set);
	}
	json_decref(j);
	return 0;
}
