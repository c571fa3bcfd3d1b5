// SPDX-License-Identifier: GPL-3.0-or-later
#include "foreign_image_fuzz.h"
#include "image_fuzz_file.h"

// Any bytes as a VHD image: header, block table, reads.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::MemoryImage image;
    image.put(0, data, size);
    fuzz::readAround(engine::block::openVhd(image.open()));
    return 0;
}
