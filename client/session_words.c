/* SPDX-License-Identifier: Apache-2.0 */
#include "client/session_words.h"

#include "base/error.h"
#include "base/text.h"

static bool phase_is_sound(const VdiMessage *message)
{
    const VdiMessagePhase *phase = (const VdiMessagePhase *) message;

    return phase->phase >= VDI_PHASE_CONNECTING && phase->phase <= VDI_PHASE_FIRST_FRAME;
}

static bool ended_is_sound(const VdiMessage *message)
{
    const VdiMessageEnded *ended = (const VdiMessageEnded *) message;

    return ended->code <= VDI_SESSION_ERROR_START + 1
        && vdi_channel_text_is_sound(ended->detail, sizeof ended->detail);
}

static bool identity_is_sound(const VdiMessage *message)
{
    const VdiMessageIdentity *identity = (const VdiMessageIdentity *) message;

    return identity->problem >= VDI_IDENTITY_UNKNOWN_ISSUER && identity->problem <= VDI_IDENTITY_PIN
        && vdi_channel_text_is_sound(identity->key_sha256, sizeof identity->key_sha256)
        && vdi_channel_text_is_sound(identity->subject, sizeof identity->subject)
        && vdi_channel_text_is_sound(identity->issuer, sizeof identity->issuer);
}

static bool need_is_sound(const VdiMessage *message)
{
    const VdiMessageNeedSocket *need = (const VdiMessageNeedSocket *) message;

    return need->port != 0 && vdi_channel_text_is_sound(need->host, sizeof need->host);
}

const char *vdi_session_words_judge(const VdiMessage *message, size_t size)
{
    static const struct {
        uint32_t kind;
        size_t size;
        bool (*is_sound)(const VdiMessage *message); /* NULL: any number will do */
    } rows[] = {
        {VDI_MESSAGE_READY, sizeof(VdiMessageNumber), NULL},
        {VDI_MESSAGE_NEED_SOCKET, sizeof(VdiMessageNeedSocket), need_is_sound},
        {VDI_MESSAGE_IDENTITY, sizeof(VdiMessageIdentity), identity_is_sound},
        {VDI_MESSAGE_PHASE, sizeof(VdiMessagePhase), phase_is_sound},
        {VDI_MESSAGE_ENDED, sizeof(VdiMessageEnded), ended_is_sound},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].kind != message->kind) {
            continue;
        }
        if (rows[i].size != size) {
            return "a message of a wrong length";
        }
        return rows[i].is_sound == NULL || rows[i].is_sound(message)
            ? NULL
            : "a text or a number that no healthy session sends";
    }
    return "a message of a kind that is not its to send";
}

GError *vdi_session_words_error(const VdiMessageEnded *ended)
{
    if (ended->code == 0) {
        return NULL;
    }
    g_autofree char *shown = vdi_text_clean(ended->detail);

    return g_error_new(VDI_SESSION_ERROR, (int) ended->code - 1, "%s", shown);
}
