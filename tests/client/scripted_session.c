/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "protocol/session/channel.h"
#include "protocol/session/picture.h"

/* A vdi-session that knows no RDP: paints a test card, and ends as the user's name tells it to. The
 * second implementation of protocol/session, for the client's tests. */

enum { CONTROL = VDI_SESSION_CONTROL_FD, VIEW = VDI_SESSION_VIEW_FD, WIDTH = 320, HEIGHT = 200 };

static void say(int channel, const void *message, size_t size)
{
    if (!vdi_channel_send(channel, message, size, NULL, 0, -1, NULL)) {
        _exit(1);
    }
}

static void say_phase(VdiPhase phase)
{
    const VdiMessagePhase message = {VDI_MESSAGE_PHASE, phase};

    say(CONTROL, &message, sizeof message);
}

static void end(uint32_t code, const char *detail)
{
    VdiMessageEnded message = {.kind = VDI_MESSAGE_ENDED, .code = code};

    g_strlcpy(message.detail, detail, sizeof message.detail);
    say(CONTROL, &message, sizeof message);
    _exit(0);
}

/* Waits for a message of that kind; STOP ends us, anything else is passed over. */
static int hear(int channel, uint32_t kind, VdiMessage *ret_message)
{
    for (;;) {
        g_auto(VdiFd) passed = -1;
        ssize_t size = vdi_channel_receive(channel, ret_message, &passed, NULL);

        if (size <= 0) {
            _exit(0);
        }
        if (ret_message->kind == VDI_MESSAGE_STOP) {
            end(0, "");
        }
        if (ret_message->kind == kind) {
            int taken = passed;

            passed = -1;
            return taken;
        }
    }
}

/* Eight bars, and a frame each half of the card: the picture is whole only with the second. */
static void paint(const VdiPicture *picture)
{
    VdiMessage message;

    for (uint32_t half = 0; half < 2; half++) {
        unsigned char *pixels = vdi_picture_pixels(picture, half);
        VdiMessageFrame frame = {.kind = VDI_MESSAGE_FRAME,
            .generation = picture->generation,
            .serial = half + 1,
            .index = (uint16_t) half,
            .n_damage = 1,
            .damage = {{0, (uint16_t) (half * HEIGHT / 2), WIDTH, HEIGHT / 2}}};

        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = 0; x < WIDTH; x++) {
                uint32_t bar = x * 8 / WIDTH;
                unsigned char *pixel = pixels + (size_t) y * picture->stride + x * 4;

                pixel[0] = bar & 1 ? 255 : 0;
                pixel[1] = bar & 2 ? 255 : 0;
                pixel[2] = bar & 4 ? 255 : 0;
            }
        }
        say(VIEW, &frame, sizeof frame);
        (void) hear(VIEW, VDI_MESSAGE_TAKEN, &message);
    }
}

static void show_card(void)
{
    const VdiMessageSize size = {VDI_MESSAGE_SIZE, WIDTH, HEIGHT};
    VdiMessage message;

    say(VIEW, &size, sizeof size);
    int memory = hear(VIEW, VDI_MESSAGE_PICTURE, &message);
    g_autoptr(VdiPicture) picture =
        vdi_picture_take(memory, (const VdiMessagePicture *) &message, NULL);

    if (picture == NULL) {
        _exit(1);
    }
    paint(picture);
    say_phase(VDI_PHASE_FIRST_FRAME);
}

static void ask_identity(void)
{
    VdiMessageIdentity question = {.kind = VDI_MESSAGE_IDENTITY,
        .problem = VDI_IDENTITY_UNKNOWN_ISSUER,
        .key_sha256 = "ab",
        .subject = "CN=stranger"};
    VdiMessage answer;

    say(CONTROL, &question, sizeof question);
    (void) hear(CONTROL, VDI_MESSAGE_IDENTITY_ANSWER, &answer);
    if (((VdiMessageIdentityAnswer *) &answer)->accept == 0) {
        end(VDI_SESSION_ERROR_CERTIFICATE + 1, "CN=stranger");
    }
}

static void ask_socket(const char *host, uint16_t port)
{
    VdiMessageNeedSocket question = {.kind = VDI_MESSAGE_NEED_SOCKET, .port = port};
    VdiMessage answer;

    g_strlcpy(question.host, host, sizeof question.host);
    say(CONTROL, &question, sizeof question);
    int fd = hear(CONTROL, VDI_MESSAGE_SOCKET, &answer);

    if (((VdiMessageSocket *) &answer)->error == EACCES) {
        end(VDI_SESSION_ERROR_HOST + 1, "that one is not mine to reach");
    }
    if (fd < 0 || ((VdiMessageSocket *) &answer)->error != 0) {
        end(VDI_SESSION_ERROR_LOST + 1, "no socket");
    }
    close(fd);
}

int main(void)
{
    const VdiMessageNumber ready = {VDI_MESSAGE_READY, 0x00030a03};
    VdiMessage message;
    VdiMessageOpen open;

    alarm(60); /* whatever the test does, nothing stays */
    say(CONTROL, &ready, sizeof ready);
    int fd = hear(CONTROL, VDI_MESSAGE_OPEN, &message);

    memcpy(&open, &message, sizeof open);
    if (fd < 0 || strcmp(open.password, "pw") != 0) {
        end(VDI_SESSION_ERROR_CREDENTIALS + 1, "no socket or no password came");
    }
    say_phase(VDI_PHASE_CONNECTING);
    if (strcmp(open.user, "refused") == 0) {
        end(VDI_SESSION_ERROR_LOGON + 1, "wrong password");
    }
    if (strcmp(open.user, "stranger") == 0) {
        ask_identity();
    }
    if (strcmp(open.user, "caller") == 0) {
        ask_socket(open.host, open.port);
    }
    if (strcmp(open.user, "explorer") == 0) {
        ask_socket("127.0.0.2", open.port);
    }
    if (strcmp(open.user, "talker") == 0) {
        for (int i = 0; i < 1000; i++) {
            say_phase(VDI_PHASE_CONNECTING);
        }
    }
    if (strcmp(open.user, "liar") == 0) {
        say(CONTROL, &message, sizeof(uint32_t) * 2); /* OPEN is not ours to say */
    }
    say_phase(VDI_PHASE_SIGNED_IN);
    show_card();
    if (strcmp(open.user, "crash") == 0) {
        raise(SIGSEGV);
    }
    if (strcmp(open.user, "logoff") == 0) {
        end(0, "");
    }
    if (strcmp(open.user, "deaf") == 0) {
        for (;;) {
            pause();
        }
    }
    (void) hear(CONTROL, VDI_MESSAGE_STOP, &message);
    return 0;
}
