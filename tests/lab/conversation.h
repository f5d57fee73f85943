/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/lab/operation.h"
#include "tests/lab/server.h"

/* The broker's half of the conversation: one POST in, all its operations answered in one document.
 * Written from the observable behaviour of a client; test code, and no product. */

/* `reply` is the answer to a POST to /broker/xml. One log line an operation. */
void lab_conversation_answer(LabBroker *broker, const LabRequest *request, LabReply *reply);
