/* view_guidance.h - what its author says beside a requirement set: how to meet requirements, and which certifications meet them. */
#ifndef TALLY_VIEW_GUIDANCE_H
#define TALLY_VIEW_GUIDANCE_H

#include "node/view_requirement.h"

/* Records of this kind about any version of the set that stand, oldest first; author NULL: anybody's. */
enum err view_guidance_of(struct view *v, const struct seen *set, enum kind_number kind, const struct id *author, struct seens *out) MUST;
/* A guidance that names this requirement; NULL: none. */
const struct seen *view_guidance_on(const struct seens *guidance, const char *rid);

enum err view_guidance_list(struct view *v, json_t **out) MUST;    /* JSON, newest first */
enum err view_guidance_covers(struct view *v, json_t **out) MUST;  /* JSON: a line for each requirement that a certificate meets */

struct recognised { /* what a certificate does for one requirement */
	const struct seen *by;    /* the equivalence; NULL: none names this scheme and requirement */
	const struct value *cover; /* its row */
	bool partial, expired;
};
/* The newest that covers the requirement by the scheme named in this text, such as "ISO/IEC 27001:2022, certificate 4711". */
void view_guidance_recognise(struct view *v, const struct seens *equivalences, const char *rid, const char *certificate, struct recognised *out);
bool view_guidance_names(const char *text, const char *scheme); /* as a whole word of it, in any case */

#endif
