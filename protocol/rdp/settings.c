/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/settings.h"

#include <freerdp/constants.h>
#include <freerdp/freerdp.h>
#include <string.h>

#include "base/secret.h"

#define TLS_1_2 0x0303

/* clang-format off */
static const struct {
    FreeRDP_Settings_Keys_Bool key;
    BOOL value;
} bools[] = {
    /* security: NLA or TLS, our own eyes on the certificate, nothing older */
    {FreeRDP_NlaSecurity, TRUE},
    {FreeRDP_TlsSecurity, TRUE},
    {FreeRDP_RdpSecurity, FALSE},
    {FreeRDP_ExtSecurity, FALSE},
    {FreeRDP_AadSecurity, FALSE},
    {FreeRDP_RdstlsSecurity, FALSE},
    {FreeRDP_UseRdpSecurityLayer, FALSE},
    {FreeRDP_NegotiateSecurityLayer, TRUE},
    {FreeRDP_ExternalCertificateManagement, TRUE},
    {FreeRDP_CertificateCallbackPreferPEM, TRUE},
    {FreeRDP_IgnoreCertificate, FALSE},
    {FreeRDP_AutoAcceptCertificate, FALSE},
    {FreeRDP_AutoDenyCertificate, FALSE},
    {FreeRDP_CredentialsFromStdin, FALSE},
    {FreeRDP_PromptForCredentials, FALSE},
    {FreeRDP_SmartcardLogon, FALSE},
    {FreeRDP_RemoteCredentialGuard, FALSE},

    /* the link: one connection, made by our parent; reconnecting is the parent's decision */
    {FreeRDP_GatewayEnabled, FALSE},
    {FreeRDP_GatewayRpcTransport, FALSE},
    {FreeRDP_SupportMultitransport, FALSE},
    {FreeRDP_AutoReconnectionEnabled, FALSE},
    {FreeRDP_NetworkAutoDetect, FALSE},
    {FreeRDP_SupportHeartbeatPdu, TRUE},
    {FreeRDP_TcpKeepAlive, TRUE},
    {FreeRDP_CompressionEnabled, TRUE},
    {FreeRDP_FastPathInput, TRUE},
    {FreeRDP_FastPathOutput, TRUE},

    /* One thread decodes and sends: a picture is never copied while it is being painted. */
    {FreeRDP_SynchronousStaticChannels, TRUE},
    {FreeRDP_SynchronousDynamicChannels, TRUE},
    {FreeRDP_AsyncUpdate, FALSE},
    {FreeRDP_AsyncChannels, FALSE},

    /* the picture: the graphics pipeline with RemoteFX, and bitmaps for servers without it */
    {FreeRDP_SoftwareGdi, TRUE},
    {FreeRDP_SupportGraphicsPipeline, TRUE},
    {FreeRDP_GfxProgressive, TRUE},
    {FreeRDP_GfxProgressiveV2, TRUE},
    {FreeRDP_GfxPlanar, TRUE},
    {FreeRDP_GfxH264, FALSE},
    {FreeRDP_GfxAVC444, FALSE},
    {FreeRDP_GfxAVC444v2, FALSE},
    {FreeRDP_GfxThinClient, FALSE},
    {FreeRDP_GfxSmallCache, FALSE},
    {FreeRDP_GfxSendQoeAck, FALSE},
    {FreeRDP_RemoteFxCodec, TRUE},
    {FreeRDP_SurfaceFrameMarkerEnabled, TRUE},
    {FreeRDP_FrameMarkerCommandEnabled, TRUE},
    {FreeRDP_NSCodec, FALSE},
    {FreeRDP_JpegCodec, FALSE},
    {FreeRDP_BitmapCacheEnabled, TRUE},
    {FreeRDP_BitmapCachePersistEnabled, FALSE},
    {FreeRDP_DrawNineGridEnabled, FALSE},
    {FreeRDP_DrawGdiPlusEnabled, FALSE},
    {FreeRDP_DrawGdiPlusCacheEnabled, FALSE},
    {FreeRDP_AllowFontSmoothing, TRUE},
    {FreeRDP_AllowUnanouncedOrdersFromServer, FALSE},
    {FreeRDP_DesktopResize, TRUE},
    {FreeRDP_SuppressOutput, TRUE},
    {FreeRDP_RefreshRect, TRUE},

    /* input */
    {FreeRDP_UnicodeInput, TRUE},
    {FreeRDP_HasHorizontalWheel, TRUE},
    {FreeRDP_HasExtendedMouseEvent, TRUE},
    {FreeRDP_HasRelativeMouseEvent, FALSE},

    /* channels: the pipeline's own, and no other */
    {FreeRDP_SupportDynamicChannels, TRUE},
    {FreeRDP_RedirectClipboard, FALSE},
    {FreeRDP_RedirectDrives, FALSE},
    {FreeRDP_RedirectHomeDrive, FALSE},
    {FreeRDP_RedirectPrinters, FALSE},
    {FreeRDP_RedirectSerialPorts, FALSE},
    {FreeRDP_RedirectParallelPorts, FALSE},
    {FreeRDP_RedirectSmartCards, FALSE},
    {FreeRDP_RedirectWebAuthN, FALSE},
    {FreeRDP_DeviceRedirection, FALSE},
    {FreeRDP_AudioPlayback, FALSE},
    {FreeRDP_AudioCapture, FALSE},
    {FreeRDP_RemoteConsoleAudio, FALSE},
    {FreeRDP_SupportVideoOptimized, FALSE},
    {FreeRDP_SupportGeometryTracking, FALSE},
    {FreeRDP_SupportEchoChannel, FALSE},
    {FreeRDP_SupportSSHAgentChannel, FALSE},
    {FreeRDP_SupportDisplayControl, FALSE},
    {FreeRDP_DynamicResolutionUpdate, FALSE},
    {FreeRDP_MultiTouchInput, FALSE},
    {FreeRDP_EncomspVirtualChannel, FALSE},
    {FreeRDP_RemdeskVirtualChannel, FALSE},
    {FreeRDP_LyncRdpMode, FALSE},
    {FreeRDP_RemoteApplicationMode, FALSE},
    {FreeRDP_RemoteAssistanceMode, FALSE},

    /* nothing of ours goes to a disk */
    {FreeRDP_TransportDump, FALSE},
    {FreeRDP_DumpRemoteFx, FALSE},
};

static const struct {
    FreeRDP_Settings_Keys_UInt32 key;
    UINT32 value;
} numbers[] = {
    {FreeRDP_TlsSecLevel, 2},
    {FreeRDP_MultitransportFlags, 0},
    {FreeRDP_ConnectionType, CONNECTION_TYPE_LAN},
    {FreeRDP_PerformanceFlags, PERF_ENABLE_FONT_SMOOTHING | PERF_ENABLE_DESKTOP_COMPOSITION},
    {FreeRDP_ColorDepth, 32},
    {FreeRDP_KeyboardHook, 0},
    {FreeRDP_GlyphSupportLevel, GLYPH_SUPPORT_NONE},
    {FreeRDP_OffscreenSupportLevel, 0},
    {FreeRDP_BrushSupportLevel, 0},
    {FreeRDP_FrameAcknowledge, 2},
    {FreeRDP_LargePointerFlag, LARGE_POINTER_FLAG_96x96},
    {FreeRDP_PointerCacheSize, 32},
    {FreeRDP_TcpConnectTimeout, 15000},
    {FreeRDP_TcpAckTimeout, 15000},
    {FreeRDP_OsMajorType, OSMAJORTYPE_UNIX},
    {FreeRDP_OsMinorType, OSMINORTYPE_NATIVE_XSERVER},
};

static const struct {
    FreeRDP_Settings_Keys_String key;
    const char *value;
} texts[] = {
    /* No such folder: FreeRDP keeps no store of its own. */
    {FreeRDP_ConfigPath, "/nonexistent"},
    {FreeRDP_HomePath, "/nonexistent"},
    {FreeRDP_CertificateAcceptedFingerprints, NULL},
    /* Tickets would need sockets; NTLM does not. */
    {FreeRDP_AuthenticationPackageList, "ntlm"},
    {FreeRDP_DrivesToRedirect, NULL},
};
/* clang-format on */

bool vdi_settings_fix(rdpSettings *settings)
{
    BOOL ok = freerdp_settings_set_uint16(settings, FreeRDP_TLSMinVersion, TLS_1_2);

    for (size_t i = 0; i < G_N_ELEMENTS(bools); i++) {
        ok = ok && freerdp_settings_set_bool(settings, bools[i].key, bools[i].value);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        ok = ok && freerdp_settings_set_uint32(settings, numbers[i].key, numbers[i].value);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ok = ok && freerdp_settings_set_string(settings, texts[i].key, texts[i].value);
    }
    return ok;
}

/* 100, 140 and 180 are all that [MS-RDPBCGR] 2.2.1.3.2 allows for a device. */
static UINT32 device_scale(uint32_t scale_percent)
{
    return scale_percent >= 180 ? 180 : scale_percent >= 140 ? 140 : 100;
}

bool vdi_settings_open(rdpSettings *settings, const VdiMessageOpen *open)
{
    return freerdp_settings_set_string(settings, FreeRDP_ServerHostname, open->host)
        && freerdp_settings_set_uint32(settings, FreeRDP_ServerPort, open->port)
        && freerdp_settings_set_string(settings, FreeRDP_Username, open->user)
        && freerdp_settings_set_string(
            settings, FreeRDP_Domain, *open->domain != '\0' ? open->domain : NULL)
        && freerdp_settings_set_string(settings, FreeRDP_Password, open->password)
        && freerdp_settings_set_bool(settings, FreeRDP_AutoLogonEnabled, *open->password != '\0')
        && freerdp_settings_set_uint32(settings, FreeRDP_DesktopWidth, open->width)
        && freerdp_settings_set_uint32(settings, FreeRDP_DesktopHeight, open->height)
        && freerdp_settings_set_uint32(settings, FreeRDP_DesktopScaleFactor, open->scale_percent)
        && freerdp_settings_set_uint32(
            settings, FreeRDP_DeviceScaleFactor, device_scale(open->scale_percent));
}

void vdi_settings_forget(rdpSettings *settings)
{
    char *password = freerdp_settings_get_string_writable(settings, FreeRDP_Password);

    if (password != NULL) {
        vdi_secret_wipe(password, strlen(password));
    }
    (void) freerdp_settings_set_string(settings, FreeRDP_Password, NULL);
}
