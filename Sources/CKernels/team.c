// A team of threads for loops that follow each other closely.
//
// The layers of one forward pass are some eighty short loops; waking a sleeping thread for each would cost more than
// some of them take. Helpers therefore watch for the next loop for a short while before they sleep.
#include "CKernels.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum { WATCH_ROUNDS = 20000 }; // about 0.2 ms of looking before sleeping

struct dk_team {
    size_t helpers;
    pthread_t *threads;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_size_t sleepers;
    _Atomic uint64_t loop; // counts loops; a change starts one
    atomic_bool ending;

    void (*body)(void *, size_t, size_t);
    void *context;
    size_t tasks;
    atomic_size_t next;    // the next task to hand out
    atomic_size_t working; // helpers that have not left the current loop
};

typedef struct {
    dk_team *team;
    size_t index;
} membership;

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void take_tasks(dk_team *team, size_t thread) {
    for (;;) {
        size_t task = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
        if (task >= team->tasks) return;
        team->body(team->context, task, thread);
    }
}

/// Waits until the loop counter leaves `seen`: watching first, asleep later.
static uint64_t await_loop(dk_team *team, uint64_t seen) {
    for (int round = 0; round < WATCH_ROUNDS; round++) {
        uint64_t loop = atomic_load_explicit(&team->loop, memory_order_acquire);
        if (loop != seen) return loop;
        relax();
    }
    pthread_mutex_lock(&team->mutex);
    atomic_fetch_add(&team->sleepers, 1);
    uint64_t loop;
    while ((loop = atomic_load(&team->loop)) == seen) pthread_cond_wait(&team->wake, &team->mutex);
    atomic_fetch_sub(&team->sleepers, 1);
    pthread_mutex_unlock(&team->mutex);
    return loop;
}

static void announce_loop(dk_team *team) {
    atomic_fetch_add(&team->loop, 1);
    if (atomic_load(&team->sleepers) == 0) return;
    pthread_mutex_lock(&team->mutex);
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->mutex);
}

static void *help(void *argument) {
    membership self = *(membership *)argument;
    free(argument);
    uint64_t seen = 0;
    for (;;) {
        seen = await_loop(self.team, seen);
        if (atomic_load(&self.team->ending)) return NULL;
        take_tasks(self.team, self.index);
        atomic_fetch_sub_explicit(&self.team->working, 1, memory_order_release);
    }
}

static bool add_helper(dk_team *team) {
    membership *self = malloc(sizeof *self);
    if (!self) return false;
    *self = (membership){team, team->helpers + 1};
    if (pthread_create(&team->threads[team->helpers], NULL, help, self) != 0) {
        free(self);
        return false;
    }
    team->helpers++;
    return true;
}

dk_team *dk_team_create(size_t threads) {
    dk_team *team = calloc(1, sizeof *team);
    if (!team) return NULL;
    pthread_mutex_init(&team->mutex, NULL);
    pthread_cond_init(&team->wake, NULL);
    team->threads = calloc(threads ? threads : 1, sizeof *team->threads);
    for (size_t i = 1; i < threads; i++)
        if (!team->threads || !add_helper(team)) {
            dk_team_destroy(team);
            return NULL;
        }
    return team;
}

void dk_team_destroy(dk_team *team) {
    atomic_store(&team->ending, true);
    announce_loop(team);
    for (size_t i = 0; i < team->helpers; i++) pthread_join(team->threads[i], NULL);
    pthread_cond_destroy(&team->wake);
    pthread_mutex_destroy(&team->mutex);
    free(team->threads);
    free(team);
}

void dk_team_run(dk_team *team, size_t tasks, void (*body)(void *, size_t, size_t), void *context) {
    team->body = body;
    team->context = context;
    team->tasks = tasks;
    atomic_store_explicit(&team->next, 0, memory_order_relaxed);
    if (tasks < 2 || team->helpers == 0) return take_tasks(team, 0);
    atomic_store_explicit(&team->working, team->helpers, memory_order_relaxed);
    announce_loop(team);
    take_tasks(team, 0);
    while (atomic_load_explicit(&team->working, memory_order_acquire) != 0) relax();
}
