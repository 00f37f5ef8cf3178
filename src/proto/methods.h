/* methods - the numbers of the RPC methods; never reused. */
#ifndef PROTO_METHODS_H
#define PROTO_METHODS_H

enum method {
	METHOD_EXECUTE = 1, /* ExecuteRequest -> MySQL packets, ExecuteTrailer */
	METHOD_PREPARE = 2, /* PrepareRequest -> MySQL packets, ExecuteTrailer */
	METHOD_FINISH = 3,  /* FinishRequest -> MySQL packet, ExecuteTrailer */
	METHOD_HEALTH = 4,  /* HealthRequest -> a HealthUpdate per DATA frame, without end */
	METHOD_SCHEMA = 5,  /* SchemaRequest -> one SchemaReply over DATA frames */
	METHOD_CONTROL = 6, /* ControlRequest -> JSON */
	METHOD_BACKUP = 7,  /* BackupRequest -> a backup as mbstream packs it */
};
#endif
