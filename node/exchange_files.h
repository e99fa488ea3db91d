/* exchange_files.h - evidence files between linked partners, a piece at a time. Part of the core. */
#ifndef TALLY_EXCHANGE_FILES_H
#define TALLY_EXCHANGE_FILES_H

#include "proto/fetch.h"
#include "proto/value.h"

struct core;
struct session;

struct exchange_files { /* of one session */
	struct fetch fetch;  /* the file that comes from them */
	struct id hash;      /* of it */
	uint64_t no;         /* of evidence up to this record none is to be asked for */
	bool gives;          /* they have asked for a piece, and it waits for room in the stream */
	struct id give;
	uint64_t give_at;
};

void exchange_files_next(struct core *c, struct session *s); /* asks for what is wanted of them, when nothing is under way */
void exchange_files_give(struct core *c, struct session *s); /* the piece that they wait for, when the stream has room */
void exchange_files_on_want(struct core *c, struct session *s, const struct value *body);
void exchange_files_on_chunk(struct core *c, struct session *s, const struct value *body);

#endif
