/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/conversation.h"

#include "base/text.h"
#include "tests/lab/document.h"

static void log_operation(LabTurn *turn, unsigned session, const xmlNode *node, const char *result)
{
    g_autofree char *name = vdi_text_clean((const char *) node->name);
    g_autofree char *line = g_strdup_printf("request=%u session=%u operation=%s result=%s %s",
        turn->broker->n_requests, session, name, result, turn->detail->str);

    lab_server_log(turn->broker->server, g_strchomp(line));
    g_string_truncate(turn->detail, 0);
}

/* One failure, above all operations: none of them was looked at. */
static void refuse_all(LabTurn *turn, const xmlNode *root, const char *code, const char *message)
{
    const xmlNode *node = lab_node_next(root->children, NULL);

    g_string_append(turn->out, "<result>error</result>");
    lab_write_text(turn->out, "error-code", code);
    lab_write_text(turn->out, "error-message", message);
    for (; node != NULL; node = lab_node_next(node->next, NULL)) {
        g_string_printf(turn->detail, "code=%s", code);
        log_operation(turn, turn->session->number, node, "error");
    }
}

static bool knows_all(const LabTurn *turn, const xmlNode *root)
{
    const xmlNode *node = lab_node_next(root->children, NULL);

    while (node != NULL && lab_operation_find((const char *) node->name, turn->version) != NULL) {
        node = lab_node_next(node->next, NULL);
    }
    return node == NULL;
}

static void answer_all(LabTurn *turn, const xmlNode *root)
{
    unsigned session = turn->session->number;
    const xmlNode *node = lab_node_next(root->children, NULL);

    for (; node != NULL; node = lab_node_next(node->next, NULL)) {
        const LabOperation *operation =
            lab_operation_find((const char *) node->name, turn->version);

        log_operation(turn, session, node, lab_operation_answer(operation, turn, node));
    }
}

static int read_version(const xmlNode *root)
{
    const xmlAttr *version = xmlHasProp(root, (const xmlChar *) "version");

    return version != NULL && version->children != NULL
        ? lab_version_read((const char *) version->children->content)
        : -1;
}

static void answer_document(LabTurn *turn, const xmlNode *root)
{
    int highest = (int) turn->broker->scenario->version;

    g_string_append_printf(
        turn->out, "<?xml version=\"1.0\"?><broker version=\"%d.%d\">", highest / 10, highest % 10);
    if (turn->version < 0 || turn->version > highest) {
        refuse_all(turn, root, "UNSUPPORTED_VERSION", "This version is not spoken here.");
    } else if (!knows_all(turn, root)) {
        refuse_all(turn, root, "INVALID_REQUEST", "This version knows no such operation.");
    } else {
        answer_all(turn, root);
    }
    g_string_append(turn->out, "</broker>");
}

void lab_conversation_answer(LabBroker *broker, const LabRequest *request, LabReply *reply)
{
    g_autoptr(LabDocument) document = lab_document_parse(request->body);
    g_autoptr(GString) detail = g_string_new(NULL);
    bool is_new = false;

    broker->n_requests++;
    if (document == NULL) {
        reply->status = 400;
        lab_server_log(broker->server, "not a broker's request");
        return;
    }
    const xmlNode *root = xmlDocGetRootElement(document);
    LabTurn turn = {.broker = broker,
        .session = lab_sessions_open(broker->sessions, lab_request_cookie(request, LAB_COOKIE),
            g_get_monotonic_time(), &is_new),
        .version = read_version(root),
        .out = reply->body,
        .detail = detail};

    if (is_new) {
        g_autofree char *cookie = g_strdup_printf(
            "%s=%s; Path=/broker; Secure; HttpOnly", LAB_COOKIE, turn.session->cookie);

        lab_reply_header(reply, "Set-Cookie", cookie);
    }
    lab_reply_header(reply, "Content-Type", "text/xml; charset=UTF-8");
    answer_document(&turn, root);
    lab_faults_reply(broker->faults, broker->n_requests, reply);
}
