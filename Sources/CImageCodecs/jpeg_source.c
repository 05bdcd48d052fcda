#include "jpeg.h"

static void ignore(j_decompress_ptr library) { (void)library; }

/// Answers a read past the end with an end-of-image marker: a file that lacks nothing but that marker decodes, any
/// other one runs into JWRN_HIT_MARKER.
static boolean onSourceEmpty(j_decompress_ptr library) {
    static const JOCTET endOfImage[] = {0xFF, JPEG_EOI};
    CICDecoder *decoder = (CICDecoder *)library;
    decoder->ranOut = true;
    decoder->source.next_input_byte = endOfImage;
    decoder->source.bytes_in_buffer = sizeof endOfImage;
    return TRUE;
}

static void onSkip(j_decompress_ptr library, long count) {
    struct jpeg_source_mgr *source = library->src;
    if (count <= 0) return;
    if ((size_t)count > source->bytes_in_buffer) {
        onSourceEmpty(library);
        return;
    }
    source->next_input_byte += count;
    source->bytes_in_buffer -= (size_t)count;
}

void CICDecoderSetSource(CICDecoder *decoder, const uint8_t *bytes, size_t count) {
    decoder->source.next_input_byte = bytes;
    decoder->source.bytes_in_buffer = count;
    decoder->source.init_source = ignore;
    decoder->source.term_source = ignore;
    decoder->source.fill_input_buffer = onSourceEmpty;
    decoder->source.skip_input_data = onSkip;
    decoder->source.resync_to_restart = jpeg_resync_to_restart;
}
