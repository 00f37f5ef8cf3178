/* cmd_cluster - between the files of the cluster commands. */
#ifndef CLI_CMD_CLUSTER_H
#define CLI_CMD_CLUSTER_H
#include "src/base/err.h"
#include "src/base/json.h"

struct cli_options;
struct cluster_dir;

int cmd_cluster_up(const struct cli_options *o, char **operand);
int cmd_cluster_status(const struct cli_options *o, char **operand);
int cmd_cluster_down(const struct cli_options *o, char **operand);
/* DIR/cluster.json, the caller's to json_free(). NULL: ERR_NOT_FOUND when there is none. */
struct cJSON *cmd_cluster_read(const struct cluster_dir *d, struct err *e);
/* How to reach the cluster, on standard output. */
void cmd_cluster_print_access(JSON *cluster);
#endif
