/* Hashes per second of the C reference: reference SECONDS THREADS ITERATIONS KIB LANES.
 * Each takes its memory anew, and wipes it, as its interface does. */
#include <argon2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static atomic_int over;
static atomic_long hashes;

static void *work(void *arguments) {
    uint32_t cost[3];
    for (int i = 0; i < 3; i++)
        cost[i] = (uint32_t)atoi(((char **)arguments)[i]);
    unsigned char output[32];
    while (!over) {
        if (argon2id_hash_raw(cost[0], cost[1], cost[2], "correct horse battery staple", 28,
                              "sixteen bytes ok", 16, output, sizeof output) != ARGON2_OK)
            exit(1);
        hashes++;
    }
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count != 6)
        return 2;
    int threads = atoi(arguments[2]);
    pthread_t ids[threads];
    double began = now();
    for (int i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work, arguments + 3) != 0)
            return 1;
    sleep((unsigned)atoi(arguments[1]));
    over = 1;
    long done = hashes;
    double took = now() - began;
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    printf("%f\n", (double)done / took);
    return 0;
}
