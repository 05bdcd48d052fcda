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
    int64_t remainingBytes;
    bool ranOut;
    JSAMPROW cmykRow;
} CICDecoder;

/// Makes `bytes` the file that the decoder reads.
void CICDecoderSetSource(CICDecoder *decoder, const uint8_t *bytes, size_t count);

/// What is done with a decoder; any call in it may end it.
typedef void (*CICDecoderBody)(CICDecoder *decoder, void *context);

/// Runs `body` with a decoder of `bytes`, which is gone afterwards, and says how it ended. Everything below is for
/// a body.
CICStatus CICDecoderRun(
    const uint8_t *bytes, size_t count, CICMessage *message, CICDecoderBody body, void *context);

/// Reads the header, which has to say `width` by `height`, and chooses the colours; decoding has yet to be started.
void CICDecoderReadHeader(CICDecoder *decoder, CICJPEGLimits limits, uint32_t width, uint32_t height);

/// Starts decoding in the scale that was chosen since the header was read.
void CICDecoderStart(CICDecoder *decoder);

/// Reads the next row, of the library's `output_width` RGB pixels.
void CICDecoderReadRow(CICDecoder *decoder, uint8_t *row);

/// Ends decoding after the last row, and refuses a file that lacks something.
void CICDecoderFinish(CICDecoder *decoder);

/// Ends the body with a status and words about it, by a jump to `failure`.
_Noreturn void CICDecoderFail(CICDecoder *decoder, CICStatus status, const char *text);

/// Memory that lasts as long as the decoder; all of it together is held to the limit on bytes.
void *CICDecoderAllocate(CICDecoder *decoder, size_t count);

#endif
