# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The lab's authority and what it signed, in $dir/lab/certificates; made on the spot, P-256.

new_key()
{
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>>"$openssl_log"
}

# new_authority NAME SUBJECT
new_authority()
{
    new_key "$certificates/$1.key"
    openssl req -x509 -new -key "$certificates/$1.key" -subj "$2" -days 30 \
        -addext 'keyUsage = critical, keyCertSign, cRLSign' \
        -out "$certificates/$1.pem" 2>>"$openssl_log"
}

# new_certificate NAME AUTHORITY FROM TO COMMON-NAME ALTERNATIVE-NAMES: times as YYMMDDHHMMSSZ,
# through "openssl ca", the one command that takes them in every release.
new_certificate()
{
    new_key "$certificates/$1.key"
    cat >"$certificates/$1.cnf" <<CONFIGURATION
[ca]
default_ca = lab
[lab]
database = $certificates/$1.index
rand_serial = yes
new_certs_dir = $certificates
default_md = sha256
policy = any
unique_subject = no
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
subjectAltName = $6
[req]
distinguished_name = name
[name]
CONFIGURATION
    : >"$certificates/$1.index"
    openssl req -new -config "$certificates/$1.cnf" -key "$certificates/$1.key" -subj "/CN=$5" \
        -out "$certificates/$1.csr" 2>>"$openssl_log"
    openssl ca -batch -notext -config "$certificates/$1.cnf" -cert "$certificates/$2.pem" \
        -keyfile "$certificates/$2.key" -startdate "$3" -enddate "$4" \
        -in "$certificates/$1.csr" -out "$certificates/$1.pem" >>"$openssl_log" 2>&1
}

make_certificates()
{
    certificates=$dir/lab/certificates
    openssl_log=$dir/lab/log/openssl.log
    loopback='IP:127.0.0.1, DNS:localhost'
    mkdir -m 0700 "$certificates"
    from=$(date -u -d '1 day ago' +%y%m%d%H%M%SZ)
    to=$(date -u -d '29 days' +%y%m%d%H%M%SZ)
    gone=$(date -u -d '1 hour ago' +%y%m%d%H%M%SZ)
    new_authority ca '/O=Vigie lab/CN=Lab authority'
    cp "$certificates/ca.pem" "$dir/ca.pem"
    new_certificate "web" ca "$from" "$to" 127.0.0.1 "$loopback"
    # RDP clients look for an address in the common name.
    new_certificate desktop ca "$from" "$to" 127.0.0.1 "$loopback"
    case $certificate in
    good) new_certificate broker-good ca "$from" "$to" 127.0.0.1 "$loopback" ;;
    expired) new_certificate broker-expired ca "$from" "$gone" 127.0.0.1 "$loopback" ;;
    other-name)
        new_certificate broker-other-name ca "$from" "$to" broker.invalid DNS:broker.invalid
        ;;
    other-ca)
        new_authority other-ca '/O=Somebody else/CN=Another authority'
        new_certificate broker-other-ca other-ca "$from" "$to" 127.0.0.1 "$loopback"
        ;;
    esac
}
