// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/ovf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    (void)engine::block::parseOvf(std::as_bytes(std::span(data, size)));
    return 0;
}
