#ifndef CIC_JPEG_H
#define CIC_JPEG_H

#include "message.h"

#include <setjmp.h>
#include <stdbool.h>

#include <jpeglib.h>

/// One decoder with the state its callbacks need; each callback finds it again by casting the library's pointer.
typedef struct {
    struct jpeg_decompress_struct library;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf failure;
    CICStatus status;
    CICMessage *message;
    int maximumScans;
    bool ranOut;
    JSAMPROW cmykRow;
} CICDecoder;

/// Prepares the parts that cannot fail; everything below may, and runs under the caller's setjmp of `failure`.
void CICDecoderPrepare(CICDecoder *decoder, const uint8_t *bytes, size_t count, CICMessage *message);

/// Reads the header, which has to say `width` by `height`, and chooses the colours; decoding has yet to be started.
void CICDecoderReadHeader(CICDecoder *decoder, CICJPEGLimits limits, uint32_t width, uint32_t height);

/// Starts decoding in the scale that was chosen since the header was read.
void CICDecoderStart(CICDecoder *decoder);

/// Reads the next row, of the library's `output_width` RGB pixels.
void CICDecoderReadRow(CICDecoder *decoder, uint8_t *row);

/// Ends decoding after the last row, and refuses a file that lacks something.
void CICDecoderFinish(CICDecoder *decoder);

/// Ends the call with a status and words about it, by a jump to `failure`.
_Noreturn void CICDecoderFail(CICDecoder *decoder, CICStatus status, const char *text);

/// Memory that lasts as long as the decoder.
void *CICDecoderAllocate(CICDecoder *decoder, size_t count);

#endif
