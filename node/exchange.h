/* exchange.h - what full sessions exchange. Part of the core: core_state.h brings it. */
#ifndef TALLY_EXCHANGE_H
#define TALLY_EXCHANGE_H

#include "node/core_state.h"

/* exchange.c: heads, entries and receipts of a full session */
void exchange_begin(struct core *c, struct session *s); /* on entering FULL */
void exchange_message(struct core *c, struct session *s, const struct message_row *row, const struct value *body);
struct ingest_result;
bool exchange_ours(const struct core *c, const struct log_row *log);
uint64_t exchange_receipted(struct core *c, const struct log_row *log, const struct id *receiver); /* how far a receipt says it is held; 0: none */
void exchange_refuse(struct core *c, struct session *s, const struct ingest_result *r); /* says so; hangs up when the link's other end is to blame */
/* exchange_entries.c */
struct sync_log *exchange_sync(struct session *s, const struct id *log); /* NULL: not one of ours to them */
struct sync_log *exchange_sync_add(struct session *s, const struct log_row *log); /* NULL: memory */
void exchange_new_entries(struct core *c, const struct log_row *log);
void exchange_pump(struct core *c, struct session *s); /* entries the reader has not got: within the window, and as much as its stream should hold */
enum err exchange_returned(struct session *s, const struct log_row *log) MUST; /* more of a log of ours is here than this session knew */
void exchange_give_back(struct core *c, struct session *s, const struct id *log, uint64_t from); /* of a log of theirs: one message of it */
/* exchange_receipts.c */
void exchange_receipt(struct core *c, uint32_t log); /* makes, stores and sends our receipt over a log */
enum err exchange_make_receipt(struct core *c, const struct log_row *log, struct receipt_row *out) MUST; /* ERR_LIMIT: there is none to give */
void exchange_send_receipt(struct core *c, struct session *s, struct span payload, struct span signature);
/* One that came by link or file from this organisation; kept when *v is GOOD. What fails on our side is an error, and no verdict. */
enum err exchange_take_receipt(struct core *c, const struct id *org, struct span payload, struct span signature, enum verdict *v) MUST;
void exchange_on_receipts(struct core *c, struct session *s, const struct value *body);

#endif
