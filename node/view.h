/* view.h - common ground of the views: what this node makes of a record. Everything is computed from the set of records and the places
 * where they stood, so any order of arrival gives the same view; ties go by (created, id). Who may say what is judged here, from the
 * thread, never at ingest: what lacks authority is kept, shown as disregarded with the reason, and counts for nothing. */
#ifndef TALLY_VIEW_H
#define TALLY_VIEW_H

#include <jansson.h>

#include "proto/kinds.h"
#include "store/logs.h"
#include "store/records.h"

#define VIEW_NAME 224

struct seen { /* one record, judged; immutable once given out, in the view's arena */
	struct seen *next; /* of its bucket */
	uint64_t no;
	struct id id;
	int64_t received;  /* first good place; our own: when it was made */
	bool readable;     /* its bytes are here and the header parses */
	struct record r;
	const struct kind *kind; /* NULL: one we do not know */
	bool mine, good, ahead;  /* good: one place is good, or it is ours; ahead: dated ahead of our clock wherever it stood */
	uint8_t verdict;         /* of the first bad place; VERDICT_GOOD: none */
	bool counts;             /* good, of a known kind, and its author had the authority */
	char reason[160];        /* why not; "" when it counts */
	bool has_via;            /* it came inside a forward */
	struct id via, via_record;
	bool withdrawn, withdrawn_after; /* by its author; after: somebody had signed for it before */
	int64_t withdrawn_at;
	const char *withdrawn_why; /* "" when not said */
	bool replaced;     /* superseded by a newer version */
	struct id newer;
	struct id root;    /* first record of its thread, itself when it opens one */
	int64_t at;        /* created; when dated ahead: received. Clocks run from here */
	bool judged;
	/* Found once and kept, since a partner decides how many records ask for it. */
	struct seen *first;      /* of its series, as far as it is held; NULL: not asked for yet */
	struct series *series;   /* that it is a version of */
	struct parties *parties; /* who may speak in the thread that it opens */
	struct seens *beside;      /* view_guidance.c: guidance and equivalences for the set that it is the first version of */
	struct incident *incident; /* view_incident.c: that it is the first notice of */
	struct query *query;       /* view_query.c: that it is the first version of */
	struct concerns *concerns; /* view_concern.c: how it stands with each party, of the first of its series */
};

struct seens {
	struct seen **p;
	size_t n, cap;
};

struct series {
	struct seens versions; /* oldest first */
	bool forked;           /* one version has two successors; the last by (created, id) is then taken for the newest, and it is to be shown */
};

struct ids {
	struct id *p;
	size_t n, cap;
};

struct view {
	struct txn *t;
	struct arena *a; /* owns all that is given out */
	struct id me;
	int64_t now;
	const struct id *exercise; /* view_kind gives what belongs to it; NULL: what is real */
	const struct clocks *clocks; /* clocks.h; NULL: the shipped ones */
	void (*name)(void *ctx, const struct id *org, char out[static VIEW_NAME]);
	void *ctx;
	const struct suppliers *suppliers; /* view_assess.h: found once and kept; NULL: not asked for yet */
	size_t looked; /* records looked at, each time: what a view costs. Tests bound it */
	struct seen **bucket; /* by number */
	size_t buckets, held;
	struct seens *notices; /* view_contract.c: terminations in the world of notices_of, read once; NULL: not yet */
	const struct id *notices_of;
	struct id members_of; /* the consortium that was last asked about, and who was ever a member */
	struct ids members;
};

enum err view_get(struct view *v, uint64_t no, struct seen **out) MUST;
enum err view_find(struct view *v, const struct id *id, struct seen **out) MUST; /* ERR_NOT_FOUND */
/* Lists in the order of (created, id); disregarded ones are in them. kind 0: any, and of any world. */
enum err view_kind(struct view *v, int64_t kind, struct seens *out) MUST;
enum err view_firsts(struct view *v, int64_t kind, struct seens *out) MUST; /* of these each that is the first version held of its series */
/* Calls fn for each record of a kind, in the order of arrival, with a view of its own that is thrown away now and then: what fn does not keep costs
 * no memory, however many there are. What it keeps it asks v for again, by its number. */
enum err view_each(struct view *v, int64_t kind, enum err (*fn)(struct view *light, struct seen *s, void *ctx), void *ctx) MUST;
enum err view_thread(struct view *v, const struct id *root, int64_t kind, struct seens *out) MUST; /* with the root */
enum err view_about(struct view *v, const struct id *id, int64_t kind, struct seens *out) MUST;    /* what refers to it */
enum err view_begins(struct view *v, const struct seen *s, bool *yes) MUST; /* it is the first version that is held of its series */
/* The first version that is held of the series s belongs to, and the whole of it. */
enum err view_first(struct view *v, const struct seen *s, struct seen **out) MUST;
enum err view_series(struct view *v, const struct seen *s, const struct series **out) MUST;
/* To whom its author sent it, as far as we know; everybody: into the partners-log or the author's own. */
enum err view_readers(struct view *v, const struct seen *s, struct ids *out, bool *everybody) MUST;
bool view_decides(const struct kind *k, const char *word); /* may a reply to this kind say so */
bool view_own_word(const char *word); /* may one say so about a record of one's own: nobody decides for the other side */
bool view_authors_word(const char *word); /* nobody else may say so about it: whether what was done helped */
int view_order(const struct seen *x, const struct seen *y); /* by (created, id) */
bool view_alike(const struct seen *x, const struct seen *y); /* both real, or both of one exercise */
bool view_active(const struct seen *s); /* counts, not withdrawn, not replaced */

enum err view_push(struct view *v, struct seens *list, struct seen *s) MUST;
void view_sort(struct seens *list); /* by (created, id) */
enum err view_ids_add(struct view *v, struct ids *list, const struct id *id) MUST; /* once each */
bool view_ids_has(const struct ids *list, const struct id *id);
enum err view_members(struct view *v, const struct id *consortium, struct ids *out) MUST; /* all who ever were; n 0: no consortium */

/* Body fields by name; absent gives "", 0, false. Text is in the arena. */
const char *view_text(struct view *v, const struct field *table, const struct value *map, const char *name);
int64_t view_int(const struct field *table, const struct value *map, const char *name);
const char *view_word(const struct field *table, const struct value *map, const char *name); /* of an ENUM; "" */
const struct value *view_body(const struct seen *s); /* NULL: withdrawn or unreadable */

/* JSON: absent and empty are left out. */
json_t *view_string(const char *text); /* bytes that are not UTF-8, such as a character cut in two, become '?': the sentence is not lost */
void view_put(json_t *o, const char *name, const char *text);
void view_put_id(json_t *o, const char *name, const struct id *id);
const char *view_read(const json_t *o, const char *name);       /* what was put; "" when it could not be */
enum err view_read_id(const json_t *text, struct id *out) MUST; /* an id that was put; ERR_MEMORY when it could not be */
void view_put_time(json_t *o, const char *name, int64_t ms);   /* 0: left out */
void view_put_date(json_t *o, const char *name, int64_t day);  /* 0: left out */
void view_put_org(struct view *v, json_t *o, const char *name, const struct id *org); /* NAME the shown name, NAME_org the id */
void view_put_author(struct view *v, json_t *o, const struct seen *s); /* "from"; a stranger by the name in the forward that brought it */

#endif
