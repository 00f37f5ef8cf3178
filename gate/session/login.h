/* login - greeting, TLS, authentication, and COM_CHANGE_USER's repetition of it.
 * Thread: the session's worker; slow password hashes are checked on blocking threads. */
#ifndef SESSION_LOGIN_H
#define SESSION_LOGIN_H
#include <stdbool.h>

#include "src/base/str.h"

struct session;
struct login;

/* Sends the greeting. @unix_socket: as good as TLS for passwords. -1: out of memory. */
int login_start(struct session *s, bool unix_socket);
/* The client's next packet of the login. */
void login_packet(struct session *s, struct str payload);
/* The TLS handshake is over. */
void login_secured(struct session *s);
/* COM_CHANGE_USER. */
void login_change_user(struct session *s, struct str body);
/* Wipes and frees; the session may go away while a hash is being checked. */
void login_free(struct session *s);
/* The client asked for TLS and nothing may be read as plain text any more. */
bool login_wants_tls(const struct session *s);
/* Starts TLS with the bytes that came behind the request. */
void login_start_tls(struct session *s, const unsigned char *rest, size_t n);
#endif
