#include "message.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

/// One encoder with the state its callbacks need; each callback finds it again by casting the library's pointer.
typedef struct {
    struct jpeg_compress_struct library;
    struct jpeg_error_mgr errors;
    jmp_buf failure;
    CICMessage *message;
} Encoder;

static _Noreturn void onError(j_common_ptr library) {
    Encoder *encoder = (Encoder *)library;
    char text[JMSG_LENGTH_MAX];
    library->err->format_message(library, text);
    CICSetMessage(encoder->message, text);
    longjmp(encoder->failure, 1);
}

static void onMessage(j_common_ptr library, int level) {
    (void)library;
    (void)level;
}

static void writeJPEG(Encoder *encoder, CICSamples picture, int32_t quality) {
    struct jpeg_compress_struct *library = &encoder->library;
    library->image_width = picture.width;
    library->image_height = picture.height;
    library->input_components = picture.channels;
    library->in_color_space = picture.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(library);
    jpeg_set_quality(library, quality, TRUE);
    library->optimize_coding = TRUE;
    jpeg_start_compress(library, TRUE);
    while (library->next_scanline < library->image_height) {
        // libjpeg's rows are not const, but it only reads them.
        JSAMPROW row = (JSAMPROW)picture.samples + (size_t)library->next_scanline * picture.width * picture.channels;
        jpeg_write_scanlines(library, &row, 1);
    }
    jpeg_finish_compress(library);
}

CICStatus CICJPEGEncode(CICSamples picture, int32_t quality, CICBytes *bytes, CICMessage *message) {
    Encoder encoder;
    // libjpeg changes both behind setjmp's back: in memory they keep their values after a longjmp.
    unsigned char *volatile written = NULL;
    volatile unsigned long length = 0;
    memset(&encoder, 0, sizeof encoder);
    encoder.message = message;
    encoder.library.err = jpeg_std_error(&encoder.errors);
    encoder.errors.error_exit = onError;
    encoder.errors.emit_message = onMessage;
    CICStatus status = CICStatusUnsupported;
    if (setjmp(encoder.failure) == 0) {
        jpeg_create_compress(&encoder.library);
        jpeg_mem_dest(&encoder.library, (unsigned char **)&written, (unsigned long *)&length);
        writeJPEG(&encoder, picture, quality);
        status = CICStatusOK;
    }
    jpeg_destroy_compress(&encoder.library);
    if (status == CICStatusOK) {
        bytes->start = written;
        bytes->count = length;
    } else {
        free(written);
    }
    return status;
}

CICStatus CICPNGEncode(CICSamples picture, CICBytes *bytes, CICMessage *message) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = picture.width;
    image.height = picture.height;
    image.format = picture.channels == 1 ? PNG_FORMAT_GRAY : picture.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
    // Level 3 without filters: a fifth of the time. Masks become no larger, a photograph's file by a half.
    image.flags = PNG_IMAGE_FLAG_FAST;
    png_alloc_size_t length = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *written = malloc(length);
    if (written != NULL && png_image_write_to_memory(&image, written, &length, 0, picture.samples, 0, NULL)) {
        bytes->start = written;
        bytes->count = length;
        return CICStatusOK;
    }
    CICSetMessage(message, written == NULL ? "not enough memory" : image.message);
    free(written);
    return CICStatusUnsupported;
}

void CICBytesFree(CICBytes bytes) { free(bytes.start); }
