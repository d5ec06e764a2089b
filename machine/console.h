/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person (or script) at the serial port.  What the guest writes goes to the terminal or a file and to console.log;
 * what it reads comes, in this order, from `type:` actions, from the text of --input, from the terminal or a stream (a
 * pipe).  Scripted characters depend on nothing but what the guest did, so such runs repeat exactly, and so do those
 * with a stream of which everything is there when the guest wants it; a terminal's do not, and cannot.
 *
 * Expectations (TEXT=ACTION) watch the guest's output.  Each acts once; several of one TEXT act one after the other, in
 * the order given; different TEXTs are all watched at the same time.
 *
 * Ctrl-A at a terminal: x ends the run, h helps, Ctrl-A sends Ctrl-A.  Putting the terminal into raw mode and back is
 * the program's business (tools/terminal.c): a machine that is embedded must not touch it.
 */
#ifndef P9_MACHINE_CONSOLE_H
#define P9_MACHINE_CONSOLE_H

#include <signal.h>

#include "base/bits.h"
#include "base/compiler.h"

struct console;

struct console_config {
    const char *where; /* "stdio", "file:PATH", "none"; NULL is none */
    int terminal_fd;   /* a terminal in raw mode to read from, or -1 */
    const u8 *input;   /* typed when the guest takes it; copied */
    u64 input_size;
    const char *const *expect; /* "TEXT=type:...", "TEXT=mark:NAME", "TEXT=stop" */
    unsigned expect_count;
    const volatile sig_atomic_t *interrupted; /* becomes non-zero when the process is asked to end; may be NULL */
};

/* NULL after an error line (unwritable file, an expectation that cannot be read). Nothing of config is kept but the
 * place of interrupted. */
struct console *console_new(const struct console_config *config);
void console_free(struct console *console);

/* From now on everything that the guest writes goes into fd too, which becomes the console's; name is for messages. */
must_use bool console_log(struct console *console, int fd, const char *name);

/* What can be read from this descriptor (a pipe, a device, a socket) is typed too, as the guest takes it, until its
 * end, which ends nothing. is_ours: the console closes it. Before the run. */
void console_stream(struct console *console, int fd, bool is_ours);

/* The guest writes a character. */
void console_put(struct console *console, u8 c);

/* The next character for the guest, -1 if there is none now. Called between quanta, when the port has room. */
int console_get(struct console *console);

/* Somebody ended the run: Ctrl-A x, an expectation, a signal. The reason is a phrase, NULL before that. */
bool console_wants_stop(struct console *console);
bool console_is_interrupted(const struct console *console); /* a signal: nothing else is looked at */
const char *console_stop_reason(const struct console *console);

/* Somebody who reads along: told each line that the guest has written, without its end, as soon as it ends; what is
 * longer than CONSOLE_LINE_MAX - 1 characters is cut. A control character is told as a question mark. */
enum { CONSOLE_LINE_MAX = 512 };
void console_listen(struct console *console, void (*line)(void *self, const char *line), void *self);

/* Others who read along, CONSOLE_TAPS at most: told each character as it is written, once,
 * however often they ask for it. */
enum { CONSOLE_TAPS = 2 };
void console_tap(struct console *console, void (*character)(void *self, char c), void *self);

/* End the run, as --expect TEXT=stop does; reason stays where it is. */
void console_stop(struct console *console, const char *reason);

/* The name of a mark that the output has reached, once each; NULL if there is none. Valid until console_free(). */
const char *console_take_mark(struct console *console);

/* Does a person type here?  And: sleep until they do, at most so many seconds of host time; returns the time spent. */
bool console_is_interactive(const struct console *console);
double console_wait(struct console *console, double seconds);

/* Nothing can happen any more unless a stream brings something: wait for that, or for its end, a second at most. False:
 * there is no stream, or what came from it has not been taken yet. */
bool console_await(struct console *console);

/* Hand everything buffered to the host. A reader who does not read is waited for, until the process is asked to end. */
void console_flush(struct console *console);

/* The guest has ended: hand over the rest and close the files. False if something of its output or input was lost; a
 * line has said so. */
must_use bool console_finish(struct console *console);

/*
 * State (base/state.h): what is still to be typed, what is watched for and how far it has come, the line that has
 * begun. Of a console that was given input or expectations of its own these are kept instead.  The log is no part of it
 * but can be read and written as it is: so many bytes have been written so far, 0 if there is no log.
 */
struct state_table;
extern const struct state_table console_state;
u64 console_log_size(struct console *console);
must_use bool console_log_read(const struct console *console, u64 at, void *to, size_t size);
must_use bool console_log_write(const struct console *console, u64 at, const void *from, size_t size); /* at a place */
void console_log_append(struct console *console); /* what follows comes behind all of it */

/* \n \r \t \e \\ \xHH in place; returns the new length. Used for TEXT and type:. */
size_t console_unescape(char *text);

#endif
