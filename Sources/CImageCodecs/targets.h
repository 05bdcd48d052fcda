#ifndef CIC_TARGETS_H
#define CIC_TARGETS_H

/// The body of a function that is compiled once for any processor and once for AVX2.
#define CIC_BODY static inline __attribute__((always_inline))

#if defined(__x86_64__)
/// Calls a body in the version that the processor runs best; the compiler vectorises each for its own instructions.
#define CIC_FOR_PROCESSOR(name, parameters, arguments)                                      \
    __attribute__((target("avx2"))) static void name##AVX2 parameters { name##Body arguments; } \
    void name parameters {                                                                  \
        if (__builtin_cpu_supports("avx2"))                                                 \
            name##AVX2 arguments;                                                           \
        else                                                                                \
            name##Body arguments;                                                           \
    }
#else
#define CIC_FOR_PROCESSOR(name, parameters, arguments) \
    void name parameters { name##Body arguments; }
#endif

#endif
