// A team of threads for loops that follow each other closely.
//
// The layers of one forward pass are some thirty short loops; waking a sleeping thread for each would cost more than
// some of them take. Helpers therefore watch for the next loop for a short while before they sleep.
//
// A loop is over when its tasks are done, not when every helper has seen it: on a busy machine a helper that the
// system has put aside keeps nobody waiting unless it holds a task. A ticket names the loop beside the next task, so
// that a helper that comes late cannot take a task of another loop than it looked at.
#include "CKernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum { WATCH_ROUNDS = 20000, YIELD_ROUNDS = 2000 }; // about 0.2 ms of looking before sleeping, 20 µs before yielding

typedef void (*loop_body)(void *, size_t, size_t);

struct dk_team {
    size_t helpers;
    pthread_t *threads;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_size_t sleepers;
    atomic_bool ending;

    _Atomic uint64_t ticket; // the loop's number above 32 bits of the next task to hand out
    _Atomic(loop_body) body;
    _Atomic(void *) context;
    atomic_size_t tasks;
    atomic_size_t done; // tasks finished
};

typedef struct {
    dk_team *team;
    size_t index;
} membership;

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb"); // a `yield` is over at once on most cores; this takes about as long as x86's pause
#endif
}

static inline uint32_t loop_of(uint64_t ticket) { return (uint32_t)(ticket >> 32); }

/// Takes tasks of the loop under way until there are none; returns the number of that loop.
static uint32_t take_tasks(dk_team *team, size_t thread) {
    uint64_t ticket = atomic_load(&team->ticket);
    for (;;) {
        loop_body body = atomic_load_explicit(&team->body, memory_order_acquire);
        void *context = atomic_load_explicit(&team->context, memory_order_acquire);
        size_t task = (uint32_t)ticket;
        if (task >= atomic_load_explicit(&team->tasks, memory_order_acquire)) {
            uint64_t latest = atomic_load(&team->ticket);
            if (latest == ticket) return loop_of(ticket);
            ticket = latest;
            continue;
        }
        // Succeeds only if the loop is still the one whose parts were read above: whoever read a part of a later loop has
        // acquired the store that took the old ticket back.
        if (!atomic_compare_exchange_weak(&team->ticket, &ticket, ticket + 1)) continue;
        body(context, task, thread);
        atomic_fetch_add_explicit(&team->done, 1, memory_order_release);
        ticket = atomic_load(&team->ticket);
    }
}

/// Waits until a loop other than `seen` begins: watching first, asleep later.
static void await_loop(dk_team *team, uint32_t seen) {
    for (int round = 0; round < WATCH_ROUNDS; round++) {
        if (loop_of(atomic_load_explicit(&team->ticket, memory_order_acquire)) != seen) return;
        relax();
    }
    pthread_mutex_lock(&team->mutex);
    atomic_fetch_add(&team->sleepers, 1);
    while (loop_of(atomic_load(&team->ticket)) == seen) pthread_cond_wait(&team->wake, &team->mutex);
    atomic_fetch_sub(&team->sleepers, 1);
    pthread_mutex_unlock(&team->mutex);
}

/// Sets a new loop up. While its parts change, the ticket names no task of any loop: a helper that looked at the loop
/// before cannot take one by mistake.
static void begin_loop(dk_team *team, size_t tasks, loop_body body, void *context) {
    uint64_t loop = (uint64_t)(loop_of(atomic_load(&team->ticket)) + 1);
    atomic_store(&team->ticket, loop << 32 | UINT32_MAX);
    atomic_store(&team->body, body);
    atomic_store(&team->context, context);
    atomic_store(&team->tasks, tasks);
    atomic_store(&team->done, 0);
    atomic_store(&team->ticket, (loop + 1) << 32);
    if (atomic_load(&team->sleepers) == 0) return;
    pthread_mutex_lock(&team->mutex);
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->mutex);
}

static void *help(void *argument) {
    membership self = *(membership *)argument;
    free(argument);
    uint32_t seen = 0;
    // The last loop may be seen, and left, by take_tasks already: only a look at `ending` before each wait is enough.
    while (!atomic_load(&self.team->ending)) {
        await_loop(self.team, seen);
        seen = take_tasks(self.team, self.index);
    }
    return NULL;
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
    begin_loop(team, 0, NULL, NULL);
    for (size_t i = 0; i < team->helpers; i++) pthread_join(team->threads[i], NULL);
    pthread_cond_destroy(&team->wake);
    pthread_mutex_destroy(&team->mutex);
    free(team->threads);
    free(team);
}

void dk_team_run(dk_team *team, size_t tasks, void (*body)(void *, size_t, size_t), void *context) {
    if (tasks < 2 || team->helpers == 0) {
        for (size_t task = 0; task < tasks; task++) body(context, task, 0);
        return;
    }
    begin_loop(team, tasks, body, context);
    take_tasks(team, 0);
    for (int round = 0; atomic_load_explicit(&team->done, memory_order_acquire) != tasks; round++) {
        if (round < YIELD_ROUNDS) relax();
        else sched_yield();
    }
}
