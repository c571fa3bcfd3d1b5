// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <nettle/des.h>
#include <nettle/memops.h>

namespace engine::display::rfb {

/// The functions of Nettle that we use, under their names in the library. Loaded when viewers on the network
/// are let in, who need a password.
struct NettleLibrary {
    decltype(&::nettle_des_set_key) nettle_des_set_key = nullptr;
    decltype(&::nettle_des_encrypt) nettle_des_encrypt = nullptr;
    decltype(&::nettle_memeql_sec) nettle_memeql_sec = nullptr;

    /// Any thread; the same answer for the life of the process.
    [[nodiscard]] static Result<const NettleLibrary*> get();
};

} // namespace engine::display::rfb
