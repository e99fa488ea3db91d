#include "node/view_posture.h"

enum err view_posture_list(struct view *v, json_t **out)
{
	struct seens list;
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_POSTURE_ATTESTATION, &list) : ERR_MEMORY;
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}
