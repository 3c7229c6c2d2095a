# Read by ./run and ./test, in the project's folder. Makes everything ready: the system libraries Qt needs, a
# Python, uv (in .boot/, for this project alone) and the locked packages (in .venv/). When nothing has changed
# since the last start it only compares checksums. Speaks on stderr, so that ./run ... --json stays clean.

UV_VERSION=0.13.9

say() { printf '· %s\n' "$*" >&2; }
stop() { printf '%s\n' "$*" >&2; exit 3; }

# Somebody else's environment must not leak into ours.
unset PYTHONHOME PYTHONPATH UV_PROJECT_ENVIRONMENT VIRTUAL_ENV
ROOT=$(pwd -P)

# Offices whose proxy looks into traffic put its certificate among the system's: pip and uv go by those.
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    export PIP_CERT="${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}"
    export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi

# --- System libraries -------------------------------------------------------------------------------------

# Each library beside the Debian package that holds it. A real window needs more than drawing off screen.
offscreen_libraries() {
    cat <<'END'
libEGL.so.1 libegl1
libGL.so.1 libgl1
libglib-2.0.so.0 libglib2.0-0
libxkbcommon.so.0 libxkbcommon0
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
END
}
window_libraries() {
    cat <<'END'
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
END
}

# What only tests want: a screen without a monitor, a window manager, somebody who types, a second reader of bar codes.
missing_test_tools() {
    case $(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) in *libzbar.so.0*) ;; *) printf ' libzbar0' ;; esac
    for pair in Xvfb:xvfb setxkbmap:x11-xkb-utils openbox:openbox xdotool:xdotool; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || printf ' %s' "${pair#*:}"
    done
}

# The Debian packages whose library is not there; $1 is "window" or "offscreen".
missing_packages() {
    there=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 0
    { offscreen_libraries; [ "$1" = offscreen ] || window_libraries; } | while read -r library package; do
        case $there in *"$library"*) ;; *) printf ' %s' "$package" ;; esac
    done
}

may_install() { command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

# Installs Debian packages where that is allowed; elsewhere ends with the one line to copy.
install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        stop "MuniAdmin needs libraries of the system. On Debian and Ubuntu their packages are: $*"
    elif [ "$(id -u)" = 0 ]; then as_root=
    elif sudo -n true 2>/dev/null; then as_root=sudo
    else stop "MuniAdmin needs packages of the system. Please run this line once, then start again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    fi
    say "installing packages of the system: $*"
    quietly $as_root apt-get -qq -o DPkg::Lock::Timeout=600 update ||
        say "the list of packages could not be renewed; going on with the one there is"
    quietly $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
        install -y --no-install-recommends "$@" || stop "These packages could not be installed: $*"
}

# Shows what a command said only when it fails.
quietly() {
    said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
}

# --- Python and uv ----------------------------------------------------------------------------------------

# What an interpreter must be able to import.
NEEDED="import ctypes, ensurepip, fcntl, sqlite3, ssl, venv"

# Asks an interpreter for its own path; empty when it does not fit. A name on PATH may be a shim that fails.
working_python() {
    "$1" -c "$2
"'import sys
if (3, 11) <= sys.version_info[:2] < (3, 15): print(getattr(sys, "_base_executable", "") or sys.executable)
' 2>/dev/null || true
}

# Sets PY to a working Python 3.11-3.14 that can do the imports $1; the one .venv already uses comes first.
find_python() {
    for name in .venv/bin/python python3.13 python3.12 python3.11 python3.14 python3 \
        /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3; do
        command -v "$name" >/dev/null 2>&1 || continue
        PY=$(working_python "$name" "$1")
        [ -z "$PY" ] || return 0
    done
    return 1
}

# Sets UV to one that is new enough: the user's own, or one of our own in .boot/.
find_uv() {
    UV=$(command -v uv 2>/dev/null) || UV=
    case $("${UV:-false}" --version 2>/dev/null) in "uv 0.9."* | "uv 0."[1-9][0-9]* | "uv "[1-9]*) return ;; esac
    UV=$ROOT/.boot/bin/uv
    case $("$UV" --version 2>/dev/null) in "uv $UV_VERSION "* | "uv $UV_VERSION") return ;; esac
    say "fetching uv $UV_VERSION into .boot/"
    "$PY" -m venv --clear .boot/uv >&2 &&
        .boot/uv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check "uv==$UV_VERSION" >&2 &&
        mkdir -p .boot/bin && ln -sf ../uv/bin/uv .boot/bin/uv ||
        stop "uv could not be fetched: the first start needs the network."
}

# --- The environment --------------------------------------------------------------------------------------

# What .venv was made from; a folder that was moved or copied counts as changed.
fingerprint() { { printf '%s\n' "$ROOT"; cat uv.lock pyproject.toml scripts/setup.sh scripts/build_hook.py; } | cksum; }

is_ready() { [ -x .venv/bin/python ] && [ "$(cat .venv/ready 2>/dev/null)" = "$(fingerprint)" ]; }

make_ready() (
    # One at a time: the lock is let go when this subshell ends, whatever ends it.
    "$PY" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' || exit 3
    ! is_ready || exit 0
    find_uv
    [ -w "${HOME:-/nonexistent}" ] || export UV_CACHE_DIR="$ROOT/.boot/cache"
    export UV_PYTHON_DOWNLOADS=never UV_PYTHON="$PY"
    # Scripts in .venv/bin name their folder: after a move the environment is made anew.
    case $(cat .venv/place 2>/dev/null) in "$ROOT" | "") ;; *) rm -rf .venv ;; esac
    say "putting the locked packages into .venv/ (the first time about 250 MB are fetched)"
    [ -t 2 ] || quiet=--quiet
    "$UV" sync --locked ${quiet:-} >&2 ||
        stop "The packages could not be installed: see above. The first start needs the network."
    printf '%s\n' "$ROOT" >.venv/place
    fingerprint >.venv/ready
) 9>.boot/lock

# Writes each translation catalogue that is newer than its compiled form.
compile_catalogues() {
    for po in resources/locale/*/LC_MESSAGES/*.po; do
        mo=${po%.po}.mo
        [ -e "$po" ] && { [ ! -e "$mo" ] || [ "$po" -nt "$mo" ]; } || continue
        .venv/bin/python scripts/catalogues.py compile
        return
    done
}

# The whole of it. $1 is "window" when a real window will be opened, "tests" for what tests want beside: it is installed
# where that needs no question, and without it they are skipped by name; else "offscreen".
set_up() {
    mkdir -p .boot
    packages=
    if [ "$(uname)" = Linux ]; then
        libraries=$1
        tools=
        if [ "$1" = tests ]; then
            libraries=offscreen
            tools=$(missing_packages window; missing_test_tools)
        fi
        packages=$(missing_packages "$libraries")
        if may_install; then
            [ -z "$tools" ] || packages=$tools
        elif [ -n "$tools" ]; then
            say "some tests are skipped without the packages$tools"
        fi
    fi
    # Debian's Python comes without venv unless asked.
    is_ready || find_python "$NEEDED" || ! find_python "import sys" || packages="$packages python3-venv"
    # shellcheck disable=SC2086 # One word a package.
    [ -z "$packages" ] || install_packages $packages
    if ! is_ready; then
        find_python "$NEEDED" || stop "MuniAdmin needs Python 3.11, 3.12, 3.13 or 3.14, with venv and sqlite3."
        say "using $("$PY" --version) ($PY)"
        make_ready || exit
    fi
    compile_catalogues
    PATH="$ROOT/.venv/bin:$PATH"
    export PATH
}
