/* SPDX-License-Identifier: Apache-2.0 */
#include <freerdp/error.h>
#include <freerdp/freerdp.h>
#include <freerdp/scancode.h>
#include <freerdp/settings.h>
#include <linux/input-event-codes.h>
#include <string.h>

#include "protocol/rdp/damage.h"
#include "protocol/rdp/error.h"
#include "protocol/rdp/scancode.h"
#include "protocol/rdp/settings.h"
#include "tests/support/check.h"

/* ---- keys ---- */

/* Against FreeRDP's names, which were made from another source than our table. */
static const struct {
    const char *name;
    uint16_t code;
    uint32_t scancode;
} keys[] = {
    {"escape", KEY_ESC, RDP_SCANCODE_ESCAPE},
    {"a letter", KEY_Q, RDP_SCANCODE_KEY_Q},
    {"the key left of 1", KEY_GRAVE, RDP_SCANCODE_OEM_3},
    {"the key beside the left shift", KEY_102ND, RDP_SCANCODE_OEM_102},
    {"the key before enter", KEY_BACKSLASH, RDP_SCANCODE_OEM_5},
    {"F10", KEY_F10, RDP_SCANCODE_F10},
    {"F11", KEY_F11, RDP_SCANCODE_F11},
    {"F13", KEY_F13, RDP_SCANCODE_F13},
    {"left control", KEY_LEFTCTRL, RDP_SCANCODE_LCONTROL},
    {"right control", KEY_RIGHTCTRL, RDP_SCANCODE_RCONTROL},
    {"right shift", KEY_RIGHTSHIFT, RDP_SCANCODE_RSHIFT},
    {"alt", KEY_LEFTALT, RDP_SCANCODE_LMENU},
    {"alt gr", KEY_RIGHTALT, RDP_SCANCODE_RMENU},
    {"the windows key", KEY_LEFTMETA, RDP_SCANCODE_LWIN},
    {"the menu key", KEY_COMPOSE, RDP_SCANCODE_APPS},
    {"enter", KEY_ENTER, RDP_SCANCODE_RETURN},
    {"the pad's enter", KEY_KPENTER, RDP_SCANCODE_RETURN_KP},
    {"the pad's slash", KEY_KPSLASH, RDP_SCANCODE_DIVIDE},
    {"the pad's star", KEY_KPASTERISK, RDP_SCANCODE_MULTIPLY},
    {"the pad's 7", KEY_KP7, RDP_SCANCODE_NUMPAD7},
    {"home", KEY_HOME, RDP_SCANCODE_HOME},
    {"page down", KEY_PAGEDOWN, RDP_SCANCODE_NEXT},
    {"delete", KEY_DELETE, RDP_SCANCODE_DELETE},
    {"print", KEY_SYSRQ, RDP_SCANCODE_PRINTSCREEN},
    {"scroll lock", KEY_SCROLLLOCK, RDP_SCANCODE_SCROLLLOCK},
    {"num lock", KEY_NUMLOCK, RDP_SCANCODE_NUMLOCK},
    {"louder", KEY_VOLUMEUP, RDP_SCANCODE_VOLUME_UP},
    {"back, in a browser", KEY_BACK, RDP_SCANCODE_BROWSER_BACK},
    {"brazil's and japan's extra key", KEY_RO, RDP_SCANCODE_ABNT_C1},
    {"japan's conversion", KEY_HENKAN, RDP_SCANCODE_CONVERT_JP},
    {"a key of no keyboard", KEY_CAMERA, RDP_SCANCODE_UNKNOWN},
    {"beyond every table", 0xffff, RDP_SCANCODE_UNKNOWN},
};

static void every_key_has_the_scancode_that_windows_knows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        uint16_t code = vdi_scancode(keys[i].code);

        CHECK_ROW(keys[i].name,
            MAKE_RDP_SCANCODE(code, (code & VDI_SCANCODE_EXTENDED) != 0) == keys[i].scancode);
    }
    CHECK_INT(vdi_scancode(KEY_PAUSE), VDI_SCANCODE_PAUSE);
}

static void no_key_of_an_ordinary_keyboard_is_missing(void)
{
    for (uint16_t code = KEY_ESC; code <= KEY_COMPOSE; code++) {
        bool is_known_gap = code == 84 || code == KEY_LINEFEED || code == KEY_MACRO
            || code == KEY_KPPLUSMINUS || code == KEY_SCALE;

        if (vdi_scancode(code) == VDI_SCANCODE_NONE && !is_known_gap) {
            g_autofree char *row = g_strdup_printf("evdev code %u", code);

            CHECK_ROW(row, false);
        }
    }
}

/* ---- errors ---- */

static const struct {
    const char *name;
    uint32_t code;
    VdiSessionError error;
    bool is_failure;
} errors[] = {
    {"a wrong password", FREERDP_ERROR_AUTHENTICATION_FAILED, VDI_SESSION_ERROR_LOGON, true},
    {"a logon failure", FREERDP_ERROR_CONNECT_LOGON_FAILURE, VDI_SESSION_ERROR_LOGON, true},
    {"a locked account", FREERDP_ERROR_CONNECT_ACCOUNT_LOCKED_OUT, VDI_SESSION_ERROR_ACCOUNT, true},
    {"an expired password", FREERDP_ERROR_CONNECT_PASSWORD_EXPIRED, VDI_SESSION_ERROR_PASSWORD,
        true},
    {"no credentials", FREERDP_ERROR_CONNECT_NO_OR_MISSING_CREDENTIALS,
        VDI_SESSION_ERROR_CREDENTIALS, true},
    {"no common security", FREERDP_ERROR_SECURITY_NEGO_CONNECT_FAILED, VDI_SESSION_ERROR_SECURITY,
        true},
    {"an unknown name", FREERDP_ERROR_DNS_NAME_NOT_FOUND, VDI_SESSION_ERROR_HOST, true},
    {"nobody there", FREERDP_ERROR_CONNECT_FAILED, VDI_SESSION_ERROR_CONNECT, true},
    {"another connection", FREERDP_ERROR_DISCONNECTED_BY_OTHER_CONNECTION,
        VDI_SESSION_ERROR_DISCONNECTED, true},
    {"idleness", FREERDP_ERROR_IDLE_TIMEOUT, VDI_SESSION_ERROR_DISCONNECTED, true},
    {"a log-off", FREERDP_ERROR_LOGOFF_BY_USER, VDI_SESSION_ERROR_DISCONNECTED, false},
    {"a reason that has no row", MAKE_FREERDP_ERROR(ERRINFO, ERRINFO_BAD_MONITOR_DATA),
        VDI_SESSION_ERROR_DISCONNECTED, true},
    {"a connect error that has no row", MAKE_FREERDP_ERROR(CONNECT, 0x7f),
        VDI_SESSION_ERROR_SECURITY, true},
    {"an end without a word", FREERDP_ERROR_SUCCESS, VDI_SESSION_ERROR_LOST, true},
};

static void every_error_has_a_code_and_words(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
        g_autoptr(GError) error = vdi_engine_error_new(errors[i].code);

        CHECK_ROW(errors[i].name, vdi_engine_error(errors[i].code)->error == errors[i].error);
        CHECK_ROW(errors[i].name, (error != NULL) == errors[i].is_failure);
        CHECK_ROW(errors[i].name,
            error == NULL
                || (error->domain == VDI_SESSION_ERROR && error->code == (int) errors[i].error));
    }
}

/* ---- settings ---- */

static const struct {
    const char *name;
    FreeRDP_Settings_Keys_Bool key;
    bool value;
} wanted[] = {
    {"RDP's own security is off", FreeRDP_RdpSecurity, false},
    {"NLA is on", FreeRDP_NlaSecurity, true},
    {"TLS is on", FreeRDP_TlsSecurity, true},
    {"certificates are ours to judge", FreeRDP_ExternalCertificateManagement, true},
    {"no certificate is ignored", FreeRDP_IgnoreCertificate, false},
    {"no clipboard", FreeRDP_RedirectClipboard, false},
    {"no drives", FreeRDP_RedirectDrives, false},
    {"no printers", FreeRDP_RedirectPrinters, false},
    {"no smart cards", FreeRDP_RedirectSmartCards, false},
    {"no devices at all", FreeRDP_DeviceRedirection, false},
    {"no sound", FreeRDP_AudioPlayback, false},
    {"no microphone", FreeRDP_AudioCapture, false},
    {"no NSCodec", FreeRDP_NSCodec, false},
    {"no second transport", FreeRDP_SupportMultitransport, false},
    {"no reconnection of the library's own", FreeRDP_AutoReconnectionEnabled, false},
    {"no gateway", FreeRDP_GatewayEnabled, false},
    {"the graphics pipeline", FreeRDP_SupportGraphicsPipeline, true},
};

static void the_settings_are_as_the_threats_want_them(void)
{
    rdpSettings *settings = freerdp_settings_new(0);

    CHECK(settings != NULL && vdi_settings_fix(settings));
    for (size_t i = 0; settings != NULL && i < G_N_ELEMENTS(wanted); i++) {
        CHECK_ROW(wanted[i].name,
            (freerdp_settings_get_bool(settings, wanted[i].key) != FALSE) == wanted[i].value);
    }
    CHECK_INT(freerdp_settings_get_uint16(settings, FreeRDP_TLSMinVersion), 0x0303);
    CHECK_INT(freerdp_settings_get_uint32(settings, FreeRDP_TlsSecLevel), 2);
    CHECK_INT(freerdp_settings_get_uint32(settings, FreeRDP_GlyphSupportLevel), GLYPH_SUPPORT_NONE);
    CHECK(freerdp_settings_get_string(settings, FreeRDP_CertificateAcceptedFingerprints) == NULL);
    freerdp_settings_free(settings);
}

static void a_desktop_gets_its_address_size_and_credential(void)
{
    rdpSettings *settings = freerdp_settings_new(0);
    g_autofree VdiMessageOpen *open = g_new0(VdiMessageOpen, 1);

    open->width = 1280;
    open->height = 800;
    open->scale_percent = 150;
    open->port = 3390;
    g_strlcpy(open->host, "desk.example.com", sizeof open->host);
    g_strlcpy(open->user, "ada", sizeof open->user);
    g_strlcpy(open->password, "test-only", sizeof open->password);
    CHECK(vdi_settings_fix(settings) && vdi_settings_open(settings, open));
    CHECK_TEXT(freerdp_settings_get_string(settings, FreeRDP_ServerHostname), "desk.example.com");
    CHECK_INT(freerdp_settings_get_uint32(settings, FreeRDP_ServerPort), 3390);
    CHECK_INT(freerdp_settings_get_uint32(settings, FreeRDP_DesktopWidth), 1280);
    CHECK_INT(freerdp_settings_get_uint32(settings, FreeRDP_DeviceScaleFactor), 140);
    CHECK_TEXT(freerdp_settings_get_string(settings, FreeRDP_Password), "test-only");
    CHECK(freerdp_settings_get_string(settings, FreeRDP_Domain) == NULL);
    vdi_settings_forget(settings);
    CHECK(freerdp_settings_get_string(settings, FreeRDP_Password) == NULL);
    vdi_settings_forget(settings); /* twice is as good as once */
    freerdp_settings_free(settings);
}

/* ---- damage ---- */

enum { WIDTH = 640, HEIGHT = 480 };

static bool covers(const VdiDamage *damage, int x, int y)
{
    for (size_t i = 0; i < damage->n; i++) {
        const VdiRectangle *area = &damage->area[i];

        if (x >= area->x && x < area->x + area->width && y >= area->y
            && y < area->y + area->height) {
            return true;
        }
    }
    return false;
}

static void damage_is_cut_at_the_edges(void)
{
    VdiDamage damage = {.n = 0};

    vdi_damage_add(&damage, -10, -10, 20, 20, WIDTH, HEIGHT);
    vdi_damage_add(&damage, WIDTH - 5, HEIGHT - 5, 1000, 1000, WIDTH, HEIGHT);
    vdi_damage_add(&damage, WIDTH, 0, 10, 10, WIDTH, HEIGHT);
    vdi_damage_add(&damage, 50, 50, 0, 10, WIDTH, HEIGHT);
    vdi_damage_add(&damage, 50, 50, -10, 10, WIDTH, HEIGHT);
    vdi_damage_add(&damage, G_MAXINT, 0, G_MAXINT, 10, WIDTH, HEIGHT);
    CHECK_INT(damage.n, 2);
    CHECK_INT(damage.area[0].width, 10);
    CHECK_INT(damage.area[1].width, 5);
}

static void a_row_of_tiles_becomes_one(void)
{
    VdiDamage damage = {.n = 0};

    for (int x = 0; x < WIDTH; x += 64) {
        vdi_damage_add(&damage, x, 64, 64, 64, WIDTH, HEIGHT);
    }
    CHECK_INT(damage.n, 1);
    CHECK_INT(damage.area[0].width, WIDTH);
}

/* Whatever came is covered, and there are never too many: over many random heaps. */
static void what_was_added_stays_covered(void)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(7);

    for (unsigned round = 0; round < 200; round++) {
        VdiDamage damage = {.n = 0};
        VdiRectangle added[100];

        for (size_t i = 0; i < G_N_ELEMENTS(added); i++) {
            added[i] = (VdiRectangle){(uint16_t) g_rand_int_range(chance, 0, WIDTH - 1),
                (uint16_t) g_rand_int_range(chance, 0, HEIGHT - 1),
                (uint16_t) g_rand_int_range(chance, 1, 80),
                (uint16_t) g_rand_int_range(chance, 1, 80)};
            vdi_damage_add(
                &damage, added[i].x, added[i].y, added[i].width, added[i].height, WIDTH, HEIGHT);
        }
        CHECK(damage.n >= 1 && damage.n <= VDI_FRAME_MAX_DAMAGE);
        for (size_t i = 0; i < G_N_ELEMENTS(added); i++) {
            int right = MIN(added[i].x + added[i].width, WIDTH) - 1;
            int bottom = MIN(added[i].y + added[i].height, HEIGHT) - 1;

            CHECK(covers(&damage, added[i].x, added[i].y));
            CHECK(covers(&damage, right, bottom));
        }
    }
}

const Test tests[] = {
    {"every key has the scancode that Windows knows",
        every_key_has_the_scancode_that_windows_knows},
    {"no key of an ordinary keyboard is missing", no_key_of_an_ordinary_keyboard_is_missing},
    {"every error has a code and words", every_error_has_a_code_and_words},
    {"the settings are as the threats want them", the_settings_are_as_the_threats_want_them},
    {"a desktop gets its address, size and credential",
        a_desktop_gets_its_address_size_and_credential},
    {"damage is cut at the edges", damage_is_cut_at_the_edges},
    {"a row of tiles becomes one", a_row_of_tiles_becomes_one},
    {"what was added stays covered", what_was_added_stays_covered},
    TEST_END,
};
