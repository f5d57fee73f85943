#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The broker's manners, good and bad.
set -eu
. "$(dirname "$0")/checks.sh"

RIGHT='s3cret&amp;&lt;&gt;'
OFFICE=cn=office,ou=applications,dc=vdi
SIGNED_IN='<submit-authentication><result>ok</result>'
REFUSED='<value>Unknown user name or bad password.</value>'
NOT_YET='<tunnel-connection><result>notexecuted</result></tunnel-connection><desktops><result>notexecuted</result></desktops>'
NOT_AUTHENTICATED='<error-code>NOT_AUTHENTICATED</error-code>'

# scenario KEY=VALUE…: the lab's own, with other manners.
scenario()
{
    cp "$here/scenario.ini" "$scratch/scenario.ini"
    for change; do
        sed -i "s|^${change%%=*} = *.*|${change%%=*} = ${change#*=}|" "$scratch/scenario.ini"
    done
}

again()
{
    lab_down
    rm -f "$jar"
    lab_up --no-desktops --scenario "$scratch/scenario.ini" "$@"
}

begin()
{
    rm -f "$jar"
    post "$FIRST_POST" >/dev/null
}

scenario
again
holds "a session has a cookie that only this broker gets" says "$(post "$FIRST_POST")$(cat "$jar")" JSESSIONID
holds "a wrong password is asked for again" says "$(post "$(password ada wrong)")" "$REFUSED"
holds "and the rest of the request is not executed" says "$(post "$(password ada wrong)")" "$NOT_YET"
begin
holds "a broker of 1.0 knew no such word" \
    says "$(post "$(password ada wrong | sed 's/"4.5"/"1.0"/')")" "<desktops><result>error</result>$NOT_AUTHENTICATED"
post "$(password ada wrong)" >/dev/null
holds "the third wrong password ends the conversation" \
    says "$(post "$(password ada wrong)")" '<error-code>AUTHENTICATION_FAILED</error-code>'
holds "an unknown user is refused in the same words" says "$(begin; post "$(password eve "$RIGHT")")" "$REFUSED"
holds "the right password after a wrong one signs in" says "$(post "$(password ada "$RIGHT")")" "$SIGNED_IN"
holds "who is signed in is not asked again" \
    says "$(post "$FIRST_POST")" '<error-code>ALREADY_AUTHENTICATED</error-code>'
holds "a desktop without a machine is not available" \
    says "$(post "$(connection "$OFFICE")")" '<error-code>DESKTOP_NOT_AVAILABLE</error-code>'
holds "a desktop of nobody is not handed out" \
    says "$(post "$(connection cn=none)")" '<error-code>NOT_ENTITLED</error-code>'
holds "log-out is answered" \
    says "$(post '<broker version="4.5"><do-logout/></broker>')" '<logout><result>ok</result></logout>'
holds "and forgets" says "$(post "$(connection "$OFFICE")")" "$NOT_AUTHENTICATED"
printf '127.0.0.1\tFALSE\t/broker\tTRUE\t0\tJSESSIONID\tNOBODYS\n' >"$jar"
holds "a cookie of nobody gets nothing" says "$(post "$(connection "$OFFICE")")" "$NOT_AUTHENTICATED"
holds "a list is for those who signed in" \
    says "$(begin; post '<broker version="4.5"><get-desktops/></broker>')" "$NOT_AUTHENTICATED"
holds "an answer to another question fails" \
    says "$(begin; post "$(screen disclaimer "$(param accept true)")")" '<error-code>AUTHENTICATION_FAILED</error-code>'
holds "an entitlement is a person's own" says_not \
    "$(begin; post "$(password grace 'B0und-by nothing')")" Engineering
holds "a version above is not spoken" says "$(begin; post '<broker version="9.0"><get-configuration/></broker>')" \
    '<broker version="4.5"><result>error</result><error-code>UNSUPPORTED_VERSION</error-code>'
holds "nor are operations of later versions" \
    says "$(post '<broker version="4.5"><get-launch-items/></broker>')" '<broker version="4.5"><result>error</result>'
holds "GET is 404" is "$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$(member ca)" "$(member broker)/broker/xml")" 404
holds "what is no broker's request is 400" is "$(printf '<html/>' |
    curl -sS -o /dev/null -w '%{http_code}' --cacert "$(member ca)" --data-binary @- "$(member broker)/broker/xml")" 400
holds "the log has a line an operation and no password" \
    grep -q 'operation=do-submit-authentication result=ok screen=windows-password username="ada" password=\*\*\* domain="LAB"' \
    "$(member broker_log)"

scenario 'screens=disclaimer;securid-passcode;securid-nexttokencode;windows-password;windows-password-expired' version=9.0
again
chain()
{
    post "$FIRST_POST"
    post "$(screen disclaimer "$(param accept true)")"
    post "$(screen securid-passcode "$(param username ada)" "$(param passcode 123456)")"
    post "$(screen securid-nexttokencode "$(param tokencode 654321)")"
    post "$(password ada "$RIGHT")"
    post "$(screen windows-password-expired "$(param oldPassword "$RIGHT")" "$(param newPassword1 New1)" "$(param newPassword2 New1)")"
}
holds "a chain of screens is walked to its end" says "$(chain)" "$SIGNED_IN"
holds "from 9.0 on, the list is of launch items" \
    says "$(post '<broker version="9.0"><get-launch-items><desktops/></get-launch-items></broker>')" \
    '<launch-items><result>ok</result><desktops><desktop>'

scenario idle-seconds=0
again
holds "a session that is silent too long is forgotten" \
    says "$(begin; post "$(password ada "$RIGHT")"; post "$(connection "$OFFICE")")" "$NOT_AUTHENTICATED"

# fault TEXT: what the broker answers to a sign-in and to a connection
with_fault()
{
    again --fault "$1"
    begin
    post "$(password ada "$RIGHT")" || true
    post "$(connection "$OFFICE")" || true
}
scenario
holds "fault html" says "$(with_fault html 2>&1)" '<h1>Welcome</h1>'
holds "fault status-503" says "$(with_fault status-503 2>&1)" 'Service Unavailable'
holds "fault truncated" says_not "$(with_fault truncated 2>&1)" '</broker>'
holds "fault cut" says "$(with_fault cut 2>&1)" 'curl: (18)'
holds "fault doctype" says "$(with_fault doctype 2>&1)" '<!DOCTYPE broker'
holds "fault tunnel" says "$(with_fault tunnel 2>&1)" '<bypass-tunnel>false</bypass-tunnel>'
holds "fault unavailable" says "$(with_fault unavailable 2>&1)" 'No machine is free.'
holds "a fault of one request leaves the others alone" says "$(with_fault html@1 2>&1)" "$SIGNED_IN"
again --fault redirect
holds "fault redirect" says "$(printf '%s' "$FIRST_POST" |
    curl -sSi --cacert "$(member ca)" --data-binary '@-' "$(member broker)/broker/xml")" 'Location: https://127.0.0.2/broker/xml'
again --fault slow=60000
holds "fault slow" is "$(printf '%s' "$FIRST_POST" | curl -s --max-time 1 -o /dev/null --cacert "$(member ca)" \
    --data-binary '@-' "$(member broker)/broker/xml" || echo $?)" 28
holds "a late answer does not keep the broker from its end" lab_down
holds "an unknown fault is refused" is "$(again --fault nonsense >/dev/null 2>&1 || echo $?)" 69

# curl's 60: the certificate was not believed.
for which in expired other-ca other-name; do
    again --certificate "$which"
    holds "the certificate $which is not believed" is "$(post "$FIRST_POST" 2>/dev/null || echo $?)" 60
done
finish
