# Read by backup and restore: ends them in a sentence, and connects what they run to the service's database: the server itself, at
# DATABASE_LISTEN_URL or else DATABASE_URL, or what the file holds that the same name with _FILE behind it names. No password of the
# URL is in the list of processes.

fail() {
	echo "$1" >&2
	exit 1
}

# Sets `url` to the secret of that name, or to nothing.
read_secret() {
	local file=${1}_FILE
	url=${!1:-}
	file=${!file:-}
	[ -n "$file" ] || return 0
	[ -z "$url" ] || fail "$1 and ${1}_FILE must not both be set."
	[ -r "$file" ] || fail "${1}_FILE names $file, which cannot be read."
	url=$(<"$file")
	url=${url%$'\r'}
	[ -n "$url" ] || fail "${1}_FILE names $file, which is empty."
}

# Sets `decoded` to the text without percent-encoding. Fails on a % that encodes nothing.
decode() {
	[[ ! $1 =~ %($|[^0-9A-Fa-f]|.$|.[^0-9A-Fa-f]) ]] || return 1
	local text=${1//\\/\\\\}
	printf -v decoded '%b' "${text//%/\\x}"
}

connect() {
	local url name=DATABASE_LISTEN_URL decoded
	read_secret "$name"
	[ -n "$url" ] || { name=DATABASE_URL && read_secret "$name"; }
	[ -n "$url" ] || fail "Set DATABASE_URL to the database's address. An embedded database is copied: stop the service, and copy DATA_DIR."
	local elsewhere="$name has a password that would be in the list of processes: write it as postgresql://user:password@host, or leave it to PGPASSWORD or PGPASSFILE."
	case $url in
		socket:*) fail "$name is of a form that PostgreSQL's programs do not read: write it as postgresql:///database?host=/folder." ;;
		postgresql://* | postgres://*)
			[[ $url =~ ^(postgres(ql)?://)(([^:/?@]*)(:([^/?@]*))?@)?([^@]*)$ ]] ||
				fail "$name has an @, / or ? that is not percent-encoded in its user, its password or its parameters."
			local scheme=${BASH_REMATCH[1]} account=${BASH_REMATCH[3]} user=${BASH_REMATCH[4]} password=${BASH_REMATCH[6]} rest=${BASH_REMATCH[7]}
			decode "$rest" || fail "$name has a % that encodes nothing: write it as %25."
			[[ ! $decoded =~ [?\&](ssl)?password= ]] || fail "$elsewhere"
			if [ -n "$password" ]; then
				decode "$password" || fail "$name has a % that encodes nothing: write it as %25."
				export PGPASSWORD=$decoded
			fi
			database=$scheme${account:+$user@}$rest
			;;
		*)
			[[ ! $url =~ password[[:space:]]*= ]] || fail "$elsewhere"
			database=$url
			;;
	esac
	# Without a file the service trusts the authorities that are known; libpq does from version 16 on.
	if [[ $database =~ sslmode[[:space:]]*=[[:space:]]*\'?verify-full && ! $database =~ sslrootcert && ! -e ~/.postgresql/root.crt ]]; then
		export PGSSLROOTCERT=${PGSSLROOTCERT:-system}
	fi
	refuse_pooler "$name"
}

sql() { psql --no-psqlrc --quiet --tuples-only --no-align --no-password --set=ON_ERROR_STOP=1 --dbname="$database" "$@"; }

# A pooler that hands the server's sessions on after each transaction would hand on what pg_dump and pg_restore set for theirs, such
# as an empty search_path. There, one of two connections is seen to move to another session, or both to have the same.
refuse_pooler() {
	local own="select pg_backend_pid()" others sessions
	# shellcheck disable=SC2016 # the shell that psql starts reads it
	others='\! psql --no-psqlrc --quiet --tuples-only --no-align --no-password --dbname="$database" --command="select '"'other', pg_backend_pid()"'"'
	export database
	sessions=$(sql --command="$own" --command="$others" --command="$own" --command="$others" --command="$own") || fail "$1 cannot be connected to."
	awk -F'|' 'NF == 1 { own[$1] } NF == 2 { other[$2] } END { for (pid in own) { if (n++ || pid in other) exit 1 } }' <<<"$sessions" ||
		fail "$1 is of a pooler in transaction mode, whose other clients would fail: set DATABASE_LISTEN_URL to the server itself, not the pooler."
}

need() {
	local program
	for program in "$@"; do command -v "$program" >/dev/null || fail "$program is missing: install PostgreSQL's client programs, of the server's version or a newer one."; done
}
