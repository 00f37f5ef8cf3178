/* What collation.c's tables give to charset.c. */
#ifndef DATA_COLLATION_INT_H
#define DATA_COLLATION_INT_H
#include <stdint.h>

/* cp1252 to a code point. */
uint32_t collation_int_latin1(uint8_t byte);
/* A code point to cp1252, -1 when it is not there. */
int collation_int_to_latin1(uint32_t cp);
#endif
