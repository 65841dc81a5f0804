// What Service uses of the system's zlib, and the call that its header offers as a macro only.
#ifndef SETTLED_CZLIB_SHIM_H
#define SETTLED_CZLIB_SHIM_H

#include <zlib.h>

// Makes a stream ready to read gzip (RFC 1952), and nothing else. Z_OK on success.
static inline int settled_gunzip_init(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

#endif
