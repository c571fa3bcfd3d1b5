// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/check_image.h"
#include "block/open_image.h"
#include "image_fuzz_file.h"

#include <algorithm>
#include <vector>

// Any bytes as a qcow2 image: check, open, read, write, zero, discard, grow, flush.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::block;
    fuzz::MemoryImage file;
    file.put(0, data, size);
    (void)checkQcow2(file.path(), RepairMode::Report);
    OpenImageOptions options;
    options.bases.allowsOwnFolder = false;
    auto opened = openImage(file.path(), ImageFormat::Qcow2, options);
    if (!opened)
        return 0;
    Image& image = *opened->image;
    std::vector<std::byte> bytes(6000);
    const std::uint64_t capacity = image.capacity();
    for (std::uint64_t step = 0; step < 8; ++step) {
        const std::uint64_t offset = capacity / 8 * step / 512 * 512;
        const std::uint64_t length = std::min<std::uint64_t>(bytes.size(), capacity - offset) / 512 * 512;
        if (length == 0)
            continue;
        engine::IoVectors vectors;
        vectors.append(bytes.data(), length);
        (void)runBlocking(image.read(offset, vectors));
        (void)runBlocking(image.map(offset, length));
        if (step % 2 == 0)
            (void)runBlocking(image.write(offset, vectors));
        else if (step % 4 == 1)
            (void)runBlocking(image.writeZeroes(offset, length, step == 1));
        else
            (void)runBlocking(image.discard(offset, length));
    }
    (void)runBlocking(image.flush());
    if (capacity < (1ULL << 40))
        (void)runBlocking(image.grow(capacity + (1 << 20)));
    (void)runBlocking(image.flush());
    (void)checkQcow2(file.path(), RepairMode::Repair);
    return 0;
}
