#!/usr/bin/env bash
# Pulls the figures of a reporting period, as a service client with the scope reports.read. Needs curl only.
#
#   KSTT_URL=http://127.0.0.1:8080 KSTT_CLIENT_ID=… KSTT_CLIENT_SECRET=… \
#     ./pull_figures.sh 2019-Q1 06/VPCP/KSTT figures.csv
#
# Prints how the reports of all forms stand, a line for each level, and writes the sums of one form as CSV.
# Exits 0 when all was pulled, 1 with a sentence when it was not.
set -euo pipefail

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

[[ $# -eq 3 ]] || die "usage: pull_figures.sh PERIOD FORM FILE.csv"
: "${KSTT_URL:?is not set}" "${KSTT_CLIENT_ID:?is not set}" "${KSTT_CLIENT_SECRET:?is not set}"
period=$1 form=$2 file=$3
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# member NAME: the first text of that name in a JSON answer.
member() { sed -nE "s/\"$1\":\"([^\"]*)\".*/\n\1/; s/.*\n//p" "$answer"; }

# fetch PATH [curl options …]: the answer is in the file. curl itself waits as long as Retry-After of a 429 or 503
# says, and asks again. Anything else than 200 ends the script with what the problem says.
fetch() {
  local path=$1 status said
  shift
  status=$(curl -sS --retry 5 --retry-max-time 300 --max-time 60 -H 'Accept-Language: en' \
    -o "$answer" -w '%{http_code}' "$@" "$KSTT_URL$path") || die "Not pulled: the server does not answer."
  [[ $status == 200 ]] && return
  said=$(member detail)
  [[ -n $said ]] || said=$(member title)
  die "$path: ${said%.} ($status $(member code), trace $(member trace_id))."
}

# Neither the secret nor the token stands on a command line, where others could read it.
printf '{"grant_type": "client_credentials", "client_id": "%s", "client_secret": "%s"}' \
  "$KSTT_CLIENT_ID" "$KSTT_CLIENT_SECRET" |
  fetch /v1/auth/token -H 'Content-Type: application/json' --data-binary @-
token=$(member access_token)

ask() { fetch "$@" --config - <<<"header = \"Authorization: Bearer $token\""; }

ask "/v1/reporting-periods/$period/status"
sed -E 's/.*"levels":\[([^]]*)\].*/\1/; s/\},\{/\n/g; s/[{}"]//g; s/,/  /g' "$answer"
echo

ask "/v1/reporting-periods/$period/roll-up/export" --get --data-urlencode "form=$form" -d format=csv
cp "$answer" "$file"
echo "written: $file ($(($(wc -l <"$file") - 1)) rows)"
