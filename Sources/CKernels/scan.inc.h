// Exact search's first look: products of many rows with many queries in whole numbers of 8 bits.
//
// Codes lie in groups of DK_GROUP rows: the four numbers of a word, then the same word of the next row. A register therefore
// holds one word of several rows, and its sums are the rows' products: nothing is ever added up across a register.

#if LANES == 16
enum { TILE_GROUPS = 4, TILE_QUERIES = 6 };
#elif LANES == 8
enum { TILE_GROUPS = 1, TILE_QUERIES = 4 };
#else
enum { TILE_GROUPS = 1, TILE_QUERIES = 2 };
#endif
enum { PARTS = DK_GROUP / LANES };

typedef int32_t viu __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

#if VNNI
/// sums + the products of four unsigned bytes of each lane of `rows` and four signed ones of `query`.
INLINE vi dot4(vi sums, vi rows, vi query) {
    return (vi)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)rows, (__m512i)query);
}
#elif defined(__x86_64__)
typedef int16_t vs __attribute__((vector_size(LANES * 4)));
typedef uint16_t vus __attribute__((vector_size(LANES * 4)));
INLINE vi dot4(vi sums, vi rows, vi query) {
    vs even = (vs)(rows & 0x00ff00ff), odd = (vs)((vus)rows >> 8);
    vs even_query = (vs)((vus)query << 8) >> 8, odd_query = (vs)query >> 8;
#if LANES == 8
    return sums + (vi)_mm256_madd_epi16((__m256i)even, (__m256i)even_query) +
           (vi)_mm256_madd_epi16((__m256i)odd, (__m256i)odd_query);
#else
    return sums + (vi)_mm_madd_epi16((__m128i)even, (__m128i)even_query) +
           (vi)_mm_madd_epi16((__m128i)odd, (__m128i)odd_query);
#endif
}
#else
INLINE vi dot4(vi sums, vi rows, vi query) {
    for (int byte = 0; byte < 4; byte++)
        sums += (vi)(((vu)rows >> (8 * byte)) & 255) * ((vi)((vu)query << (24 - 8 * byte)) >> 24);
    return sums;
}
#endif

/// The sums of `groups` × `queries` tiles, both constants at every call; `next` are the groups that come after these.
INLINE void products(int groups, int queries, const uint8_t *const *rows, const uint8_t *const *next, size_t words,
                     const dk_query *query, vi sums[TILE_GROUPS][TILE_QUERIES][PARTS]) {
    vi tile[TILE_GROUPS][TILE_QUERIES][PARTS];
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++)
#pragma clang loop unroll(full)
        for (int q = 0; q < queries; q++)
            for (int part = 0; part < PARTS; part++) tile[g][q][part] = query[q].offset - (vi){};
    for (size_t word = 0; word < words; word++) {
        vi line[TILE_GROUPS][PARTS];
#pragma clang loop unroll(full)
        for (int g = 0; g < groups; g++) {
            __builtin_prefetch(next[g] + word * GROUP_WORD, 0, 2);
            for (int part = 0; part < PARTS; part++)
                line[g][part] = *(const viu *)(rows[g] + word * GROUP_WORD + part * LANES * 4);
        }
#pragma clang loop unroll(full)
        for (int q = 0; q < queries; q++) {
            int32_t four;
            memcpy(&four, query[q].numbers + word * 4, sizeof four);
            vi spread = four - (vi){};
#pragma clang loop unroll(full)
            for (int g = 0; g < groups; g++)
                for (int part = 0; part < PARTS; part++)
                    tile[g][q][part] = dot4(tile[g][q][part], line[g][part], spread);
        }
    }
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++)
#pragma clang loop unroll(full)
        for (int q = 0; q < queries; q++)
            for (int part = 0; part < PARTS; part++) sums[g][q][part] = tile[g][q][part];
}

#define PRODUCTS(count) case count: products(groups, count, rows, next, words, query, sums); break;

INLINE void products_any(int groups, size_t queries, const uint8_t *const *rows, const uint8_t *const *next,
                         size_t words, const dk_query *query, vi sums[TILE_GROUPS][TILE_QUERIES][PARTS]) {
    switch (queries) {
        PRODUCTS(1) PRODUCTS(2)
#if LANES >= 8
        PRODUCTS(3) PRODUCTS(4)
#endif
#if LANES == 16
        PRODUCTS(5) PRODUCTS(6)
#endif
    }
}

static void products_one(size_t queries, const uint8_t *const *rows, const uint8_t *const *next, size_t words,
                         const dk_query *query, vi sums[TILE_GROUPS][TILE_QUERIES][PARTS]) {
    products_any(1, queries, rows, next, words, query, sums);
}

static void products_tile(size_t queries, const uint8_t *const *rows, const uint8_t *const *next, size_t words,
                          const dk_query *query, vi sums[TILE_GROUPS][TILE_QUERIES][PARTS]) {
    products_any(TILE_GROUPS, queries, rows, next, words, query, sums);
}

INLINE bool any(vi mask) {
#if LANES == 16
    return _mm512_movepi32_mask((__m512i)mask) != 0;
#elif LANES == 8
    return _mm256_movemask_ps((__m256)mask) != 0;
#else
    return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
#endif
}

/// Notes the rows of a group that may reach the query's threshold.
INLINE void note(const dk_codes *codes, size_t group, unsigned mask, const dk_query *query, vi sums[PARTS],
                 dk_hit *hits, size_t *count) {
    for (int part = 0; part < PARTS; part++) {
        size_t first = group * DK_GROUP + part * LANES;
        vf score = __builtin_convertvector(sums[part], vf) * load(codes->scales + first);
        vf reach = fma(splat(query->slack), load(codes->slacks + first), score);
        vi reached = reach >= query->threshold;
        if (__builtin_expect(!any(reached), 1)) continue;
        for (int lane = 0; lane < LANES; lane++)
            if (reached[lane] && (mask >> (part * LANES + lane) & 1))
                hits[(*count)++] = (dk_hit){(uint32_t)(first + lane), score[lane]};
    }
}

static void scan(dk_codes codes, size_t first, size_t last, const uint16_t *masks, const dk_query *queries,
                 size_t count, dk_hit *hits, size_t *counts) {
    size_t bytes = codes.words * GROUP_WORD, room = (last - first) * DK_GROUP;
    for (size_t q = 0; q < count; q++) counts[q] = 0;
    size_t group = first;
    while (group < last) {
        size_t chosen[2 * TILE_GROUPS], found = 0, end = group;
        for (; end < last && found < 2 * TILE_GROUPS; end++)
            if (!masks || masks[end - first]) chosen[found++] = end;
        if (found == 0) return;
        size_t tile = found >= TILE_GROUPS ? TILE_GROUPS : 1;
        const uint8_t *rows[TILE_GROUPS], *next[TILE_GROUPS];
        for (size_t g = 0; g < tile; g++) {
            size_t after = tile + g < found ? tile + g : g;
            rows[g] = codes.codes + chosen[g] * bytes;
            next[g] = codes.codes + chosen[after] * bytes;
        }
        for (size_t q = 0; q < count; q += TILE_QUERIES) {
            size_t some = count - q < TILE_QUERIES ? count - q : TILE_QUERIES;
            vi sums[TILE_GROUPS][TILE_QUERIES][PARTS];
            // Only the first look at these rows waits for memory: the later ones bring nothing new.
            const uint8_t *const *ahead = q == 0 ? next : rows;
            if (tile == 1) products_one(some, rows, ahead, codes.words, queries + q, sums);
            else products_tile(some, rows, ahead, codes.words, queries + q, sums);
            for (size_t i = 0; i < some; i++)
                for (size_t g = 0; g < tile; g++)
                    note(&codes, chosen[g], masks ? masks[chosen[g] - first] : 0xffff, &queries[q + i], sums[g][i],
                         hits + (q + i) * room, &counts[q + i]);
        }
        group = chosen[tile - 1] + 1;
    }
}
