/* sluicectl: the admin client. */
#include <signal.h>

#include "src/cli/cli.h"

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	return cli_run(argc, argv);
}
