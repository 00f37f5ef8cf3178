/* cmd_show - one request to the keeper, its answer as table or JSON. Each returns an exit status.
 */
#ifndef CLI_CMD_SHOW_H
#define CLI_CMD_SHOW_H
#include <stddef.h>

#include "src/cli/text_table.h"

struct cli_options;
struct keeper_request;

/* A table of the answer's member @field. */
int cmd_show_list(const struct cli_options *o, const struct keeper_request *r, const char *field,
		  const struct text_table_column *columns, size_t count);
/* A line per member of the answer. */
int cmd_show_object(const struct cli_options *o, const struct keeper_request *r);
/* Only that it is done. */
int cmd_show_done(const struct cli_options *o, const struct keeper_request *r, const char *done);
/* Prints @doc as JSON, with a newline. */
void cmd_show_json(JSON *doc);
#endif
