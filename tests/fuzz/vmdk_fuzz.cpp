// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/vmdk_descriptor.h"
#include "foreign_image_fuzz.h"
#include "image_fuzz_file.h"

#include <string_view>

// Any bytes as a VMDK image (sparse, stream, descriptor) and as the text of a descriptor.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    (void)engine::block::parseVmdkDescriptor({reinterpret_cast<const char*>(data), size});
    fuzz::MemoryImage image;
    image.put(0, data, size);
    fuzz::readAround(engine::block::openVmdk(image.open()));
    return 0;
}
