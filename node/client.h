/* client.h - the CLI's side of the local door. Plain POSIX, so that a command starts fast and may fork. */
#ifndef TALLY_CLIENT_H
#define TALLY_CLIENT_H

#include "keys/bytes.h"

/* One call: connects to the socket in the node's home folder, writes the request, reads the whole answer; it replaces response.
 * timeout_ms: for all of it, -1 for ever. ERR_NO_DAEMON: nothing listens. ERR_NOT_FOUND: no such folder. ERR_DENIED: not ours.
 * ERR_EXPIRED: no answer in time. ERR_LIMIT: a request above LIMIT_REQUEST, an answer above LOCAL_RESPONSE. ERR_IO: the node
 * hung up. */
enum err client_call(const char *home, struct span request, int timeout_ms, struct buf *response) MUST;

#endif
