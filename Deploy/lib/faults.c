// Makes a program's disk fail and its clock jump, for tests: loaded before the C library (LD_PRELOAD), it looks
// at the file that FAULTS names before each call, and does what the words in it say:
//
//   full          what is written under FAULTS_UNDER finds no room (ENOSPC)
//   readonly      files under FAULTS_UNDER cannot be written to (EROFS)
//   fsync         nothing under FAULTS_UNDER reaches the disk (EIO)
//   clock=N       the clock shows N seconds more
//
// Build: cc -shared -fPIC -O2 -o faults.so faults.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

// The words, read anew each time; read by the system calls themselves, which are not intercepted.
static int read_words(char *words, size_t room) {
    const char *path = getenv("FAULTS");
    if (!path) return 0;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return 0;
    long count = syscall(SYS_read, file, words, room - 1);
    syscall(SYS_close, file);
    words[count > 0 ? count : 0] = 0;
    return count > 0;
}

static int said(const char *word) {
    int saved = errno;
    char words[256];
    int found = read_words(words, sizeof words) && strstr(words, word) != NULL;
    errno = saved;
    return found;
}

static int concerns(int file) {
    const char *under = getenv("FAULTS_UNDER");
    if (!under) return 0;
    int saved = errno;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (count <= 0) return 0;
    path[count] = 0;
    return strncmp(path, under, strlen(under)) == 0;
}

static int fault_of_write(int file) {
    if (said("full") && concerns(file)) return ENOSPC;
    if (said("readonly") && concerns(file)) return EROFS;
    return 0;
}

#define REAL(type, name, ...)                                                \
    static type (*real)(__VA_ARGS__);                                        \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define FAIL_WRITE(file)                                                     \
    do {                                                                     \
        int fault = fault_of_write(file);                                    \
        if (fault) {                                                         \
            errno = fault;                                                   \
            return -1;                                                       \
        }                                                                    \
    } while (0)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    FAIL_WRITE(file);
    return real(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    FAIL_WRITE(file);
    return real(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    FAIL_WRITE(file);
    return real(file, bytes, count, at);
}

int fsync(int file) {
    REAL(int, "fsync", int);
    if (said("fsync") && concerns(file)) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

int fdatasync(int file) {
    REAL(int, "fdatasync", int);
    if (said("fsync") && concerns(file)) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int result = real(clock, time);
    if (result != 0 || clock != CLOCK_REALTIME) return result;
    char words[256];
    const char *jump = read_words(words, sizeof words) ? strstr(words, "clock=") : NULL;
    if (jump) time->tv_sec += atol(jump + 6);
    return result;
}
