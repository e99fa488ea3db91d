/* Proofs: records with all that makes them provable, in one file. */
#include "node/api.h"

static enum err proof_export(struct api_call *c)
{
	struct id id;

	return api_record(c, "id", &id);
}

const struct api_row api_proof_rows[] = {
	{"proof.export", proof_export, "a record and what it rests on as a proof file: {hex, records, reveals}"},
	{0},
};
