#ifndef CIC_MESSAGE_H
#define CIC_MESSAGE_H

#include "CImageCodecs.h"

#include <stdio.h>

/// Copies a library's text into a message, cut to what fits.
static inline void CICSetMessage(CICMessage *message, const char *text) {
    snprintf(message->text, sizeof message->text, "%s", text);
}

#endif
