// The tables the instruction-set files fill.
#ifndef CKERNELS_TABLES_H
#define CKERNELS_TABLES_H

#include "CKernels.h"

extern const dk_kernels dk_portable;
#if defined(__x86_64__)
extern const dk_kernels dk_avx2, dk_avx512, dk_avx512bf16;
#endif

#endif
