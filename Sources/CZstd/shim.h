// What Service uses of the system's zstd: its stable interface, as it is.
#ifndef SETTLED_CZSTD_SHIM_H
#define SETTLED_CZSTD_SHIM_H

#include <zstd.h>
#include <zstd_errors.h>

#endif
