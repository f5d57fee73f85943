/* SPDX-License-Identifier: Apache-2.0 */
#include "client/session_words.h"

#include "base/error.h"
#include "base/text.h"
#include "protocol/broker/target.h"

/* A healthy session needs about eight words and, until it can be redirected, one socket more than
 * the one it is given. */
enum { WORDS_MAX = 64, SOCKETS_MAX = 8 };

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

const char *vdi_session_words_count(VdiSessionTally *tally, const VdiMessage *message)
{
    bool asks = message->kind == VDI_MESSAGE_IDENTITY;

    if (++tally->n_words > WORDS_MAX) {
        return "more words than any healthy session";
    }
    if (message->kind == VDI_MESSAGE_NEED_SOCKET && ++tally->n_sockets > SOCKETS_MAX) {
        return "more wishes for a connection than any healthy session";
    }
    if (asks && tally->awaits_identity) {
        return "a second question before the first was answered";
    }
    tally->awaits_identity = tally->awaits_identity || asks;
    return NULL;
}

bool vdi_session_words_may_reach(
    const VdiMessageNeedSocket *wanted, const char *host, uint16_t port)
{
    g_autofree char *wanted_host = vdi_target_host(wanted->host);

    return host != NULL && wanted_host != NULL && wanted->port == port
        && g_ascii_strcasecmp(wanted_host, host) == 0;
}

GError *vdi_session_words_error(const VdiMessageEnded *ended)
{
    if (ended->code == 0) {
        return NULL;
    }
    g_autofree char *shown = vdi_text_clean(ended->detail);

    return g_error_new(VDI_SESSION_ERROR, (int) ended->code - 1, "%s", shown);
}
