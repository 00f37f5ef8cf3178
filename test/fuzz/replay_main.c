/* Runs a fuzz target on every file of its corpus, without libFuzzer: make check uses it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/fuzz/fuzz.h"

static int run_file(const char *dir, const char *name)
{
	char path[4096];
	uint8_t *data;
	long n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0)
		return -1;
	rewind(f);
	/* Exactly as large as the input, so that a sanitizer sees a read behind it. */
	data = malloc(n ? (size_t)n : 1);
	if (!data || fread(data, 1, (size_t)n, f) != (size_t)n)
		return -1;
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)n);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : FUZZ_CORPUS;
	DIR *d = opendir(dir);
	const struct dirent *entry;
	int files = 0, bad = 0;

	if (!d) {
		printf("not ok 1 - %s cannot be read\n1..1\n", dir);
		return 1;
	}
	while ((entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		files++;
		if (run_file(dir, entry->d_name))
			bad++;
	}
	closedir(d);
	printf("%s 1 - %d files of %s\n1..1\n", files > 0 && bad == 0 ? "ok" : "not ok", files,
	       dir);
	return files == 0 || bad > 0;
}
