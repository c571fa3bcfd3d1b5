// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/png_file.h"

#include "base/unique_fd.h"
#include "display/pointer_overlay.h"

#include <fcntl.h>
#include <png.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

namespace engine::display {

namespace {

/// 24-bit rows, one after the other.
Result<std::vector<std::uint8_t>> copyPixels(const FrameDescriptor& frame, const CursorShape* pointer,
                                             PointerPosition position)
{
    std::vector<std::uint8_t> rgb;
    rgb.reserve(std::size_t{frame.width} * frame.height * 3);
    std::vector<std::uint32_t> row(frame.width);
    for (std::uint32_t y = 0; y < frame.height; ++y) {
        const std::uint64_t at = frame.offset + std::uint64_t{frame.stride} * y;
        VM_TRY(frame.block->read(at, std::as_writable_bytes(std::span(row))));
        if (pointer)
            drawPointer(*pointer, position, {.y = y, .width = frame.width, .height = 1}, row);
        for (const std::uint32_t pixel : row)
            for (const unsigned shift : {16U, 8U, 0U})
                rgb.push_back(static_cast<std::uint8_t>(pixel >> shift));
    }
    return rgb;
}

Result<std::vector<std::uint8_t>> encode(const FrameDescriptor& frame, const CursorShape* pointer,
                                         PointerPosition position)
{
    const auto rgb = VM_TRY(copyPixels(frame, pointer, position));
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = frame.width;
    image.height = frame.height;
    image.format = PNG_FORMAT_RGB;
    image.flags = PNG_IMAGE_FLAG_FAST;
    std::vector<std::uint8_t> encoded(PNG_IMAGE_PNG_SIZE_MAX(image));
    png_alloc_size_t size = encoded.size();
    if (png_image_write_to_memory(&image, encoded.data(), &size, 0, rgb.data(), 0, nullptr) == 0)
        return fail(ErrorCode::Unsupported, std::string("cannot encode the screenshot: ") + image.message);
    encoded.resize(size);
    return encoded;
}

Result<> writeAll(int fd, std::span<const std::uint8_t> data)
{
    while (!data.empty()) {
        const ssize_t written = ::write(fd, data.data(), data.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failSystem("cannot write the screenshot");
        data = data.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

Result<> writePng(const FrameDescriptor& frame, const std::filesystem::path& path, const CursorShape* pointer,
                  PointerPosition at)
{
    if (!isContained(frame))
        return fail(ErrorCode::InvalidState,
                    "the guest's screen shows nothing yet; try again when it has started");
    const auto encoded = VM_TRY(encode(frame, pointer, at));
    std::string temporary = path.string() + ".XXXXXX";
    // Readable by its owner only: it shows what the user does.
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd)
        return failSystem("cannot create the screenshot " + path.string());
    Result<> written = writeAll(fd.get(), encoded);
    if (written && ::fsync(fd.get()) != 0)
        written = failSystem("cannot write the screenshot");
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = failSystem("cannot put the screenshot at " + path.string());
    if (!written)
        ::unlink(temporary.c_str());
    return written;
}

} // namespace engine::display
