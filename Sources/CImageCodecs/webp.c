#include "message.h"

#include <stdbool.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

static CICStatus statusOf(VP8StatusCode code, CICMessage *message) {
    switch (code) {
    case VP8_STATUS_OK:
        return CICStatusOK;
    case VP8_STATUS_OUT_OF_MEMORY:
        CICSetMessage(message, "the decoder asks for too much memory");
        return CICStatusLimitExceeded;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        CICSetMessage(message, "it uses a feature that the decoder does not have");
        return CICStatusUnsupported;
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
        CICSetMessage(message, "the file ends too early");
        return CICStatusDamaged;
    default:
        CICSetMessage(message, "its data contradict themselves");
        return CICStatusDamaged;
    }
}

CICStatus CICWebPReadSize(
    const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height, CICMessage *message) {
    WebPBitstreamFeatures features;
    const CICStatus status = statusOf(WebPGetFeatures(bytes, count, &features), message);
    if (status != CICStatusOK) return status;
    *width = (uint32_t)features.width;
    *height = (uint32_t)features.height;
    return CICStatusOK;
}

/// Decodes one frame at its place on the canvas; what it leaves uncovered is black, as in Pillow.
static CICStatus decodeFrame(const WebPIterator *frame, CICPicture picture, CICMessage *message) {
    const size_t stride = (size_t)picture.width * 3;
    if (frame->x_offset < 0 || frame->y_offset < 0 || frame->width <= 0 || frame->height <= 0 ||
        (uint64_t)frame->x_offset + (uint64_t)frame->width > picture.width ||
        (uint64_t)frame->y_offset + (uint64_t)frame->height > picture.height) {
        CICSetMessage(message, "its first frame reaches beyond the canvas");
        return CICStatusDamaged;
    }
    if ((uint32_t)frame->width != picture.width || (uint32_t)frame->height != picture.height)
        memset(picture.rgb, 0, stride * picture.height);
    const size_t start = (size_t)frame->y_offset * stride + (size_t)frame->x_offset * 3;
    WebPDecoderConfig configuration;
    if (!WebPInitDecoderConfig(&configuration)) return statusOf(VP8_STATUS_INVALID_PARAM, message);
    configuration.output.colorspace = MODE_RGB;
    configuration.output.is_external_memory = 1;
    configuration.output.u.RGBA.rgba = picture.rgb + start;
    configuration.output.u.RGBA.stride = (int)stride;
    configuration.output.u.RGBA.size = stride * picture.height - start;
    const VP8StatusCode code = WebPGetFeatures(frame->fragment.bytes, frame->fragment.size, &configuration.input);
    if (code != VP8_STATUS_OK) return statusOf(code, message);
    if (configuration.input.width != frame->width || configuration.input.height != frame->height)
        return statusOf(VP8_STATUS_BITSTREAM_ERROR, message);
    return statusOf(WebPDecode(frame->fragment.bytes, frame->fragment.size, &configuration), message);
}

CICStatus CICWebPDecode(const uint8_t *bytes, size_t count, CICPicture picture, CICMessage *message) {
    const WebPData data = {.bytes = bytes, .size = count};
    WebPDemuxer *demuxer = WebPDemux(&data);
    if (demuxer == NULL) {
        CICSetMessage(message, "the file ends too early or its chunks contradict each other");
        return CICStatusDamaged;
    }
    CICStatus status = CICStatusDamaged;
    WebPIterator frame;
    if (WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH) != picture.width ||
        WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT) != picture.height) {
        CICSetMessage(message, "the file's two readings of its size differ");
    } else if (!WebPDemuxGetFrame(demuxer, 1, &frame)) {
        CICSetMessage(message, "it holds no frame");
    } else {
        status = decodeFrame(&frame, picture, message);
        WebPDemuxReleaseIterator(&frame);
    }
    WebPDemuxDelete(demuxer);
    return status;
}
