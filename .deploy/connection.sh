# Read by backup and restore: ends them in a sentence, and connects what they run to the database of DATABASE_URL, or of the
# file that DATABASE_URL_FILE names, without a password in the list of processes.

fail() {
	echo "$1" >&2
	exit 1
}

connect() {
	local url=${DATABASE_URL:-}
	if [ -z "$url" ] && [ -n "${DATABASE_URL_FILE:-}" ]; then
		[ -r "$DATABASE_URL_FILE" ] || fail "DATABASE_URL_FILE names $DATABASE_URL_FILE, which cannot be read."
		url=$(<"$DATABASE_URL_FILE")
	fi
	[ -n "$url" ] || fail "Set DATABASE_URL to the database's address. An embedded database is copied: stop the service, and copy DATA_DIR."
	if [[ $url =~ ^([a-z]+://[^/@?]*):([^/@?]*)@(.*)$ ]]; then
		local password=${BASH_REMATCH[2]//\\/\\\\}
		PGPASSWORD=$(printf '%b' "${password//%/\\x}")
		export PGPASSWORD
		url=${BASH_REMATCH[1]}@${BASH_REMATCH[3]}
	fi
	database=$url
}

need() {
	local program
	for program in "$@"; do command -v "$program" >/dev/null || fail "$program is missing: install PostgreSQL's client programs, of the server's version or a newer one."; done
}
