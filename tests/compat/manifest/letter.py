# SPDX-License-Identifier: Apache-2.0
"""Opens a letter as another mail program does, and compares it with what was written.

letter.py LETTER TEXT [BUNDLE]    TEXT: subject, empty line, text; BUNDLE: what must be attached
"""
import email
import email.policy
import sys

letter, text = sys.argv[1:3]
with open(letter, "rb") as file:
    raw = file.read()
with open(text, encoding="utf-8") as file:
    subject, body = file.read().split("\n\n", 1)
message = email.message_from_bytes(raw, policy=email.policy.strict.clone(raise_on_defect=True))
for part in message.walk():
    assert not part.defects, part.defects

known = {"From", "To", "Subject", "Date", "X-Unsent", "MIME-Version", "Content-Type",
         "Content-Transfer-Encoding"}
assert set(message.keys()) <= known, message.keys()
assert len(message.keys()) == len(set(message.keys())), "a header twice"
assert message["Subject"] == subject, message["Subject"]
assert message["Date"].datetime.isoformat() == "2026-11-22T08:00:00+00:00", message["Date"]
assert all(len(line) <= 78 for line in raw.split(b"\r\n")), "a line is too long"
assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")

main = message.get_body(("plain",))
assert main.get_content_charset() == "utf-8"
assert main.get_content().replace("\r\n", "\n") == body, main.get_content()
attached = list(message.iter_attachments())
if len(sys.argv) > 3:
    with open(sys.argv[3], "rb") as file:
        bundle = file.read()
    assert [part.get_filename() for part in attached] == ["example-corp.vdi"]
    assert attached[0].get_content_type() == "application/vnd.vigie.bundle"
    assert attached[0].get_content() == bundle
else:
    assert not attached
print("subject, text and attachment are what was written")
