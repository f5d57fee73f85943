/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* The words spoken with vdi-session and vdi-viewer, over SOCK_SEQPACKET sockets that they inherit:
 *
 *   control (descriptor 3): held by whoever owns the connection (client/launch)
 *   view    (descriptor 4): held by whoever shows the picture (ui/, or vdi-connect without display)
 *   status  (vdi-viewer's descriptor 4): held by the vdi-connect that started it
 *
 * One message a datagram, by value, fixed width, native byte order (one machine, one build). Every
 * message begins with its kind. What vdi-session says is read as if the hostile server had said it:
 * a wrong length or kind, or a rectangle outside the picture, ends the session (vdi_view,
 * vdi_launch).
 *
 * Order on control: READY →, ← OPEN, then NEED_SOCKET → ← SOCKET as often as it connects,
 * IDENTITY → ← IDENTITY_ANSWER if the certificate is not vouched for, PHASE → as it goes, ENDED →
 * at the end; ← STOP at any time. Order on view: SIZE → ← PICTURE with its memfd, FRAME → ← TAKEN
 * in turn; input at any time. */

#define VDI_MESSAGE_MAX_BYTES 65536
#define VDI_SESSION_CONTROL_FD 3
#define VDI_SESSION_VIEW_FD 4

#define VDI_PICTURE_MIN 32   /* pixels, both ways */
#define VDI_PICTURE_MAX 8192 /* pixels, both ways */
#define VDI_FRAME_MAX_DAMAGE 32
#define VDI_CURSOR_MAX 96           /* pixels, both ways */
#define VDI_STATUS_FIELD_BYTES 2048 /* room for any text that vdi_text_clean returns */

typedef enum {
    VDI_MESSAGE_READY =
        1, /* control, from the session: libraries are loaded, the doors are closed */
    VDI_MESSAGE_OPEN,
    VDI_MESSAGE_NEED_SOCKET,
    VDI_MESSAGE_SOCKET,
    VDI_MESSAGE_IDENTITY,
    VDI_MESSAGE_IDENTITY_ANSWER,
    VDI_MESSAGE_PHASE,
    VDI_MESSAGE_ENDED,
    VDI_MESSAGE_STOP,

    VDI_MESSAGE_SIZE = 64, /* view */
    VDI_MESSAGE_PICTURE,
    VDI_MESSAGE_FRAME,
    VDI_MESSAGE_TAKEN,
    VDI_MESSAGE_CURSOR,
    VDI_MESSAGE_KEY,
    VDI_MESSAGE_POINTER,
    VDI_MESSAGE_BUTTON,
    VDI_MESSAGE_WHEEL,
    VDI_MESSAGE_FOCUS,
    VDI_MESSAGE_RESIZE, /* view, and once on status: the room that the viewer has */

    VDI_MESSAGE_STATUS = 128, /* status, to the viewer */
} VdiMessageKind;

/* ---- control ---- */

/* Texts end in NUL inside their field. The password is wiped by both sides once it is on its way.
 * May carry one descriptor: a TCP connection to host and port that is there already. */
typedef struct {
    uint32_t kind;
    uint32_t width, height; /* wanted; pixels */
    uint32_t scale_percent; /* 100 to 500 */
    uint16_t port;
    uint16_t has_socket; /* 0 or 1 */
    uint32_t ca_bytes;   /* PEM of the site's authority behind this struct; 0: the system's */
    char host[256];      /* as the broker named it: the certificate must be for this name */
    char user[256];
    char domain[256];
    char password[1028];
    char pin[68]; /* SHA-256 of the public key, lower-case hex, or "" */
} VdiMessageOpen;

/* From the session: please connect there for me. Answered by SOCKET, with one descriptor or errno.
 */
typedef struct {
    uint32_t kind;
    uint16_t port;
    uint16_t unused;
    char host[256];
} VdiMessageNeedSocket;

typedef struct {
    uint32_t kind;
    int32_t error; /* 0 and a descriptor, or an errno; EAI codes as negative numbers */
} VdiMessageSocket;

/* The desktop's certificate is vouched for by nobody: may we go on? Names are as the certificate
 * has them: to be cleaned before they are shown. */
typedef struct {
    uint32_t kind;
    uint32_t problem;    /* VdiIdentityProblem */
    char key_sha256[72]; /* of the public key, lower-case hex */
    char subject[256];
    char issuer[256];
    int64_t not_before, not_after; /* UTC seconds */
} VdiMessageIdentity;

typedef enum {
    VDI_IDENTITY_UNKNOWN_ISSUER = 1,
    VDI_IDENTITY_WRONG_NAME,
    VDI_IDENTITY_DATES,
    VDI_IDENTITY_PURPOSE,
    VDI_IDENTITY_PIN, /* not the key that the broker or the site named: never asked, always refused
                       */
} VdiIdentityProblem;

typedef struct {
    uint32_t kind;
    uint32_t accept; /* 0 or 1 */
} VdiMessageIdentityAnswer;

typedef enum {
    VDI_PHASE_CONNECTING = 1,
    VDI_PHASE_SECURED,   /* TLS is up and the certificate judged */
    VDI_PHASE_SIGNED_IN, /* the desktop is there; frames follow */
    VDI_PHASE_FIRST_FRAME,
} VdiPhase;

typedef struct {
    uint32_t kind;
    uint32_t phase;
} VdiMessagePhase;

typedef struct {
    uint32_t kind;
    uint32_t code;    /* VdiSessionError + 1, or 0: a log-off */
    char detail[512]; /* for the error's message */
} VdiMessageEnded;

/* READY, STOP and TAKEN are a kind and one number. */
typedef struct {
    uint32_t kind;
    uint32_t number; /* READY: engine version as 0x00MMmmpp; STOP: 0; TAKEN: the frame's serial */
} VdiMessageNumber;

/* ---- view ---- */

/* From the session: the desktop has this size; make a picture for it. */
typedef struct {
    uint32_t kind;
    uint32_t width, height;
} VdiMessageSize;

/* The picture: one sealed memfd with two pictures of height × stride bytes, BGRX32. */
typedef struct {
    uint32_t kind;
    uint32_t generation;
    uint32_t width, height;
    uint32_t stride; /* bytes */
} VdiMessagePicture;

typedef struct {
    uint16_t x, y, width, height; /* pixels, inside the picture */
} VdiRectangle;

/* Picture `index` is whole and is left alone until TAKEN with this serial. Damage to an older
 * generation is dropped by the viewer. */
typedef struct {
    uint32_t kind;
    uint32_t generation;
    uint32_t serial;
    uint16_t index;    /* 0 or 1 */
    uint16_t n_damage; /* 1 to VDI_FRAME_MAX_DAMAGE */
    VdiRectangle damage[VDI_FRAME_MAX_DAMAGE];
} VdiMessageFrame;

/* Followed by width × height × 4 bytes, BGRA32, premultiplied. 0 × 0: no pointer is shown. */
typedef struct {
    uint32_t kind;
    uint16_t width, height;
    uint16_t hot_x, hot_y;
} VdiMessageCursor;

typedef struct {
    uint32_t kind;
    uint16_t code;  /* evdev, linux/input-event-codes.h */
    uint16_t state; /* 0 up, 1 down, 2 repeat */
} VdiMessageKey;

typedef struct {
    uint32_t kind;
    uint16_t x, y; /* pixels of the desktop */
} VdiMessagePointer;

typedef struct {
    uint32_t kind;
    uint16_t x, y;
    uint16_t button; /* evdev: BTN_LEFT, BTN_RIGHT, BTN_MIDDLE, BTN_SIDE, BTN_EXTRA */
    uint16_t down;
} VdiMessageButton;

typedef struct {
    uint32_t kind;
    uint16_t x, y;
    int16_t vertical, horizontal; /* 120 a notch; up and right are positive */
} VdiMessageWheel;

typedef struct {
    uint32_t kind;
    uint16_t focused; /* 0: every key that is held was released by the viewer before this */
    uint16_t locks;   /* VDI_LOCK_… */
} VdiMessageFocus;

enum { VDI_LOCK_SCROLL = 1, VDI_LOCK_NUM = 2, VDI_LOCK_CAPS = 4 };

typedef struct {
    uint32_t kind;
    uint32_t width, height; /* pixels of the viewer's window */
    uint32_t scale_percent;
} VdiMessageResize;

/* ---- status ---- */

/* What goes on, for people. With a descriptor: a view socket that takes the place of the one
 * before. */
typedef struct {
    uint32_t kind;
    char headline[VDI_STATUS_FIELD_BYTES]; /* "": as before */
    char detail[VDI_STATUS_FIELD_BYTES];   /* "": none */
} VdiMessageStatus;

G_STATIC_ASSERT(sizeof(VdiRectangle) == 8);
G_STATIC_ASSERT(sizeof(VdiMessageOpen) == 24 + 3 * 256 + 1028 + 68);
G_STATIC_ASSERT(sizeof(VdiMessageNeedSocket) == 264);
G_STATIC_ASSERT(sizeof(VdiMessageIdentity) == 8 + 72 + 2 * 256 + 2 * 8);
G_STATIC_ASSERT(sizeof(VdiMessageEnded) == 520);
G_STATIC_ASSERT(sizeof(VdiMessageFrame) == 16 + 8 * VDI_FRAME_MAX_DAMAGE);
G_STATIC_ASSERT(sizeof(VdiMessageWheel) == 12);
