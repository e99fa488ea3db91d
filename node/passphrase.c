#include "node/passphrase.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "keys/vault.h"
#include "node/slurp.h"

#define INTERRUPT 3

static const char keys_prompt[] = "Passphrase of the keys: ";

static enum err fail(struct complaint *why, enum err e, const char *where, const char *text)
{
	(void)snprintf(why->where, sizeof why->where, "%.90s", where);
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return e;
}

/* what: "passphrase", "phrase" */
static enum err from_file(const char *path, const char *what, struct secret **out, struct complaint *why)
{
	struct secret *s = NULL;
	char fault[SLURP_TEXT];
	enum err e = secret_new(&s);

	if (e == OK)
		e = slurp_secret(path, s);
	if (e != OK) {
		secret_free(s);
		if (e == ERR_NOT_FOUND) {
			(void)fail(why, e, "", "");
			(void)snprintf(why->text, sizeof why->text, "the %s file %.110s is not there", what, path);
			return e;
		}
		if (strcmp(slurp_fault(path, e, 0, fault), err_text(ERR_INVALID)) == 0)
			(void)snprintf(fault, sizeof fault, "holds no %s in its first line", what);
		return fail(why, e, path, fault);
	}
	*out = s;
	return OK;
}

enum err passphrase_file(const char *path, struct secret **out, struct complaint *why)
{
	return from_file(path, "passphrase", out, why);
}

/* One line, byte by byte: a stream would keep a copy of it in a buffer of its own. Interrupt is a byte here, so that the echo comes back. */
static size_t read_line(int fd, char line[static SECRET_TEXT])
{
	size_t n = 0;
	char c = 0;

	while (read(fd, &c, 1) == 1 && c != '\n' && c != INTERRUPT)
		if (n < SECRET_TEXT - 1)
			line[n++] = c;
	if (c == INTERRUPT)
		n = 0;
	line[n] = '\0';
	return n;
}

static enum err type_line(int fd, const char *prompt, char line[static SECRET_TEXT])
{
	struct termios was, quiet;

	if (tcgetattr(fd, &was) != 0)
		return ERR_USAGE;
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	quiet.c_lflag |= ECHONL;
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0 || write(fd, prompt, strlen(prompt)) < 0)
		return ERR_USAGE;
	size_t n = read_line(fd, line);
	(void)tcsetattr(fd, TCSAFLUSH, &was);
	return n ? OK : ERR_INVALID;
}

static enum err type_it(int fd, const char *prompt, bool twice, struct secret **out)
{
	struct secret *line = NULL, *again = NULL;
	enum err e = secret_new(&line);

	if (e == OK)
		e = secret_new(&again);
	if (e == OK)
		e = type_line(fd, prompt, secret_text(line));
	if (e == OK && twice)
		e = type_line(fd, "The same again: ", secret_text(again));
	if (e == OK && twice && strcmp(secret_text(line), secret_text(again)) != 0)
		e = ERR_CONFLICT;
	secret_free(again);
	if (e == OK)
		*out = line;
	else
		secret_free(line);
	return e;
}

static enum err ask(const char *what, const char *prompt, bool twice, struct secret **out, struct complaint *why)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	enum err e;

	if (fd < 0)
		return fail(why, ERR_USAGE, what, prompt == keys_prompt ? "cannot be asked for: there is no terminal; give --passphrase-file"
		                                                                : "cannot be asked for: there is no terminal; give --phrase-file");
	e = type_it(fd, prompt, twice, out);
	(void)close(fd);
	if (e == ERR_CONFLICT)
		return fail(why, ERR_USAGE, what, "was typed in two ways");
	return e == OK ? OK : fail(why, e, what, e == ERR_INVALID ? "is empty" : "could not be asked for");
}

enum err passphrase_ask(bool twice, struct secret **out, struct complaint *why)
{
	return ask("the passphrase", keys_prompt, twice, out, why);
}

enum err passphrase_kit(const char *path, struct secret **out, struct complaint *why)
{
	return path ? from_file(path, "phrase", out, why) : ask("the phrase of the recovery kit", "Twelve words of the recovery kit: ", false, out, why);
}

bool passphrase_needed(const char *home)
{
	struct vault *v = NULL;
	struct buf b = {0};
	char path[4096];

	if (snprintf(path, sizeof path, "%s/keys", home) >= (int)sizeof path || access(path, F_OK) != 0 || vault_folder(path, NULL, &v) != OK)
		return false;
	bool sealed = vault_get(v, "keyring", &b) == ERR_CRYPT;
	buf_free(&b);
	vault_free(v);
	return sealed;
}
