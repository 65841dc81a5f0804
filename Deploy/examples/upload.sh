#!/bin/sh
# Signs a batch and uploads it: upload.sh BATCH KEYFILE URL. Needs openssl and curl.
# Prints the receipt and ends with 0, or the problem with 1. After a failure of the network the same may be done
# again: a batch that had arrived gets its first receipt.
set -eu

batch=$1
keyfile=$2
url=$3

# A member of the key file, which is a JWK: {"kty":"oct","kid":…,"alg":"HS256","k":…}.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$keyfile"; }
base64url() { openssl base64 -A | tr '/+' '_-' | tr -d '='; }

case $batch in
*.csv) type=text/csv ;;
*) type=application/x-ndjson ;;
esac

# A detached JWS over the exact bytes: what is signed is the header, a dot, and the file.
header=$(printf '{"alg":"HS256","kid":"%s","b64":false,"crit":["b64"]}' "$(member kid)" | base64url)
hex=$(printf '%s=' "$(member k | tr '_-' '/+')" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
tag=$({ printf '%s.' "$header"; cat "$batch"; } |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | base64url)

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
status=$(curl --silent --show-error --output "$answer" --write-out '%{http_code}' --data-binary "@$batch" \
    --header "Content-Type: $type" --header "Settled-Signature: $header..$tag" "$url/v1/batches")
cat "$answer"
echo
[ "$status" = 200 ] || [ "$status" = 201 ]
