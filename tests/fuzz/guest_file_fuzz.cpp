// SPDX-License-Identifier: GPL-3.0-or-later
// A guest.json with any contents: refused with a reason, or read, written and read again alike.
#include "library/guest_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto guest = app::parseGuest({reinterpret_cast<const char*>(data), size});
    if (!guest && guest.error().detail.empty())
        std::abort();
    if (!guest)
        return 0;
    const auto again = app::parseGuest(app::formatGuest(*guest));
    if (!again)
        std::abort();
    return 0;
}
