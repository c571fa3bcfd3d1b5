// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <slirp/libslirp.h>

namespace engine::net {

/// The functions of libslirp that we use, under its names. Loaded with the first user network: it brings
/// GLib along, which a guest without one should not carry.
struct SlirpLibrary {
    decltype(&::slirp_new) slirp_new = nullptr;
    decltype(&::slirp_cleanup) slirp_cleanup = nullptr;
    decltype(&::slirp_handle_timer) slirp_handle_timer = nullptr;
    decltype(&::slirp_input) slirp_input = nullptr;
    decltype(&::slirp_pollfds_poll) slirp_pollfds_poll = nullptr;
    decltype(&::slirp_pollfds_fill) slirp_pollfds_fill = nullptr;
    decltype(&::slirp_add_hostxfwd) slirp_add_hostxfwd = nullptr;
    decltype(&::slirp_remove_hostxfwd) slirp_remove_hostxfwd = nullptr;

    /// Any thread; the same answer for the life of the process.
    [[nodiscard]] static Result<const SlirpLibrary*> get();
};

} // namespace engine::net
