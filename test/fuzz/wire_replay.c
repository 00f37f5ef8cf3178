/* Runs a fuzz target over its corpus, as a unit test: FUZZ_CORPUS is the folder. */
#include <dirent.h>
#include <stdlib.h>

#include "test/lib/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	static uint8_t room[1 << 20];
	uint8_t *exact;
	size_t n;

	if (!CHECK(f != NULL))
		return;
	n = fread(room, 1, sizeof(room), f);
	fclose(f);
	exact = malloc(n + 1); /* so that a sanitizer sees reads beyond the end */
	memcpy(exact, room, n);
	exact = realloc(exact, n ? n : 1);
	CHECK_INT(LLVMFuzzerTestOneInput(exact, n), 0);
	free(exact);
}

int main(void)
{
	DIR *d = opendir(FUZZ_CORPUS);
	struct dirent *entry;
	char path[4096];

	CHECK(d != NULL);
	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", FUZZ_CORPUS, entry->d_name);
		replay(path);
	}
	if (d)
		closedir(d);
	CHECK(tap_count > 5);
	return TAP_DONE();
}
