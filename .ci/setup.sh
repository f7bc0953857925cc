# shellcheck shell=sh
# What `try` and `test` share: tshark, and a .venv that holds the app. Each is put in place only where it is missing, so
# that a second run costs some hundredths of a second. Sourced with $root set to the checkout; then call `set_up app`,
# or `set_up dev` for the app and the tools of its `dev` dependency group. What it cannot do it says, with status 2.

venv=${root:?is the checkout}/.venv
log=$venv/set-up.log
under_way=$venv/.set-up-under-way # holds a process number; found without that process, it tells of an interrupted run
is_mine=

set_up() {
    unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE # what is compiled once is not compiled again by each process
    mkdir -p "$venv" 2>/dev/null || fail "$root cannot be written to; clone into a folder of yours, and run this there."
    need_tshark
    [ "$1" != dev ] || want_chromium
    is_set_up "$1" && return
    take_turn
    is_set_up "$1" || fill_venv "$1"
    rm -f "$under_way"
    is_mine=
    trap - INT TERM HUP
}

say() { printf 'tcpladder: %s\n' "$*"; }

fail() {
    [ -z "$is_mine" ] || rm -f "$under_way"
    say "$*" >&2
    exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command without a word; if it fails, shows the end of what it said.
quietly() {
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 15 "$log" >&2
        return 1
    }
}

# --- what comes from the system's package manager ---

need_tshark() {
    has tshark && return
    [ -x /Applications/Wireshark.app/Contents/MacOS/tshark ] && return
    if has apt-get; then
        apt_install tshark
        by_hand="apt-get install tshark, as root"
    elif has dnf; then
        announce dnf wireshark-cli
        quietly as_root dnf install -y wireshark-cli
        by_hand="dnf install wireshark-cli, as root"
    elif has pacman; then
        announce pacman wireshark-cli
        quietly as_root pacman -Sy --noconfirm wireshark-cli
        by_hand="pacman -Sy wireshark-cli, as root"
    elif has brew; then
        announce brew wireshark
        quietly brew install wireshark
        by_hand="brew install wireshark"
    else
        by_hand="your package manager's command for Wireshark's tshark"
    fi
    has tshark || fail "tshark is missing and was not installed; type: $by_hand; then run this again."
}

# What is shown in a browser is tested in Chromium; without it that test is left out.
want_chromium() {
    has chromium || ! has apt-get || apt_install chromium || say "Chromium was not installed: its test is left out"
}

apt_install() {
    announce apt-get "$1"
    tries=24 # apt-get waits for dpkg's lock but not for that of the lists
    until as_root apt-get update >"$log" 2>&1 </dev/null; do
        tries=$((tries - 1))
        { [ "$tries" -gt 0 ] && grep -q lists/lock "$log"; } || break # the lists that were there may be enough
        sleep 5
    done
    quietly as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$1"
}

announce() {
    if [ "$1" != brew ] && [ "$(id -u)" -ne 0 ] && has sudo; then set -- "sudo $1" "$2"; fi
    say "installing $2 with $1"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has sudo; then
        sudo "$@"
    else
        printf 'only root can install, and there is no sudo here\n' >&2
        return 1
    fi
}

# --- .venv ---

# One set-up at a time in a checkout; what an interrupted one left is thrown away.
take_turn() {
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    waiting=
    until (set -C && echo $$ >"$under_way") 2>/dev/null; do
        other=$(cat "$under_way" 2>/dev/null)
        if kill -0 "$other" 2>/dev/null; then
            [ -n "$waiting" ] || say "waiting for another set-up of this checkout (process $other)"
            waiting=yes
            sleep 1
        else
            say "clearing .venv, which an interrupted set-up left half made"
            empty_venv
            rm -f "$under_way"
        fi
    done
    is_mine=yes
}

empty_venv() {
    rm -rf "${venv:?}"/* || fail ".venv cannot be emptied; type: sudo rm -rf '$venv'; then run this again."
}

is_set_up() { [ -x "$venv/bin/python" ] && [ "$(cat "$venv/set-up-for-$1" 2>/dev/null)" = "$(fingerprint)" ]; }

# Changes with whatever an installed .venv depends on: where it is, what is to be installed, and the Python.
fingerprint() {
    printf '%s\n' "$root"
    cat "$root/pyproject.toml" "$root/tcpladder/__init__.py" | cksum
    identity "${PYTHON:-$venv/bin/python}"
}

identity() { "$1" -S -c 'import sys; print(sys.base_prefix, sys.version)' 2>/dev/null; }

fill_venv() {
    rm -f "$venv"/set-up-for-*
    is_usable || make_venv
    say "installing the Python packages into .venv (130 MB the first time)"
    quietly pip install 'pip>=25.1' ||
        fail "pip could not be renewed: see above (is the network there?); then run this again."
    if [ "$1" = dev ]; then
        set -- app dev
        quietly pip install --editable . --group dev
    else
        set -- app
        quietly pip install --editable .
    fi || fail "the Python packages could not be installed: see above (is the network there?); then run this again."
    for purpose in "$@"; do fingerprint >"$venv/set-up-for-$purpose"; done
}

pip() { (cd "$root" && PIP_USER=0 "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"); }

# It works, it is where it was made (its programs name their Python by path), and it is of the Python asked for.
is_usable() {
    [ -x "$venv/bin/python" ] && is_new_enough "$venv/bin/python" && "$venv/bin/python" -c 'import pip' 2>/dev/null &&
        grep -qF -e "$venv/bin/python" "$venv/bin/pip" 2>/dev/null &&
        { [ -z "${PYTHON:-}" ] || [ "$(identity "$PYTHON")" = "$(identity "$venv/bin/python")" ]; }
}

make_venv() {
    python=$(find_python)
    [ -n "$python" ] || fail "Python 3.11 or newer is needed, and ${PYTHON:-python3} is older or missing; install it" \
        "or say where it is: PYTHON=/path/to/python3.13 sh .ci/try"
    if ! can_make_venv "$python" && has apt-get; then
        apt_install "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
    fi
    can_make_venv "$python" || fail "$python cannot make virtual environments; install its venv and ensurepip modules" \
        "(as root, on Debian and Ubuntu: apt-get install python3-venv); then run this again."
    say "making .venv with $("$python" --version)"
    empty_venv
    quietly "$python" -m venv "$venv" || fail "$python could not make .venv: see above."
}

# The first Python that is new enough and can make a .venv as it is; if none can, the first that is new enough.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3.14 python3.13 python3.12 python3.11 python3 python
    fi
    second_best=
    for python in "$@"; do
        is_new_enough "$python" || continue
        can_make_venv "$python" && echo "$python" && return
        second_best=${second_best:-$python}
    done
    echo "$second_best"
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }
