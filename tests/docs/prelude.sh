# What the commands of a page run in. blocks.py runs it first.

set -eu -o pipefail
# A refusal is a failure here.
curl() { command curl --silent --show-error --fail "$@"; }
# By the address and port of each server its process, or the shell that runs it.
declare -A servers=()
authority_of() { local rest=${1#*://}; echo "${rest%%/*}"; }
# Where a server was started before, it ends: two cannot have one address.
free() {
    local at=$(authority_of "$1")
    if [ -n "${servers[$at]:-}" ]; then
        end "${servers[$at]}"
        wait "${servers[$at]}" || true
        unset "servers[$at]"
    fi
}
# A shell ends by itself when what it runs does.
end() {
    local child children=
    children=$(cat "/proc/$1/task/$1/children" 2>/dev/null) || true
    if [ -z "$children" ]; then
        kill "$1" 2>/dev/null || true
    fi
    for child in $children; do end "$child"; done
}
# What was started last is to answer there itself, and a server that can be asked for it to
# be ready.
wait_for() {
    local status
    servers[$(authority_of "$1")]=$!
    for _ in $(seq 1200); do
        kill -0 "$!" 2>/dev/null || break
        status=$(command curl --silent --output /dev/null --write-out '%{http_code}' "$1") || true
        case $1 in
            */health/ready) [[ $status != 2?? ]] || return 0 ;;
            *) [ "$status" = 000 ] || return 0 ;;
        esac
        sleep 0.1
    done
    echo "what was started does not answer on $1" >&2
    cat background-*.log >&2
    return 1
}
all_still_run() {
    local at
    for at in "${!servers[@]}"; do
        kill -0 "${servers[$at]}" || { echo "the server on $at has ended" >&2; return 1; }
    done
}
# Stands for the server that a page takes for granted, with the admin ada logged in.
with_server() {
    free "http://$SIGNET_LISTEN"
    rm -rf signet-dev
    unset NOT_MY_KEY_FILE
    signet serve --dev >background-server.log 2>&1 &
    wait_for "http://$SIGNET_LISTEN/health/ready"
    export SIGNET_DATA_DIR=signet-dev NOT_MY_KEY_FILE=signet-dev/master.key
    password=$(signet users create ada --email ada@example.com --role admin --json | jq -r .password)
    login=$(curl "http://$SIGNET_LISTEN/auth" -H 'content-type: application/json' \
        -d "{\"username\":\"ada\",\"password\":\"$password\"}")
    TOKEN=$(jq -r .access_token <<<"$login") REFRESH_TOKEN=$(jq -r .refresh_token <<<"$login")
}
# The same with keys that may follow each other as soon as the rules allow, which is 32 s
# after they were published.
with_quick_keys() {
    export SIGNET_JWKS_MAX_AGE=1s SIGNET_KEY_STALENESS=20s SIGNET_CLOCK_SKEW=1s
    with_server
}
with_usual_keys() { unset SIGNET_JWKS_MAX_AGE SIGNET_KEY_STALENESS SIGNET_CLOCK_SKEW; }
until_the_next_key_may_sign() {
    local published
    published=$(signet keys list --json | jq --raw-output '.[] | select(.state == "next").published_at')
    while [ "$(date +%s)" -lt $(($(date --date "$published" +%s) + 33)) ]; do sleep 0.2; done
}
# Stands for an installed PostgreSQL with a database of Signet's.
with_postgres() {
    local as=() folder programs=(/usr/lib/postgresql/*/bin)
    PATH=${programs[-1]}:$PATH
    folder=$(mktemp --directory -t signet-docs.XXXXXX)
    # It does not run as root.
    if [ "$(id -u)" = 0 ]; then
        chown nobody "$folder"
        as=(setpriv --reuid=nobody --clear-groups)
    fi
    (
        cd "$folder"
        "${as[@]}" initdb --pgdata=data --username=signet --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync
    ) >postgres.log
    # It ends, and goes, with this shell, however that ends.
    exec {postgres}> >(
        cd "$folder"
        exec setsid "${as[@]}" sh -c '
            postgres -D data -k "$PWD" -c listen_addresses= -c fsync=off >log 2>&1 &
            cat && kill -QUIT $! && wait $!
            rm -rf "$PWD"'
    )
    export PGHOST=$folder PGUSER=signet
    for _ in $(seq 600); do pg_isready --quiet && break; sleep 0.1; done
    createdb of-signet
    export SIGNET_DATABASE_URL="postgres://signet@localhost/of-signet?host=$folder"
    signet migrate
}
