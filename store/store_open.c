#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"

static const char *const names[TABLE_COUNT] = {
#define X(name, lmdb, key, value) lmdb,
	TABLE_TABLE(X)
#undef X
};

static enum err there(const char *path)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof name, "%s/data.mdb", path) >= sizeof name)
		return ERR_INVALID;
	return access(name, R_OK) == 0 ? OK : store_code(errno);
}

static enum err take_lock(const char *path, int *out)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof name, "%s/lock", path) >= sizeof name)
		return ERR_INVALID;
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return store_code(errno);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		enum err e = errno == EWOULDBLOCK ? ERR_LOCKED : store_code(errno);
		close(fd);
		return e;
	}
	*out = fd;
	return OK;
}

/* A file cut short would end the process by SIGBUS where the map has no file behind it; zeros there make LMDB say "corrupted".
 * LMDB itself may leave its last pages unwritten while they are free, so a short file alone is no damage. Only the holder of the
 * lock does this. */
static enum err extend_file(MDB_env *env, const char *path)
{
	char name[4096];
	MDB_envinfo info;
	MDB_stat stat;
	struct stat st;
	int rc;

	if ((size_t)snprintf(name, sizeof name, "%s/data.mdb", path) >= sizeof name)
		return ERR_INVALID;
	if ((rc = mdb_env_info(env, &info)) != 0 || (rc = mdb_env_stat(env, &stat)) != 0)
		return store_code(rc);
	off_t need = (off_t)(info.me_last_pgno + 1) * (off_t)stat.ms_psize;
	if (lstat(name, &st) != 0 || (st.st_size < need && truncate(name, need) != 0))
		return store_code(errno);
	return OK;
}

/* When the lock cannot be had a writer is at work and has done it, or nothing can be written here. */
static void extend_readonly(MDB_env *env, const char *path)
{
	int fd;

	if (take_lock(path, &fd) != OK)
		return;
	enum err ignored = extend_file(env, path);
	(void)ignored;
	close(fd);
}

/* The names of new files are durable only when their folder is. */
static enum err sync_folder(const char *path, const char *sub)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof name, "%s%s", path, sub) >= sizeof name)
		return ERR_INVALID;
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return store_code(errno);
	enum err e = fsync(fd) == 0 || errno == EINVAL ? OK : store_code(errno);
	close(fd);
	return e;
}

static enum err open_tables(struct store *s, MDB_txn *mdb, unsigned flags)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		int rc = mdb_dbi_open(mdb, names[i], flags, &s->dbi[i]);
		if (rc == MDB_NOTFOUND)
			return ERR_CORRUPT; /* our schema, and a table of it is missing */
		if (rc != 0)
			return store_code(rc);
	}
	return OK;
}

/* ERR_NOT_FOUND: an empty environment, or one whose maker died before its first commit. */
static enum err check_schema(struct store *s)
{
	MDB_txn *mdb;
	MDB_dbi meta, root;
	MDB_stat stat;
	MDB_val key = {6, (void *)(uintptr_t)"schema"}, value;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &mdb);
	enum err e;

	if (rc == MDB_MAP_RESIZED && (rc = mdb_env_set_mapsize(s->env, 0)) == 0)
		rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &mdb);
	if (rc != 0)
		return store_code(rc);
	if ((rc = mdb_dbi_open(mdb, NULL, 0, &root)) != 0 || (rc = mdb_stat(mdb, root, &stat)) != 0) {
		e = store_code(rc);
		goto abort;
	}
	if (stat.ms_entries == 0) {
		e = ERR_NOT_FOUND;
		goto abort;
	}
	e = ERR_CORRUPT;
	if (mdb_dbi_open(mdb, names[TABLE_META], 0, &meta) != 0 || mdb_get(mdb, meta, &key, &value) != 0 || value.mv_size != 4)
		goto abort;
	uint32_t schema = get_u32be(value.mv_data);
	if (schema != STORE_SCHEMA) {
		e = schema > STORE_SCHEMA ? ERR_VERSION : ERR_CORRUPT;
		goto abort;
	}
	if ((e = open_tables(s, mdb, 0)) != OK)
		goto abort;
	return store_code(mdb_txn_commit(mdb)); /* keeps the handles; a reader's commit writes nothing */
abort:
	mdb_txn_abort(mdb);
	return e;
}

static enum err create_tables(struct store *s, const char *path)
{
	uint8_t schema[4];
	MDB_txn *mdb;
	int rc = mdb_txn_begin(s->env, NULL, 0, &mdb);

	if (rc != 0)
		return store_code(rc);
	enum err e = open_tables(s, mdb, MDB_CREATE);
	if (e != OK) {
		mdb_txn_abort(mdb);
		return e;
	}
	put_u32be(schema, STORE_SCHEMA);
	MDB_val key = {6, (void *)(uintptr_t)"schema"}, value = {sizeof schema, schema};
	if ((rc = mdb_put(mdb, s->dbi[TABLE_META], &key, &value, 0)) != 0) {
		mdb_txn_abort(mdb);
		return store_code_write(s, rc);
	}
	if ((e = store_code_write(s, mdb_txn_commit(mdb))) != OK || (e = sync_folder(path, "")) != OK)
		return e;
	e = sync_folder(path, "/..");
	return e == ERR_DENIED ? OK : e; /* a parent we may pass through but not read */
}

static enum err open_environment(struct store *s, const struct store_config *config)
{
	size_t map = (size_t)(config->map_size ? config->map_size : STORE_MAP_DEFAULT);
	int rc, dead;

	if ((rc = mdb_env_create(&s->env)) != 0)
		return store_code(rc);
	if ((rc = mdb_env_set_mapsize(s->env, map)) != 0 || (rc = mdb_env_set_maxdbs(s->env, TABLE_COUNT)) != 0)
		return store_code(rc);
	if ((rc = mdb_env_open(s->env, config->path, MDB_NOTLS | (config->readonly ? MDB_RDONLY : 0u), 0600)) != 0)
		return store_code_write(s, rc);
	if (config->readonly) {
		extend_readonly(s->env, config->path);
	} else {
		enum err e = extend_file(s->env, config->path);
		if (e != OK)
			return e;
	}
	return store_code(mdb_reader_check(s->env, &dead));
}

enum err store_open(const struct store_config *config, struct store **out)
{
	struct store *s = calloc(1, sizeof *s);
	enum err e = OK;

	if (!s)
		return ERR_MEMORY;
	s->lock = -1;
	if (!config->readonly && mkdir(config->path, 0700) != 0 && errno != EEXIST)
		e = store_code(errno);
	if (config->readonly)
		e = there(config->path); /* else LMDB leaves a lock file where no store is */
	else if (e == OK)
		e = take_lock(config->path, &s->lock);
	if (e == OK)
		e = open_environment(s, config);
	if (e == OK && (e = check_schema(s)) == ERR_NOT_FOUND && !config->readonly)
		e = create_tables(s, config->path);
	if (e != OK) {
		store_close(s);
		return e;
	}
	*out = s;
	return OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	mdb_env_close(s->env); /* NULL is fine */
	if (s->lock >= 0)
		close(s->lock);
	free(s);
}
